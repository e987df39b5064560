// Which screen belongs to the address.
import { Gate } from "@sesame/shared/phone/gate";
import { useRoute } from "@sesame/shared/phone/route";
import { useTexts } from "./i18n";
import { RoundScreen } from "./screens/round";
import { Rounds } from "./screens/rounds";
import { Waiting } from "./screens/waiting";

export function App() {
  const { t } = useTexts();
  const words = { title: t("title"), signIn: t("sign_in.title"), broken: t("broken.hint"), forbidden: t("rounds.forbidden"), forbiddenHint: t("rounds.forbidden_hint") };
  return (
    <Gate words={words}>
      <Screen />
    </Gate>
  );
}

function Screen() {
  const [place, id = "", part = "", number = ""] = useRoute();
  if (place === "waiting") return <Waiting />;
  if (place === "round") return <RoundScreen key={id} id={id} part={part} number={Number(number)} />;
  return <Rounds />;
}
