// The stops as points and the way between them, drawn by the phone itself: it works without a connection and tells no map
// server where parcels go.
import { IconCurrentLocation, IconMinus, IconPlus, IconRoute } from "@tabler/icons-react";
import { useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type PointerEvent } from "react";
import { follow } from "../data/position";
import { isOpenStop, openStops, stopsInOrder, wasLoaded } from "../data/round";
import { fitted, metersPerPixel, onScreen, scaleBar, zoomed, type View } from "../data/view";
import type { Point, Round, Stop } from "../data/wire";
import { useTexts } from "../i18n";
import { Notice } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";

const STEP = 1.6;
/** Pixels that a finger may move in a tap. */
const TAP_MAX = 8;

export function MapScreen({ round }: { round: Round }) {
  const { t } = useTexts();
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [view, setView] = useState<View | null>(null);
  const [isFollowing, setFollowing] = useState(false);
  const [here, setHere] = useState<Point | null | undefined>(undefined);
  const stops = stopsInOrder(round).filter((stop) => stop.position);
  const points = [...(round.location.position ? [round.location.position] : []), ...stops.map((stop) => stop.position!)];
  const whole = size.width > 0 && points.length > 0 ? fitted(points, size) : null;
  useLayoutEffect(() => {
    const measure = () => frame.current && setSize({ width: frame.current.clientWidth, height: frame.current.clientHeight });
    measure();
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  useEffect(() => (isFollowing ? follow(setHere) : undefined), [isFollowing]);
  const shown = view ?? whole;
  const missing = round.stops.length - stops.length;
  const middle = { x: size.width / 2, y: size.height / 2 };
  const drag = useDrag(shown, setView);
  return (
    <>
      <div className="map" ref={frame} role="group" aria-label={t("map.label")} {...drag}>
        {shown && <Drawing round={round} view={shown} here={here ?? null} size={size} />}
        {points.length === 0 && <p className="map-none">{t("map.none")}</p>}
        {shown && <Scale view={shown} />}
        <div className="map-buttons">
          <button type="button" className="icon-button" aria-label={t("map.here")} aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            <IconCurrentLocation aria-hidden />
          </button>
          <button type="button" className="icon-button" aria-label={t("map.all")} onClick={() => setView(null)}>
            <IconRoute aria-hidden />
          </button>
          <button type="button" className="icon-button" aria-label={t("map.in")} onClick={() => shown && setView(zoomed(shown, STEP, middle))}>
            <IconPlus aria-hidden />
          </button>
          <button type="button" className="icon-button" aria-label={t("map.out")} onClick={() => shown && setView(zoomed(shown, 1 / STEP, middle))}>
            <IconMinus aria-hidden />
          </button>
        </div>
      </div>
      {isFollowing && here === null && <Notice tone="warning">{t("map.no_position")}</Notice>}
      {missing > 0 && points.length > 0 && <p className="quiet">{t("map.unknown", { count: missing })}</p>}
    </>
  );
}

function Drawing({ round, view, here, size }: { round: Round; view: View; here: Point | null; size: { width: number; height: number } }) {
  const next = openStops(round)[0]?.number;
  const stops = stopsInOrder(round).flatMap((stop) => (stop.position ? [{ stop, ...onScreen(view, stop.position) }] : []));
  const hub = round.location.position && onScreen(view, round.location.position);
  const way = [...(hub ? [hub] : []), ...stops.filter(({ stop }) => wasLoaded(stop))].map(({ x, y }) => `${x},${y}`).join(" ");
  const me = here && onScreen(view, here);
  // The next one lies over all others.
  const rank = (stop: Stop) => (stop.number === next ? 2 : isOpenStop(stop) ? 1 : 0);
  const sorted = [...stops].sort((a, b) => rank(a.stop) - rank(b.stop));
  return (
    <svg width={size.width} height={size.height}>
      <polyline points={way} />
      {hub && <rect x={hub.x - 9} y={hub.y - 9} width={18} height={18} rx={3} />}
      {sorted.map(({ stop, x, y }) => (
        <g key={stop.number} className={stop.number === next ? "is-next" : isOpenStop(stop) ? "is-open" : "is-done"} role="link" tabIndex={0} aria-label={`${round.order.indexOf(stop.number) + 1}, ${stop.name}`} onClick={() => go("round", round.id, "stop", stop.number)} onKeyDown={(event) => event.key === "Enter" && go("round", round.id, "stop", stop.number)}>
          <circle className="hit" cx={x} cy={y} r={22} />
          <circle cx={x} cy={y} r={stop.number === next ? 18 : 14} />
          <text x={x} y={y} dy="0.35em">
            {round.order.indexOf(stop.number) + 1}
          </text>
        </g>
      ))}
      {me && <circle className="me" cx={me.x} cy={me.y} r={9} />}
    </svg>
  );
}

function Scale({ view }: { view: View }) {
  const { meters, pixels } = scaleBar(metersPerPixel(view));
  return (
    <span className="scale" style={{ width: pixels }}>
      {meters >= 1000 ? `${meters / 1000} km` : `${meters} m`}
    </span>
  );
}

/** One finger moves the map, two move and zoom it. A tap that does not move goes through to the point below it. */
function useDrag(view: View | null, setView: (view: View) => void) {
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(0);
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const lift = (event: PointerEvent) => void fingers.current.delete(event.pointerId);
  return {
    onClickCapture: (event: MouseEvent) => moved.current > TAP_MAX && event.stopPropagation(),
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      if (fingers.current.size === 0) moved.current = 0;
      fingers.current.set(event.pointerId, at(event));
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      const before = fingers.current.get(event.pointerId);
      if (!before || !view) return;
      const now = at(event);
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      moved.current += Math.hypot(now.x - before.x, now.y - before.y);
      if (!other) return setView({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y });
      const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      setView(zoomed(view, spread, other));
    },
    onPointerUp: lift,
    onPointerCancel: lift,
    onPointerLeave: lift,
  };
}
