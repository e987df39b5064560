// The stops of a round on a map. What each is shows by its shape and sign, not by its color alone.
import type { CourierRound, Position } from "@sesame/shared/api/types";
import { PointMap } from "@sesame/shared/map/map";
import { apart, onScreen, type View } from "@sesame/shared/map/view";
import type { Heard, SeenStop, StopState } from "../data/round-stops";
import { useTexts, type Texts } from "../i18n";

type Props = { round: CourierRound; seen: SeenStop[]; heard: Heard | null; chosen: number | null; choose: (stop: number) => void };

export function RoundMap({ round, seen, heard, chosen, choose }: Props) {
  const { t } = useTexts();
  const hub = round.location.position ?? null;
  const points = [hub, heard?.position ?? null, ...seen.map(({ stop }) => stop.position ?? null)].filter((point) => point !== null);
  const texts = { label: t("round.map"), all: t("round.map_all"), in: t("round.map_in"), out: t("round.map_out"), none: t("round.map_none") };
  return (
    <div>
      <PointMap texts={texts} points={points} draw={(view) => <Drawing view={view} hub={hub} seen={seen} heard={heard?.position ?? null} chosen={chosen} choose={choose} />} />
      {points.length > 0 && <MapKey seen={seen} isHeard={heard?.position != null} />}
    </div>
  );
}

/** What lies above others, as it matters more. */
const RANK: Record<StopState, number> = { moved: 0, stayed: 1, done: 2, failed: 3, open: 4, next: 5 };

type DrawingProps = { view: View; hub: Position | null; heard: Position | null } & Omit<Props, "round" | "heard">;

function Drawing({ view, hub, seen, heard, chosen, choose }: DrawingProps) {
  const texts = useTexts();
  const start = hub && onScreen(view, hub);
  const phone = heard && onScreen(view, heard);
  const placed = apart(seen.flatMap((one) => (one.stop.position ? [{ ...one, ...onScreen(view, one.stop.position) }] : [])));
  const way = [...(start ? [start] : []), ...placed.filter(({ state }) => state !== "moved")];
  return (
    <>
      <polyline points={way.map(({ x, y }) => `${x},${y}`).join(" ")} />
      {start && <rect x={start.x - 9} y={start.y - 9} width={18} height={18} rx={3} />}
      {[...placed].sort((a, b) => RANK[a.state] - RANK[b.state]).map(({ x, y, ...one }) => (
        <g
          key={one.stop.number}
          className={`is-${one.state}`}
          transform={`translate(${x} ${y})`}
          role="button"
          tabIndex={0}
          aria-label={markLabel(one, texts)}
          aria-pressed={one.stop.number === chosen}
          onClick={() => choose(one.stop.number)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            choose(one.stop.number);
          }}
        >
          <circle className="hit" r={22} />
          <StopSign {...one} />
        </g>
      ))}
      {phone && <HeardSign at={phone} />}
    </>
  );
}

function markLabel({ place, stop, state, risk }: SeenStop, { t }: Texts): string {
  const words = [`${place}, ${stop.name}`, t(`round.stop_state.${state}`), ...(risk ? [t("round.map_late")] : [])];
  return words.join(", ");
}

/** A stop's sign: a number in a circle; a square with a cross, a disc with a tick, a dash; late ones wear a triangle. */
function StopSign({ place, state, risk }: Pick<SeenStop, "place" | "state" | "risk">) {
  const large = state === "next" ? 17 : 13;
  const sign = { done: "✓", failed: "✕", moved: "–", stayed: "–", next: String(place), open: String(place) }[state];
  return (
    <>
      {state === "failed" ? <rect className="sign" x={-12} y={-12} width={24} height={24} rx={2} /> : <circle className="sign" r={large} />}
      <text dy="0.35em">{sign}</text>
      {risk && (
        <g className="is-late" transform={`translate(${large} ${-large})`}>
          <path d="M0 -10 L10 8 L-10 8 Z" />
          <text dy="0.45em">!</text>
        </g>
      )}
    </>
  );
}

function HeardSign({ at: { x, y } }: { at: { x: number; y: number } }) {
  return (
    <g className="is-heard" transform={`translate(${x} ${y})`}>
      <circle className="ring" r={24} />
      <path d="M0 -24 L6 -34 L-6 -34 Z" />
    </g>
  );
}

/** What the signs mean; only those that are there. */
function MapKey({ seen, isHeard }: { seen: SeenStop[]; isHeard: boolean }) {
  const { t } = useTexts();
  const states = (Object.keys(RANK) as StopState[]).filter((state) => seen.some((one) => one.state === state)).reverse();
  const first = (state: StopState) => seen.find((one) => one.state === state)!.place;
  const isLate = seen.some(({ risk }) => risk !== null);
  return (
    <ul className="map-key">
      {states.map((state) => (
        <li key={state}>
          <svg className="map-sign" width={36} height={36} viewBox="-18 -18 36 36" aria-hidden>
            <g className={`is-${state}`}>
              <StopSign place={first(state)} state={state} risk={null} />
            </g>
          </svg>
          {t(`round.stop_state.${state}`)}
        </li>
      ))}
      {isLate && (
        <li>
          <svg className="map-sign" width={36} height={36} viewBox="-18 -18 36 36" aria-hidden>
            <g className="is-late">
              <path d="M0 -10 L10 8 L-10 8 Z" />
              <text dy="0.45em">!</text>
            </g>
          </svg>
          {t("round.map_late")}
        </li>
      )}
      {isHeard && (
        <li>
          <svg className="map-sign" width={36} height={36} viewBox="-36 -46 72 72" aria-hidden>
            <HeardSign at={{ x: 0, y: 0 }} />
          </svg>
          {t("round.map_heard")}
        </li>
      )}
      <li>
        <svg className="map-sign" width={36} height={36} viewBox="-18 -18 36 36" aria-hidden>
          <rect x={-9} y={-9} width={18} height={18} rx={3} />
        </svg>
        {t("round.map_hub")}
      </li>
    </ul>
  );
}
