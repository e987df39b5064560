// The answer to the last scan, to be read from two metres: a color, a sign, where to.
import { isLate } from "@sesame/shared/hubs";
import { IconAlertTriangle, IconClock, IconScan } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { Entry } from "../data/log";
import { verdictOf, type Sign as Kind } from "../data/verdict";
import type { HubParcel, What } from "../data/wire";
import { useTexts, type Texts } from "../i18n";
import { Sign } from "./sign";

/** So long an answer may take before the label has to do. */
const SLOW_MS = 3_000;

/** `before` is when the same was scanned here before. */
export function Answer({ entry, mode, before, isOnline }: { entry: Entry | undefined; mode: What; before: number | null; isOnline: boolean }) {
  const { t, when } = useTexts();
  if (!entry) {
    return (
      <section className="answer is-waiting">
        <IconScan size={72} aria-hidden />
        <p className="to">{t("answer.ready")}</p>
        <p>{t(`ready.${mode}`)}</p>
      </section>
    );
  }
  if (entry.state === "waiting") return <Unanswered entry={entry} isOnline={isOnline} />;
  const { tone, sign, to } = verdictOf(entry);
  const { parcel, scan } = entry;
  return (
    <section className={`answer is-${tone}`} role="alert" data-sign={sign}>
      <p className="way">
        <Sign sign={sign} size={56} />
        <strong>{titleOf(t, sign, scan.what === "left")}</strong>
      </p>
      <p className="to" data-size={sizeOf(to || bigOf(t, sign))}>
        {to || bigOf(t, sign)}
      </p>
      {parcel && <Way parcel={parcel} to={to} />}
      <p className="do">{todo(t, entry, sign)}</p>
      <p>
        <span className="mono">{parcel?.number ?? scan.label}</span>
        {parcel && <span className="block">{[parcel.postal_code, parcel.city, parcel.country].filter(Boolean).join(" ")}</span>}
      </p>
      {before !== null ? <p className="quiet">{t("answer.before", { time: when(before) })}</p> : entry.state === "known" && <p className="quiet">{t("answer.known")}</p>}
    </section>
  );
}

/** No answer yet: after a moment, or without a line, what to go by instead. */
function Unanswered({ entry, isOnline }: { entry: Entry; isOnline: boolean }) {
  const { t } = useTexts();
  const [isSlow, setSlow] = useState(Date.now() - entry.scan.at > SLOW_MS);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), Math.max(0, entry.scan.at + SLOW_MS - Date.now()));
    return () => clearTimeout(timer);
  }, []);
  const isByLabel = isSlow || !isOnline;
  return (
    <section className="answer is-waiting" role="status" data-sign="waiting">
      <Sign sign="waiting" size={56} />
      <p className="to" data-size="small">
        {t(isByLabel ? "answer.by_label" : "answer.asking")}
      </p>
      {isByLabel && <p>{t("answer.by_label_hint")}</p>}
      <p className="mono">{entry.scan.label}</p>
    </section>
  );
}

/** With which line, when it leaves, and whether that is late. */
function Way({ parcel, to }: { parcel: HubParcel; to: string }) {
  const { t, when } = useTexts();
  const { line, leaves } = parcel.direction;
  return (
    <>
      {(leaves !== null || (line && line !== to)) && (
        <p className="leaves">
          {line && line !== to && <span>{t("answer.line", { line })}</span>}
          {leaves !== null && (
            <strong>
              <IconClock aria-hidden />
              {t("answer.leaves", { time: when(leaves) })}
            </strong>
          )}
        </p>
      )}
      {isLate(parcel) && (
        <p className="tag is-danger">
          <IconAlertTriangle size={20} aria-hidden />
          {t("answer.late", { expected: when(parcel.expected!), promised: when(parcel.promised!) })}
        </p>
      )}
    </>
  );
}

type Named = Exclude<Kind, "waiting">;

function titleOf(t: Texts["t"], sign: Kind, isLeaving: boolean): string {
  const title = t(`sign.${sign as Named}`);
  return isLeaving && sign !== "stranger" && sign !== "refused" ? `${t("answer.goes_on")} · ${title}` : title;
}

const bigOf = (t: Texts["t"], sign: Kind): string => t(`big.${sign as Named}`);

/** What to do where the place alone does not say it. */
function todo(t: Texts["t"], { message }: Entry, sign: Kind): string {
  switch (sign) {
    case "back":
    case "held":
    case "done":
    case "unknown":
    case "damaged":
    case "foreign":
    case "stranger":
      return t(`do.${sign}`);
    case "refused":
      return t("see.not_taken", { message });
    default:
      return "";
  }
}

/** In letters how large it fits, its longest word in one line: a Chinese letter takes the room of two others. */
function sizeOf(text: string): "large" | "middle" | "small" | "tiny" {
  const width = (word: string) => [...word].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);
  const longest = Math.max(...text.split(/[\s-]+/).map(width));
  if (width(text) <= 6) return "large";
  if (width(text) <= 18 && longest <= 9) return "middle";
  return longest <= 12 ? "small" : "tiny";
}
