// Which screen belongs to the address, and whether anybody is signed in.
import { IconAlertTriangle, IconDatabaseOff, IconDeviceMobileOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { forgetUnwritten, leave, whoOf } from "./data/courier";
import { useTexts } from "./i18n";
import { Act, Head, Notice, Say } from "./parts/bits";
import { useCourier } from "./parts/state";
import { useRoute } from "./parts/route";
import { RoundScreen } from "./screens/round";
import { Rounds } from "./screens/rounds";
import { SignIn } from "./screens/sign-in";
import { Waiting } from "./screens/waiting";

export function App() {
  const { t } = useTexts();
  const { kept, session, isBroken } = useCourier();
  if (isBroken) return <Say icon={<IconDatabaseOff size={48} aria-hidden />} title={t("broken.title")} hint={t("broken.hint")} />;
  const who = whoOf(kept);
  if (!who) return session === "asking" ? <div className="say" role="status" aria-label={t("common.loading")} /> : <SignIn />;
  return (
    <>
      {session === "forbidden" ? <Forbidden /> : <Screen />}
      <Unwritten />
    </>
  );
}

function Screen() {
  const route = useRoute();
  const [place, id = "", part = "", number = ""] = route;
  // Another screen begins at its top.
  useEffect(() => void scrollTo(0, 0), [route.join("/")]);
  if (place === "waiting") return <Waiting />;
  if (place === "sign-in") return <SignIn />;
  if (place === "round") return <RoundScreen key={id} id={id} part={part} number={Number(number)} />;
  return <Rounds />;
}

function Forbidden() {
  const { t, error } = useTexts();
  const [refused, setRefused] = useState<unknown>(null);
  return (
    <main className="screen">
      <Head title={t("title")} />
      <Say icon={<IconDeviceMobileOff size={48} aria-hidden />} title={t("rounds.forbidden")} hint={t("rounds.forbidden_hint")}>
        {refused !== null && <Notice tone="danger">{error(refused)}</Notice>}
        <Act onAct={() => leave().catch(setRefused)}>{t("common.sign_out")}</Act>
      </Say>
    </main>
  );
}

/** The phone could not write something down: loud, over everything, until it is written or left out. */
function Unwritten() {
  const { t } = useTexts();
  const { unwritten } = useCourier();
  if (!unwritten) return null;
  return (
    <div className="alarm" role="alertdialog" aria-modal="true" aria-label={t(unwritten.isFull ? "unwritten.full" : "unwritten.failed")}>
      <IconAlertTriangle size={64} aria-hidden />
      <h2>{t(unwritten.isFull ? "unwritten.full" : "unwritten.failed")}</h2>
      <p>{t("unwritten.hint")}</p>
      <Act onAct={unwritten.again}>{t("common.retry")}</Act>
      <Act className="" onAct={forgetUnwritten}>
        {t("unwritten.drop")}
      </Act>
    </div>
  );
}
