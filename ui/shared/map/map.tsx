// A map that is drawn from points alone: it works without a connection and tells no map server where parcels go. What lies
// on it is the screen's own; that it can be moved, zoomed and read with its scale is the same everywhere.
import { IconMinus, IconPlus, IconRoute } from "@tabler/icons-react";
import { useLayoutEffect, useRef, useState, type MouseEvent, type PointerEvent, type ReactNode } from "react";
import type { Position } from "../api/types";
import "./map.css";
import { fitted, metersPerPixel, scaleBar, zoomed, type Size, type View } from "./view";

const STEP = 1.6;
/** Pixels that a finger may move in a tap. */
const TAP_MAX = 8;

export type MapTexts = { label: string; all: string; in: string; out: string; none: string };

type Props = {
  texts: MapTexts;
  /** What is in sight at first. */
  points: readonly Position[];
  /** What lies on the map, as the inside of an SVG. */
  draw: (view: View) => ReactNode;
  /** Buttons above those of every map. */
  buttons?: ReactNode;
};

export function PointMap({ texts, points, draw, buttons }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [view, setView] = useState<View | null>(null);
  const shown = view ?? (size.width > 0 && points.length > 0 ? fitted(points, size) : null);
  const middle = { x: size.width / 2, y: size.height / 2 };
  const drag = useDrag(shown, setView);
  return (
    <div className="map" ref={frame} role="group" aria-label={texts.label} {...drag}>
      {shown && (
        <svg className="map-drawing" width={size.width} height={size.height}>
          {draw(shown)}
        </svg>
      )}
      {points.length === 0 && <p className="map-none">{texts.none}</p>}
      {shown && <Scale view={shown} />}
      <div className="map-buttons">
        {buttons}
        <button type="button" aria-label={texts.all} onClick={() => setView(null)}>
          <IconRoute aria-hidden />
        </button>
        <button type="button" aria-label={texts.in} onClick={() => shown && setView(zoomed(shown, STEP, middle))}>
          <IconPlus aria-hidden />
        </button>
        <button type="button" aria-label={texts.out} onClick={() => shown && setView(zoomed(shown, 1 / STEP, middle))}>
          <IconMinus aria-hidden />
        </button>
      </div>
    </div>
  );
}

/** How large the frame is, as it changes. */
function useSize(frame: { current: HTMLElement | null }): Size {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [frame]);
  return size;
}

function Scale({ view }: { view: View }) {
  const { meters, pixels } = scaleBar(metersPerPixel(view));
  return (
    <span className="map-scale" style={{ width: pixels }}>
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
