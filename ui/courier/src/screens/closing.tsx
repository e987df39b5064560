// The end of a round: what is left goes back by scan, then the round is closed.
import { Act, Notice } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";
import { Scanner } from "@sesame/shared/phone/scanner";
import { bad, good } from "@sesame/shared/phone/signal";
import { openStops } from "@sesame/shared/rounds";
import { IconCheck, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { phone, record, roundOf } from "../data/courier";
import { isLeft, parcelsOf, stayed } from "../data/round";
import { scanBack, type Scanned } from "../data/scan";
import type { Parcel, Round } from "../data/wire";
import { useTexts } from "../i18n";
import { stateText } from "../parts/bits";
import { Said } from "../parts/said";

export function Closing({ round }: { round: Round }) {
  const { t } = useTexts();
  const [last, setLast] = useState<{ scanned: Scanned; at: number } | null>(null);
  const all = parcelsOf(round);
  const left = all.filter(isLeft);
  const back = all.filter(({ state }) => state === "returned");
  const notLoaded = all.filter(stayed);
  const open = openStops(round).length;
  const scan = async (text: string) => {
    const scanned = scanBack(roundOf(phone.current().kept, round.id) ?? round, text);
    if (scanned.kind === "taken" && !(await record(round.id, [{ what: "returned", parcel: scanned.parcel.number }]))) return bad();
    setLast({ scanned, at: Date.now() });
    if (scanned.kind === "taken") good();
    else bad();
  };
  const close = async () => {
    if (await record(round.id, [{ what: "close" }])) go("round", round.id);
  };
  return (
    <>
      {open > 0 ? <Notice tone="warning">{t("close.early_hint", { count: open })}</Notice> : <h2>{t("close.all_done")}</h2>}
      {left.length > 0 || back.length > 0 ? (
        <>
          <div className="count" role="status">
            {t("load.count", { loaded: back.length, all: back.length + left.length })}
            <progress value={back.length} max={back.length + left.length} aria-hidden />
          </div>
          <p>{left.length > 0 ? t("close.left_hint", { place: round.location.name }) : t("close.nothing")}</p>
          <Said last={last} ready={t("scan.ready")} taken={t("scan.back")} />
          {left.length > 0 && <Scanner onScan={(text) => void scan(text)} />}
          <ul className="stops">
            {[...left, ...back].map((parcel) => (
              <Back key={parcel.number} parcel={parcel} onHand={() => void scan(parcel.number)} />
            ))}
          </ul>
        </>
      ) : (
        <p className="is-good">
          <IconCircleCheck size={32} aria-hidden />
          {t("close.nothing")}
        </p>
      )}
      {notLoaded.length > 0 && (
        <Notice tone="warning">
          <span>{t("close.stayed", { count: notLoaded.length })}</span>
          <span className="mono">{notLoaded.map(({ number }) => number).join(", ")}</span>
          <Act className="" onAct={() => record(round.id, notLoaded.map(({ number }) => ({ what: "returned", parcel: number })))}>
            {t("close.still_there", { place: round.location.name })}
          </Act>
        </Notice>
      )}
      <div className="bottom">
        {left.length > 0 && <p className="quiet">{t("close.left", { count: left.length })}</p>}
        <Act isOff={left.length + notLoaded.length > 0} onAct={close}>
          {t("close.submit")}
        </Act>
      </div>
    </>
  );
}

function Back({ parcel, onHand }: { parcel: Parcel; onHand: () => void }) {
  const texts = useTexts();
  return (
    <li className="parcel-row">
      <span className="grow">
        <span className="mono">{parcel.number}</span>
        <span className="block quiet">{stateText(texts, parcel)}</span>
      </span>
      {parcel.state === "returned" ? (
        <IconCheck aria-hidden />
      ) : (
        <button type="button" className="button small" aria-label={`${texts.t("close.by_hand")}: ${parcel.number}`} onClick={onHand}>
          {texts.t("close.by_hand")}
        </button>
      )}
    </li>
  );
}
