// Scan after scan: what happens to the parcel, the answer, the field that is always ready, and what was scanned last.
import { Head } from "@sesame/shared/phone/bits";
import { whoOf } from "@sesame/shared/phone/log";
import { Scanner } from "@sesame/shared/phone/scanner";
import { bad, tick } from "@sesame/shared/phone/signal";
import { Undo } from "@sesame/shared/phone/undo";
import { scan, undo } from "../data/hub";
import { before, isUndoable, recent, undoneIn, type Place } from "../data/log";
import type { What } from "../data/wire";
import { useTexts } from "../i18n";
import { Answer } from "../parts/answer";
import { MODES, useMode } from "../parts/mode";
import { Recent } from "../parts/recent";
import { useHub } from "../parts/state";
import { Tabs } from "../parts/tabs";

export function Scan({ place }: { place: Place }) {
  const { t } = useTexts();
  const { kept, isOnline } = useHub();
  const [mode, setMode] = useMode();
  const entries = recent(kept, whoOf(kept)!.id, place.id);
  const undone = undoneIn(kept.entries);
  const last = entries[0] && !undone.has(entries[0].scan.key) ? entries[0] : undefined;
  const read = async (label: string) => {
    const made = await scan(place.id, label, mode);
    if (made === "kept") tick();
    if (made === "lost") bad();
  };
  const shown = last && isUndoable(last, undone) ? { key: last.scan.key, at: last.scan.at, text: `${t(`done.${last.scan.what}`)}: ${last.parcel?.number ?? last.scan.label}` } : undefined;
  return (
    <main className="screen">
      <Head title={place.name} undo={<Undo last={shown} onUndo={() => last && void undo(last)} />} />
      <Modes mode={mode} onChoose={setMode} />
      {/* Another key for each scan: the same answer twice is still two. */}
      <Answer key={last?.scan.key} entry={last} mode={mode} isOnline={isOnline !== false} before={last ? before(last, kept.entries, undone) : null} />
      <Scanner onScan={(label) => void read(label)} />
      <Recent entries={entries} undone={undone} />
      <Tabs at="scan" />
    </main>
  );
}

function Modes({ mode, onChoose }: { mode: What; onChoose: (mode: What) => void }) {
  const { t } = useTexts();
  return (
    <div className="modes" role="group" aria-label={t("mode.label")}>
      {MODES.map((one) => (
        <button key={one} type="button" className={`button is-${one}`} aria-pressed={one === mode} onClick={() => onChoose(one)}>
          {t(`mode.${one}`)}
        </button>
      ))}
    </div>
  );
}
