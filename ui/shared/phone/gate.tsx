// What stands before an app's screens: a phone that keeps nothing, nobody signed in, an account that may not; and over
// them, loudly, that something could not be written down.
import { IconAlertTriangle, IconDatabaseOff, IconDeviceMobileOff } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { Act, Head, Notice, Say } from "./bits";
import { usePhone } from "./context";
import { usePhoneTexts } from "./i18n";
import { whoOf } from "./log";
import { useRoute } from "./route";
import { SignIn } from "./sign-in";

/** What an app says of itself. */
export type Words = { title: string; signIn: string; broken: string; forbidden: string; forbiddenHint: string };

export function Gate({ words, children }: { words: Words; children: ReactNode }) {
  const { t } = usePhoneTexts();
  const { kept, session, isBroken } = usePhone().state;
  const route = useRoute();
  // Another screen begins at its top.
  useEffect(() => void scrollTo(0, 0), [route.join("/")]);
  if (isBroken) return <Say icon={<IconDatabaseOff size={48} aria-hidden />} title={t("broken.title")} hint={words.broken} />;
  if (!whoOf(kept)) return session === "asking" ? <div className="say" role="status" aria-label={t("common.loading")} /> : <SignIn title={words.signIn} />;
  return (
    <>
      {session === "forbidden" ? <Forbidden words={words} /> : route[0] === "sign-in" ? <SignIn title={words.signIn} /> : children}
      <Unwritten />
    </>
  );
}

function Forbidden({ words }: { words: Words }) {
  const { t, error } = usePhoneTexts();
  const { phone } = usePhone();
  const [refused, setRefused] = useState<unknown>(null);
  return (
    <main className="screen">
      <Head title={words.title} />
      <Say icon={<IconDeviceMobileOff size={48} aria-hidden />} title={words.forbidden} hint={words.forbiddenHint}>
        {refused !== null && <Notice tone="danger">{error(refused)}</Notice>}
        <Act onAct={() => phone.leave().catch(setRefused)}>{t("common.sign_out")}</Act>
      </Say>
    </main>
  );
}

function Unwritten() {
  const { t } = usePhoneTexts();
  const { phone, state } = usePhone();
  const { unwritten } = state;
  if (!unwritten) return null;
  const title = t(unwritten.isFull ? "unwritten.full" : "unwritten.failed");
  return (
    <div className="alarm" role="alertdialog" aria-modal="true" aria-label={title}>
      <IconAlertTriangle size={64} aria-hidden />
      <h2>{title}</h2>
      <p>{t("unwritten.hint")}</p>
      <Act onAct={unwritten.again}>{t("common.retry")}</Act>
      <Act className="" onAct={phone.forgetUnwritten}>
        {t("unwritten.drop")}
      </Act>
    </div>
  );
}
