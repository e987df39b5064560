// What was done last, with the way back, for ten seconds, in the place of the title: there it covers nothing and moves
// nothing under a thumb that is on its way.
import { useEffect, useState } from "react";
import { undo } from "../data/courier";
import { ofLastTap } from "../data/log";
import type { What } from "../data/wire";
import { useTexts, type Texts } from "../i18n";
import { useCourier } from "./state";

const SHOWN_MS = 10_000;

export function Undo({ round }: { round: string }) {
  const { t } = useTexts();
  const { kept } = useCourier();
  const entries = ofLastTap(kept.entries, round);
  const last = entries.at(-1);
  const [over, setOver] = useState<string | null>(null);
  useEffect(() => {
    if (!last) return;
    const timer = setTimeout(() => setOver(last.tap), Math.max(0, last.event.at + SHOWN_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [last?.tap]);
  if (!last || over === last.tap || Date.now() - last.event.at > SHOWN_MS) return null;
  return (
    <button type="button" className="undo" onClick={() => void undo(entries)}>
      <span>{done(t, last.event.what, entries.length)}</span>
      <strong>{t("common.undo")}</strong>
    </button>
  );
}

function done(t: Texts["t"], what: What, count: number): string {
  return what === "load" || what === "delivered" || what === "failed" || what === "returned" ? t(`done.${what}`, { count }) : t(`what.${what}`);
}
