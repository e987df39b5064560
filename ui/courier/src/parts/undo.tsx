// What was done last in a round, with the way back.
import { Undo as Shown } from "@sesame/shared/phone/undo";
import { undo } from "../data/courier";
import { ofLastTap } from "../data/log";
import type { What } from "../data/wire";
import { useTexts, type Texts } from "../i18n";
import { useCourier } from "./state";

export function Undo({ round }: { round: string }) {
  const { t } = useTexts();
  const { kept } = useCourier();
  const entries = ofLastTap(kept.entries, round);
  const last = entries.at(-1);
  const shown = last && { key: last.tap, at: last.event.at, text: done(t, last.event.what, entries.length) };
  return <Shown last={shown} onUndo={() => void undo(entries)} />;
}

function done(t: Texts["t"], what: What, count: number): string {
  return what === "load" || what === "delivered" || what === "failed" || what === "returned" ? t(`done.${what}`, { count }) : t(`what.${what}`);
}
