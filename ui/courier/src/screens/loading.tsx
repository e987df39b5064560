// Into the vehicle: parcel by parcel, with a count that can be read from the shelf.
import { Act } from "@sesame/shared/phone/bits";
import { Scanner } from "@sesame/shared/phone/scanner";
import { bad, good } from "@sesame/shared/phone/signal";
import { stopsInOrder } from "@sesame/shared/rounds";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { phone, record, roundOf } from "../data/courier";
import { isOurs, parcelsOf, tally } from "../data/round";
import { scanIn, type Scanned } from "../data/scan";
import type { Parcel, Round, Stop } from "../data/wire";
import { useTexts } from "../i18n";
import { Conflict, Sheet } from "../parts/bits";
import { Said } from "../parts/said";

export function Loading({ round }: { round: Round }) {
  const { t } = useTexts();
  const [last, setLast] = useState<{ scanned: Scanned; at: number } | null>(null);
  const [isAsking, setAsking] = useState(false);
  const counted = tally(parcelsOf(round));
  const loaded = counted.all - counted.planned;
  // In reverse order: what is loaded first lies deepest.
  const stops = stopsInOrder(round).reverse();
  const scan = async (text: string) => {
    const { kept } = phone.current();
    const now = roundOf(kept, round.id) ?? round;
    const scanned = scanIn(now, text, kept.rounds.map((one) => one.round));
    if (scanned.kind === "taken" && !(await record(round.id, [{ what: "load", parcel: scanned.parcel.number }]))) return bad();
    setLast({ scanned, at: Date.now() });
    if (scanned.kind === "taken") good();
    else bad();
  };
  const start = async () => {
    await record(round.id, [{ what: "start" }]);
  };
  return (
    <>
      <div className="count" role="status">
        {t("load.count", { loaded, all: counted.all })}
        <progress value={loaded} max={counted.all || 1} aria-hidden />
      </div>
      <Said last={last} ready={t("scan.ready")} />
      <Scanner onScan={(text) => void scan(text)} />
      <p className="quiet">{t("load.order")}</p>
      <ul className="stops">
        {stops.map((stop) => (
          <LoadStop key={stop.number} round={round} stop={stop} onHand={(parcel) => void scan(parcel.number)} />
        ))}
      </ul>
      <div className="bottom">
        <Act isOff={loaded === 0} onAct={() => (counted.planned > 0 ? setAsking(true) : start())}>
          {t("load.start")}
        </Act>
        {loaded === 0 && <p className="quiet">{t("load.nothing")}</p>}
      </div>
      {isAsking && (
        <Sheet title={t("load.start_without", { count: counted.planned })} hint={t("load.start_hint")} close={() => setAsking(false)}>
          <Act onAct={start}>{t("load.start_anyway")}</Act>
        </Sheet>
      )}
    </>
  );
}

function LoadStop({ round, stop, onHand }: { round: Round; stop: Stop; onHand: (parcel: Parcel) => void }) {
  const { t, kilograms } = useTexts();
  const place = round.order.indexOf(stop.number) + 1;
  const isDone = stop.parcels.filter(isOurs).every(({ state }) => state !== "planned");
  return (
    <li className={isDone ? "stop-row is-done" : "stop-row"}>
      <div className="stop-head">
        <span className="place">{place}</span>
        <span className="grow">
          <strong>{stop.name}</strong>
          <span className="block quiet">{stop.address.street}</span>
        </span>
      </div>
      <ul>
        {stop.parcels.map((parcel) => (
          <li key={parcel.number} className="parcel-row">
            <span className="grow">
              <span className="mono">{parcel.number}</span>
              <span className="block quiet">{kilograms(parcel.weight_grams)}</span>
              <Conflict parcel={parcel} />
            </span>
            {parcel.state !== "planned" ? (
              <span className="tag is-positive">
                <IconCheck size={18} aria-hidden />
                {t("load.by_hand")}
              </span>
            ) : (
              isOurs(parcel) && (
                <button type="button" className="button small" aria-label={`${t("load.by_hand")}: ${parcel.number}`} onClick={() => onHand(parcel)}>
                  {t("load.by_hand")}
                </button>
              )
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}
