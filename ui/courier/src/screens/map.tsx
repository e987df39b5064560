// The stops as points and the way between them, with where the phone is.
import { PointMap } from "@sesame/shared/map/map";
import { apart, onScreen, type View } from "@sesame/shared/map/view";
import { Notice } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";
import { isOpenStop, openStops, stopsInOrder, wasLoaded } from "@sesame/shared/rounds";
import { IconCurrentLocation } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { follow } from "../data/position";
import type { Point, Round, Stop } from "../data/wire";
import { useTexts } from "../i18n";

export function MapScreen({ round }: { round: Round }) {
  const { t } = useTexts();
  const [isFollowing, setFollowing] = useState(false);
  const [here, setHere] = useState<Point | null | undefined>(undefined);
  const stops = stopsInOrder(round).filter((stop) => stop.position);
  const points = [...(round.location.position ? [round.location.position] : []), ...stops.map((stop) => stop.position!)];
  useEffect(() => (isFollowing ? follow(setHere) : undefined), [isFollowing]);
  const missing = round.stops.length - stops.length;
  const texts = { label: t("map.label"), all: t("map.all"), in: t("map.in"), out: t("map.out"), none: t("map.none") };
  return (
    <>
      <PointMap
        texts={texts}
        points={points}
        draw={(view) => <Drawing round={round} view={view} here={here ?? null} />}
        buttons={
          <button type="button" aria-label={t("map.here")} aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            <IconCurrentLocation aria-hidden />
          </button>
        }
      />
      {isFollowing && here === null && <Notice tone="warning">{t("map.no_position")}</Notice>}
      {missing > 0 && points.length > 0 && <p className="quiet">{t("map.unknown", { count: missing })}</p>}
    </>
  );
}

function Drawing({ round, view, here }: { round: Round; view: View; here: Point | null }) {
  const next = openStops(round)[0]?.number;
  const stops = apart(stopsInOrder(round).flatMap((stop) => (stop.position ? [{ stop, ...onScreen(view, stop.position) }] : [])));
  const hub = round.location.position && onScreen(view, round.location.position);
  const way = [...(hub ? [hub] : []), ...stops.filter(({ stop }) => wasLoaded(stop))].map(({ x, y }) => `${x},${y}`).join(" ");
  const me = here && onScreen(view, here);
  // The next one lies over all others.
  const rank = (stop: Stop) => (stop.number === next ? 2 : isOpenStop(stop) ? 1 : 0);
  const sorted = [...stops].sort((a, b) => rank(a.stop) - rank(b.stop));
  return (
    <>
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
    </>
  );
}
