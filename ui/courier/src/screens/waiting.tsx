// What waits on this phone, when it was sent last, and what the server would not have, with its words.
import { LANGUAGES, LANGUAGE_NAMES } from "@sesame/shared/i18n";
import { IconCloudCheck, IconCloudUp } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { leave, refusedPictures, seeTo, send, sentAt, whoOf } from "../data/courier";
import { waitingIn } from "../data/log";
import { useTexts } from "../i18n";
import { Act, Head, Notice } from "../parts/bits";
import { useCourier } from "../parts/state";
import { go } from "../parts/route";

export function Waiting() {
  const { t, time, error, language, setLanguage } = useTexts();
  const { kept, session, isSending } = useCourier();
  const [problem, setProblem] = useState<unknown>(null);
  const who = whoOf(kept);
  const waiting = waitingIn(kept.entries);
  const mine = waiting.filter(({ operator }) => operator === who?.id).length;
  const sent = sentAt(kept);
  return (
      <main className="screen">
        <Head title={t("outbox.title")} back={() => history.back()} />
        <p className="outbox">
          {mine > 0 ? <IconCloudUp size={40} aria-hidden /> : <IconCloudCheck size={40} aria-hidden />}
          <strong>{mine > 0 ? t("outbox.some", { count: mine }) : t("outbox.none")}</strong>
        </p>
        {mine > 0 && <p>{t("outbox.how")}</p>}
        <p className="quiet">{sent === null ? t("outbox.never") : t("outbox.last", { time: time(sent) })}</p>
        {session === "out" && (
          <Notice tone="warning">
            {t("sign_in.again")}
            <a className="button primary" href="#/sign-in">
              {t("sign_in.submit")}
            </a>
          </Notice>
        )}
        {mine > 0 && session !== "out" && (
          <Act isOff={isSending} onAct={send}>
            {t("outbox.send")}
          </Act>
        )}
        {waiting.length > mine && <Notice tone="warning">{t("outbox.other", { count: waiting.length - mine })}</Notice>}
        <Refused />
        <div className="bottom is-still">
          <p className="quiet">{who?.name}</p>
          <div className="languages">
            {LANGUAGES.map((value) => (
              <button key={value} type="button" className="plain" lang={value} aria-pressed={value === language} onClick={() => setLanguage(value)}>
                {LANGUAGE_NAMES[value]}
              </button>
            ))}
          </div>
          {mine > 0 && <p>{t("outbox.sign_out", { count: mine })}</p>}
          {problem !== null && <Notice tone="danger">{error(problem)}</Notice>}
          <Act className="" onAct={() => leave().then(() => go()).catch(setProblem)}>
            {t("common.sign_out")}
          </Act>
        </div>
      </main>
  );
}

function Refused() {
  const { t, time } = useTexts();
  const { kept } = useCourier();
  const [pictures, setPictures] = useState<{ key: string; message: string }[]>([]);
  useEffect(() => void refusedPictures().then(setPictures), [kept]);
  const entries = kept.entries.filter((entry) => entry.state === "refused" || entry.state === "conflict").filter(({ operator }) => operator === whoOf(kept)?.id);
  if (entries.length === 0 && pictures.length === 0) return null;
  return (
    <section>
      <h2>{t("outbox.refused")}</h2>
      <ul className="stops">
        {entries.map((entry) => (
          <li key={entry.seq} className="stop-row">
            <strong>{`${t(`what.${entry.event.what}`)}${"parcel" in entry.event ? ` ${entry.event.parcel}` : ""}, ${time(entry.event.at)}`}</strong>
            <span className="block">{t(entry.state === "refused" ? "outbox.not_taken" : "outbox.conflict", { message: entry.message })}</span>
          </li>
        ))}
        {pictures.map(({ key, message }) => (
          <li key={key} className="stop-row">
            <strong>{t("outbox.picture")}</strong>
            <span className="block">{t("outbox.picture_kept", { message })}</span>
          </li>
        ))}
      </ul>
      <Act className="" onAct={() => seeTo(entries, pictures.map(({ key }) => key))}>
        {t("outbox.seen")}
      </Act>
    </section>
  );
}
