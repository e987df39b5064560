// What waits on this phone, what somebody has to look at, and where it is used.
import { Act } from "@sesame/shared/phone/bits";
import { whoOf } from "@sesame/shared/phone/log";
import { Outbox } from "@sesame/shared/phone/outbox";
import { placeOf, seeTo } from "../data/hub";
import { isToSee } from "../data/log";
import { verdictOf } from "../data/verdict";
import { useTexts } from "../i18n";
import { Sign } from "../parts/sign";
import { useHub } from "../parts/state";

export const Waiting = () => <Outbox toSee={<ToSee />} more={<Where />} />;

function Where() {
  const { t } = useTexts();
  const { kept } = useHub();
  return (
    <a className="button" href="#/place">
      {`${placeOf(kept)?.name ?? ""} · ${t("place.change")}`}
    </a>
  );
}

/** Bad news that came when nobody stood before it any more. */
function ToSee() {
  const { t, when } = useTexts();
  const { kept } = useHub();
  const entries = kept.entries.filter((entry) => entry.operator === whoOf(kept)?.id && isToSee(entry));
  if (entries.length === 0) return null;
  return (
    <section className="stack">
      <h2>{t("see.title")}</h2>
      <ul className="scans">
        {entries.map((entry) => {
          const { sign, tone, to } = verdictOf(entry);
          return (
            <li key={entry.seq} className={`scan is-${tone}`}>
              <Sign sign={sign} size={28} />
              <span className="grow">
                <strong className="block">{sign === "refused" ? t("see.not_taken", { message: entry.message }) : sign !== "waiting" && [t(`sign.${sign}`), to].filter(Boolean).join(": ")}</strong>
                <span className="mono">{entry.parcel?.number ?? entry.scan.label}</span>
                <span className="block quiet">{`${t(`done.${entry.scan.what}`)} ${when(entry.scan.at)}`}</span>
              </span>
            </li>
          );
        })}
      </ul>
      <Act className="" onAct={() => seeTo(entries)}>
        {t("see.done")}
      </Act>
    </section>
  );
}
