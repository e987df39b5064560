// What came of the last scan, to be read at arm's length.
import { IconAlertTriangle, IconCheck, IconScan } from "@tabler/icons-react";
import type { Scanned } from "../data/scan";
import { useTexts, type Texts } from "../i18n";
import { Conflict } from "./bits";

export function Said({ last, ready, taken }: { last: { scanned: Scanned; at: number } | null; ready: string; taken?: string }) {
  const { t } = useTexts();
  if (!last) {
    return (
      <div className="said" role="status">
        <IconScan size={32} aria-hidden />
        <strong>{ready}</strong>
      </div>
    );
  }
  const { scanned, at } = last;
  const tone = scanned.kind === "taken" ? "positive" : scanned.kind === "already" ? "warning" : "danger";
  const [title, hint] = words(t, scanned, taken);
  return (
    // Another key for each scan: the same answer twice is still two.
    <div key={at} className={`said is-${tone}`} role="alert">
      {tone === "positive" ? <IconCheck size={36} aria-hidden /> : <IconAlertTriangle size={36} aria-hidden />}
      <div>
        <strong>{title}</strong>
        <span className="block">{hint}</span>
        {scanned.kind === "conflict" && <Conflict parcel={scanned.parcel} />}
      </div>
    </div>
  );
}

function words(t: Texts["t"], scanned: Scanned, taken?: string): [title: string, hint: string] {
  switch (scanned.kind) {
    case "taken":
      return [taken ?? t("scan.taken", { stop: scanned.stop.name }), scanned.parcel.number];
    case "already":
      return [t("scan.already"), `${scanned.parcel.number}, ${scanned.stop.name}`];
    case "conflict":
      return [t("scan.conflict"), scanned.parcel.number];
    case "other_round":
      return [t("scan.other_round"), t("scan.other_round_hint", { vehicle: scanned.vehicle })];
    case "foreign":
      return [t("scan.foreign"), t("scan.foreign_hint", { number: scanned.text })];
  }
}
