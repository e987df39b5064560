// All stops in order; what is done is folded away. Any can come next, with a reason.
import { Act } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";
import { REORDER_REASONS, isOpen, isOpenStop, openStops, stopsInOrder, wasLoaded } from "@sesame/shared/rounds";
import { IconArrowUp, IconCheck, IconX } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { record } from "../data/courier";
import { asNext } from "../data/round";
import type { Round, Stop } from "../data/wire";
import { useTexts } from "../i18n";
import { Sheet, Times } from "../parts/bits";

export function List({ round }: { round: Round }) {
  const { t } = useTexts();
  const [moved, setMoved] = useState<Stop | null>(null);
  const open = openStops(round);
  const stops = stopsInOrder(round);
  const done = stops.filter((stop) => wasLoaded(stop) && !isOpenStop(stop));
  const leftOut = stops.filter((stop) => !wasLoaded(stop));
  return (
    <>
      <Folded round={round} title={t("list.done", { count: done.length })} stops={done} />
      <Folded round={round} title={t("list.left_out", { count: leftOut.length })} stops={leftOut} />
      <ul className="stops">
        {open.map((stop, at) => (
          <Row key={stop.number} round={round} stop={stop} {...(at > 0 && { onNext: () => setMoved(stop) })} />
        ))}
      </ul>
      <div className="bottom is-still">
        <a className="button" href={`#/round/${round.id}/close`}>
          {t("close.early")}
        </a>
      </div>
      {moved && <Why round={round} stop={moved} close={() => setMoved(null)} />}
    </>
  );
}

function Folded({ round, title, stops }: { round: Round; title: string; stops: Stop[] }) {
  if (stops.length === 0) return null;
  return (
    <details className="folded">
      <summary>{title}</summary>
      <ul className="stops">
        {stops.map((stop) => (
          <Row key={stop.number} round={round} stop={stop} />
        ))}
      </ul>
    </details>
  );
}

function Row({ round, stop, onNext }: { round: Round; stop: Stop; onNext?: () => void }) {
  const { t } = useTexts();
  const place = round.order.indexOf(stop.number) + 1;
  const failed = stop.parcels.some(({ state }) => state === "failed" || state === "returned");
  const isDone = wasLoaded(stop) && !isOpenStop(stop);
  return (
    <li className={isDone ? "stop-row is-done" : "stop-row"}>
      <div className="stop-head">
        <span className="place">{isDone ? failed ? <IconX size={20} aria-label={t("stop.failed")} /> : <IconCheck size={20} aria-label={t("stop.delivered")} /> : place}</span>
        <a className="grow" href={`#/round/${round.id}/stop/${stop.number}`}>
          <strong>{stop.name}</strong>
          <span className="block">{stop.address.street}</span>
          {!isDone && <Times stop={stop} />}
          <span className="block quiet">{t("stop.parcels", { count: stop.parcels.filter(isOpen).length || stop.parcels.length })}</span>
        </a>
        {onNext && (
          <button type="button" className="button small" aria-label={`${t("stop.next")}: ${stop.name}`} onClick={onNext}>
            <IconArrowUp size={20} aria-hidden />
            {t("tab.next")}
          </button>
        )}
      </div>
    </li>
  );
}

/** Dispatch learns why somebody left the plan. */
export function Why({ round, stop, close }: { round: Round; stop: Stop; close: () => void }) {
  const { t } = useTexts();
  const [isOther, setOther] = useState(false);
  const [other, setOtherText] = useState("");
  const move = async (reason: string) => {
    if (!(await record(round.id, [{ what: "reorder", order: asNext(round, stop.number), reason }]))) return;
    close();
    go("round", round.id);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (other.trim()) void move(other.trim());
  };
  return (
    <Sheet title={t("next.title", { number: round.order.indexOf(stop.number) + 1 })} hint={stop.name} close={close}>
      {!isOther && REORDER_REASONS.map((reason) => (
        <Act key={reason} className="wide" onAct={() => move(reason)}>
          {t(`next.${reason}`)}
        </Act>
      ))}
      {isOther ? (
        <form className="stack" onSubmit={submit}>
          <label>
            {t("next.other_field")}
            <input autoFocus required maxLength={200} value={other} onChange={(event) => setOtherText(event.currentTarget.value)} />
          </label>
          <button type="submit" className="button primary">
            {t("stop.next")}
          </button>
        </form>
      ) : (
        <button type="button" className="button wide" onClick={() => setOther(true)}>
          {t("next.other")}
        </button>
      )}
    </Sheet>
  );
}
