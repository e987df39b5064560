// The day in figures.
import { Notice } from "@sesame/shared/phone/bits";
import { waitingIn, whoOf } from "@sesame/shared/phone/log";
import { stopsInOrder, wasLoaded } from "@sesame/shared/rounds";
import { parcelsOf, tally } from "../data/round";
import type { Round } from "../data/wire";
import { useTexts } from "../i18n";
import { useCourier } from "../parts/state";

export function Summary({ round }: { round: Round }) {
  const { t, day, time } = useTexts();
  const { kept } = useCourier();
  const counted = tally(parcelsOf(round));
  const waits = waitingIn(kept.entries).some(({ round: of, operator }) => of === round.id && operator === whoOf(kept)?.id);
  const moments = parcelsOf(round).flatMap(({ state, at }) => (at !== null && (state === "delivered" || state === "failed") ? [at] : []));
  const figures = [
    [counted.delivered, t("summary.delivered")],
    [counted.returned, t("summary.returned")],
    [stopsInOrder(round).filter(wasLoaded).length, t("summary.stops")],
  ] as const;
  return (
    <>
      <p>{`${day(round.day)}, ${round.vehicle}`}</p>
      <dl className="figures">
        {figures.map(([figure, label]) => (
          <div key={label}>
            <dd>{figure}</dd>
            <dt>{label}</dt>
          </div>
        ))}
      </dl>
      {moments.length > 0 && <p>{t("summary.time", { from: time(Math.min(...moments)), until: time(Math.max(...moments)) })}</p>}
      {waits && <Notice tone="warning">{t("summary.waiting")}</Notice>}
      <div className="bottom">
        <a className="button primary" href="#/">
          {t("summary.others")}
        </a>
      </div>
    </>
  );
}
