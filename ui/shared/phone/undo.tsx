// What was done last, with the way back, for ten seconds, in the place of the title: there it covers nothing and moves
// nothing under a thumb that is on its way.
import { useEffect, useState } from "react";
import { usePhoneTexts } from "./i18n";

const SHOWN_MS = 10_000;

/** `key` tells one thing done from another. */
export function Undo({ last, onUndo }: { last: { key: string; at: number; text: string } | undefined; onUndo: () => void }) {
  const { t } = usePhoneTexts();
  const [over, setOver] = useState<string | null>(null);
  useEffect(() => {
    if (!last) return;
    const timer = setTimeout(() => setOver(last.key), Math.max(0, last.at + SHOWN_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [last?.key]);
  if (!last || over === last.key || Date.now() - last.at > SHOWN_MS) return null;
  return (
    <button type="button" className="undo" onClick={onUndo}>
      <span>{last.text}</span>
      <strong>{t("common.undo")}</strong>
    </button>
  );
}
