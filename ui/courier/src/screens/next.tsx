// The next stop, as large as the screen has room for.
import { Act } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";
import { openStops } from "@sesame/shared/rounds";
import { record } from "../data/courier";
import type { Round } from "../data/wire";
import { useTexts } from "../i18n";
import { StopCard } from "../parts/stop-card";

export function Next({ round }: { round: Round }) {
  const { t } = useTexts();
  const stop = openStops(round)[0]!;
  const reach = async () => {
    if (stop.reached_at !== null || (await record(round.id, [{ what: "reached", stop: stop.number }]))) go("round", round.id, "stop", stop.number);
  };
  return (
    <>
      <StopCard round={round} stop={stop} />
      <div className="bottom">
        <Act onAct={reach}>{t(stop.reached_at === null ? "stop.reached" : "stop.open")}</Act>
      </div>
    </>
  );
}
