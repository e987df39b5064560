// The last scans with what came of them, and the way back from each.
import { undo } from "../data/hub";
import { isUndoable, type Entry } from "../data/log";
import { verdictOf } from "../data/verdict";
import { useTexts } from "../i18n";
import { Sign } from "./sign";

const SHOWN = 20;

export function Recent({ entries, undone }: { entries: readonly Entry[]; undone: ReadonlySet<string> }) {
  const { t } = useTexts();
  return (
    <section>
      <h2>{t("list.title")}</h2>
      {entries.length === 0 && <p className="quiet">{t("list.none")}</p>}
      <ol className="scans">
        {entries.slice(0, SHOWN).map((entry) => (
          <Row key={entry.scan.key} entry={entry} isUndone={undone.has(entry.scan.key)} onUndo={isUndoable(entry, undone) ? () => void undo(entry) : undefined} />
        ))}
      </ol>
    </section>
  );
}

function Row({ entry, isUndone, onUndo }: { entry: Entry; isUndone: boolean; onUndo: (() => void) | undefined }) {
  const { t, when } = useTexts();
  const { tone, sign, to } = verdictOf(entry);
  const label = entry.parcel?.number ?? entry.scan.label;
  const way = isUndone ? t("list.undone") : sign === "waiting" ? t("list.waiting") : [t(`sign.${sign}`), to].filter(Boolean).join(": ");
  return (
    <li className={`scan is-${tone}${isUndone ? " is-undone" : ""}`}>
      <Sign sign={sign} size={28} />
      <span className="grow">
        <strong className="block">{way}</strong>
        <span className="mono">{label}</span>
        <span className="block quiet">{`${t(`done.${entry.scan.what}`)} ${when(entry.scan.at)}`}</span>
      </span>
      {onUndo && (
        <button type="button" className="button small" aria-label={`${t("common.undo")}: ${label}`} onClick={onUndo}>
          {t("common.undo")}
        </button>
      )}
    </li>
  );
}
