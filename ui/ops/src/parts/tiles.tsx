// How the shop is doing, live; every figure leads to what it counts.
import { SimpleGrid, Skeleton, Text } from "@mantine/core";
import type { Tiles } from "@sesame/shared/api/types";
import type { ReactNode } from "react";
import { useTiles } from "../data/queries";
import { useLink } from "../data/router";
import { useTexts } from "../i18n";

export function TileRow() {
  const { t } = useTexts();
  const { tiles, isLive } = useTiles();
  return (
    <section aria-label={t("tiles.label")}>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        {tiles ? <Filled tiles={tiles} /> : Array.from({ length: 4 }, (_, index) => <Skeleton key={index} height={112} />)}
      </SimpleGrid>
      <Text size="sm" c="dimmed" role="status" mt={isLive ? 0 : "xs"}>
        {isLive ? "" : t("tiles.stale")}
      </Text>
    </section>
  );
}

function Filled({ tiles }: { tiles: Tiles }) {
  const { t, money, number, permille } = useTexts();
  const [first, ...others] = tiles.revenue_today;
  const today = `/orders?from=${tiles.today_from}`;
  return (
    <>
      <Tile to={today} label={t("tiles.orders_per_minute")} value={number(tiles.orders_last_minute)} note={<Sparkline values={tiles.orders_per_minute} label={t("tiles.last_half_hour")} />} />
      <Tile
        to={`${today}&state=confirmed,partly_fulfilled,fulfilled`}
        label={t("tiles.revenue")}
        value={first ? money(first) : "–"}
        note={others.length > 0 ? others.map(money).join(" · ") : t("tiles.orders_today", { count: tiles.orders_today })}
      />
      <Tile to={today} label={t("tiles.phones")} value={tiles.phone_share_permille == null ? "–" : permille(tiles.phone_share_permille)} note={<Share permille={tiles.phone_share_permille ?? 0} />} />
      <Tile to="/picking" label={t("tiles.open_picks")} value={number(tiles.open_picks)} note={t("tiles.open_picks_note")} />
    </>
  );
}

function Tile({ to, label, value, note }: { to: string; label: string; value: string; note: ReactNode }) {
  return (
    <a className="card" {...useLink(to)} style={{ minHeight: 112 }}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <div className="tile-value clip">{value}</div>
      <Text size="sm" c="dimmed" component="div" mt={4} className="clip">
        {note}
      </Text>
    </a>
  );
}

/** The points of a line through `values` in a box of 100 by 24. */
export function sparkPoints(values: number[]): string {
  const top = Math.max(1, ...values);
  const step = values.length > 1 ? 100 / (values.length - 1) : 0;
  return values.map((value, index) => `${(index * step).toFixed(1)},${(23 - (22 * value) / top).toFixed(1)}`).join(" ");
}

function Sparkline({ values, label }: { values: number[]; label: string }) {
  return (
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" width="100%" height="24" role="img" aria-label={label}>
      <polyline points={sparkPoints(values)} fill="none" stroke="var(--color-accent)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function Share({ permille }: { permille: number }) {
  return (
    <svg viewBox="0 0 1000 24" preserveAspectRatio="none" width="100%" height="24" aria-hidden>
      <rect y="8" width="1000" height="8" rx="4" fill="var(--color-line)" />
      <rect y="8" width={permille} height="8" rx="4" fill="var(--color-accent)" />
    </svg>
  );
}
