// What waits on this phone, when it was sent last, and who works with it; an app adds what is to be seen to.
import { IconCloudCheck, IconCloudUp } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Act, Head, Languages, Notice } from "./bits";
import { usePhone } from "./context";
import { usePhoneTexts } from "./i18n";
import { sentAt, whoOf } from "./log";
import { go } from "./route";

export function Outbox({ toSee, more }: { toSee: ReactNode; more?: ReactNode }) {
  const { t, time, error } = usePhoneTexts();
  const { phone, state } = usePhone();
  const { kept, session, isSending } = state;
  const [problem, setProblem] = useState<unknown>(null);
  const { waiting: mine, others } = phone.counts();
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
        <Act isOff={isSending} onAct={phone.send}>
          {t("outbox.send")}
        </Act>
      )}
      {others > 0 && <Notice tone="warning">{t("outbox.other", { count: others })}</Notice>}
      {toSee}
      <div className="bottom is-still">
        {more}
        <p className="quiet">{whoOf(kept)?.name}</p>
        <Languages />
        {mine > 0 && <p>{t("outbox.sign_out", { count: mine })}</p>}
        {problem !== null && <Notice tone="danger">{error(problem)}</Notice>}
        <Act className="" onAct={() => phone.leave().then(() => go()).catch(setProblem)}>
          {t("common.sign_out")}
        </Act>
      </div>
    </main>
  );
}
