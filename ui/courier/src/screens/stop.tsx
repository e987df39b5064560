// One stop: what becomes of its parcels, one or several at once.
import { Act, Head, Notice, Say } from "@sesame/shared/phone/bits";
import { go, goInstead } from "@sesame/shared/phone/route";
import { FAILURES, isOpen, isOpenStop } from "@sesame/shared/rounds";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { record, undo } from "../data/courier";
import { undoable, type Entry } from "../data/log";
import { stopOf } from "../data/round";
import type { Failure, Parcel, Round, Stop } from "../data/wire";
import { useTexts } from "../i18n";
import { Conflict, Sheet, stateText } from "../parts/bits";
import { useCourier } from "../parts/state";
import { StopCard } from "../parts/stop-card";
import { Undo } from "../parts/undo";
import { Handover } from "./handover";
import { Why } from "./list";

export function StopScreen({ round, number }: { round: Round; number: number }) {
  const { t } = useTexts();
  const stop = stopOf(round, number);
  const title = t("stop.number", { number: round.order.indexOf(number) + 1 });
  if (!stop) {
    return (
      <>
        <Head title={t("title")} back={() => go("round", round.id)} />
        <Say icon={<IconX size={48} aria-hidden />} title={t("stop.missing")} />
      </>
    );
  }
  return (
    <>
      <Head title={title} undo={<Undo round={round.id} />} back={() => history.back()} />
      <Work key={number} round={round} stop={stop} />
    </>
  );
}

function Work({ round, stop }: { round: Round; stop: Stop }) {
  const { t, time } = useTexts();
  const [chosen, setChosen] = useState(() => new Set(stop.parcels.filter(isOpen).map(({ number }) => number)));
  const [asked, setAsked] = useState<"handover" | "failed" | "next" | null>(null);
  // What was done meanwhile, perhaps in another tab, is not done again by accident.
  const parcels = stop.parcels.filter((parcel) => chosen.has(parcel.number) && canBeDone(parcel));
  const isUnderway = round.state === "underway";
  const isOpenHere = isUnderway && isOpenStop(stop);
  const choose = (number: string) => {
    const next = new Set(chosen);
    if (!next.delete(number)) next.add(number);
    setChosen(next);
  };
  const after = () => {
    // Several parcels may have several fates: the screen stays until none is open.
    const left = stop.parcels.filter((parcel) => isOpen(parcel) && !chosen.has(parcel.number));
    setAsked(null);
    setChosen(new Set(left.map(({ number }) => number)));
    if (left.length === 0) goInstead("round", round.id);
  };
  const fail = async (reason: Failure) => {
    if (await record(round.id, parcels.map(({ number }) => ({ what: "failed", parcel: number, reason })))) after();
  };
  if (asked === "handover") return <Handover round={round} parcels={parcels} close={() => setAsked(null)} done={after} />;
  return (
    <>
      <StopCard round={round} stop={stop} />
      {stop.reached_at !== null && <p className="quiet">{t("stop.reached_at", { time: time(stop.reached_at) })}</p>}
      <ul className="stops">
        {stop.parcels.map((parcel) => (
          <ParcelRow key={parcel.number} round={round} parcel={parcel} isChosen={chosen.has(parcel.number)} onChoose={isUnderway && canBeDone(parcel) && (stop.parcels.length > 1 || !isOpen(parcel)) ? () => choose(parcel.number) : undefined} />
        ))}
      </ul>
      {isUnderway && stop.parcels.some(canBeDone) ? (
        <div className="bottom">
          {stop.reached_at === null && isOpenHere && <Act className="wide" onAct={() => record(round.id, [{ what: "reached", stop: stop.number }])}>{t("stop.reached")}</Act>}
          <div className="pair">
            <Act className="is-failed" isOff={parcels.length === 0} onAct={() => setAsked("failed")}>
              <IconX aria-hidden />
              {t("stop.failed")}
            </Act>
            <Act className="is-delivered" isOff={parcels.length === 0} onAct={() => setAsked("handover")}>
              <IconCheck aria-hidden />
              {t("stop.delivered")}
            </Act>
          </div>
          {parcels.length === 0 && <p className="quiet">{t("stop.choose")}</p>}
          {stop.reached_at === null && isOpenHere && (
            <button type="button" className="plain" onClick={() => setAsked("next")}>
              {t("stop.next")}
            </button>
          )}
        </div>
      ) : (
        isUnderway && <Notice tone="positive">{t("stop.done")}</Notice>
      )}
      {asked === "next" && <Why round={round} stop={stop} close={() => setAsked(null)} />}
      {asked === "failed" && (
        <Sheet title={t("failed.title")} hint={t("failed.hint", { count: parcels.length })} close={() => setAsked(null)}>
          <div className="grid">
            {FAILURES.map((reason) => (
              <Act key={reason} className="tall" onAct={() => fail(reason)}>
                {t(`reason.${reason}`)}
              </Act>
            ))}
          </div>
        </Sheet>
      )}
    </>
  );
}

/** What was not scanned may be in the hand all the same, and a second attempt may go well. */
const canBeDone = (parcel: Parcel) => parcel.state === "loaded" || parcel.state === "failed" || (parcel.state === "planned" && parcel.conflict === "");

function ParcelRow({ round, parcel, isChosen, onChoose }: { round: Round; parcel: Parcel; isChosen: boolean; onChoose: (() => void) | undefined }) {
  const texts = useTexts();
  const { t, kilograms } = texts;
  const { kept } = useCourier();
  const last = lastOf(kept.entries, round.id, parcel.number);
  const body = (
    <span className="grow">
      <span className="mono">{parcel.number}</span>
      <span className="block quiet">{`${kilograms(parcel.weight_grams)} · ${stateText(texts, parcel)}`}</span>
      <Conflict parcel={parcel} />
      {parcel.state === "delivered" && (parcel.code_matched === "no" || parcel.code_matched === "locked") && (
        <span className="tag is-danger">
          <IconAlertTriangle size={16} aria-hidden />
          {t(`parcel.code.${parcel.code_matched}`)}
        </span>
      )}
    </span>
  );
  return (
    <li className="parcel-row">
      {onChoose ? (
        <label className="choice">
          <input type="checkbox" checked={isChosen} onChange={onChoose} />
          {body}
        </label>
      ) : (
        body
      )}
      {last && (parcel.state === "delivered" || parcel.state === "failed" || parcel.state === "returned") && round.state !== "closed" && (
        <button type="button" className="button small" onClick={() => void undo([last])}>
          {t("common.undo")}
        </button>
      )}
    </li>
  );
}

/** What this phone said of the parcel last, if it can be taken back. */
function lastOf(entries: readonly Entry[], round: string, parcel: string): Entry | undefined {
  return undoable(entries, round).findLast(({ event }) => "parcel" in event && event.parcel === parcel);
}
