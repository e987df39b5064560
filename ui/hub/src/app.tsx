// Which screen belongs to the address.
import { Gate } from "@sesame/shared/phone/gate";
import { useRoute } from "@sesame/shared/phone/route";
import { placeOf } from "./data/hub";
import { useTexts } from "./i18n";
import { useHub } from "./parts/state";
import { Here } from "./screens/here";
import { Places } from "./screens/places";
import { Scan } from "./screens/scan";
import { Waiting } from "./screens/waiting";

export function App() {
  const { t } = useTexts();
  const words = { title: t("title"), signIn: t("sign_in.title"), broken: t("broken.hint"), forbidden: t("gate.forbidden"), forbiddenHint: t("gate.forbidden_hint") };
  return (
    <Gate words={words}>
      <Screen />
    </Gate>
  );
}

function Screen() {
  const { kept } = useHub();
  const [screen] = useRoute();
  const place = placeOf(kept);
  if (screen === "waiting") return <Waiting />;
  if (screen === "place" || !place) return <Places place={place} />;
  if (screen === "here") return <Here key={place.id} place={place} />;
  return <Scan key={place.id} place={place} />;
}
