// What waits on this phone, and what the server would not have, with its words.
import { Act } from "@sesame/shared/phone/bits";
import { whoOf } from "@sesame/shared/phone/log";
import { Outbox } from "@sesame/shared/phone/outbox";
import { useEffect, useState } from "react";
import { refusedPictures, seeTo } from "../data/courier";
import { useTexts } from "../i18n";
import { useCourier } from "../parts/state";

export const Waiting = () => <Outbox toSee={<Refused />} />;

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
