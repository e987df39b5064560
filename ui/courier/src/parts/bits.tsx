// What several screens of the courier's phone are made of.
import { FAILURES } from "@sesame/shared/rounds";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef, type ReactNode } from "react";
import type { Parcel, Stop } from "../data/wire";
import { useTexts, type Texts } from "../i18n";

/** A question over the screen. The phone's back key and a tap beside it leave everything as it is. */
export function Sheet({ title, hint, close, children }: { title: string; hint?: string; close: () => void; children: ReactNode }) {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => void dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="sheet" aria-label={title} onClose={close} onClick={(event) => event.target === dialog.current && close()}>
      <div className="sheet-body">
        <h2>{title}</h2>
        {hint && <p className="quiet">{hint}</p>}
        {children}
        <button type="button" className="button" onClick={close}>
          {t("common.cancel")}
        </button>
      </div>
    </dialog>
  );
}

/** What is to be read of a parcel's state. */
export function stateText({ t, time }: Texts, parcel: Parcel): string {
  const at = time(parcel.at ?? 0);
  if (parcel.state === "delivered") return t("parcel.delivered", { time: at });
  if (parcel.state === "returned") return t("parcel.returned", { time: at });
  if (parcel.state === "planned") return t("parcel.planned");
  if (parcel.state === "loaded") return t("parcel.loaded");
  const known = FAILURES.find((failure) => failure === parcel.reason);
  return t("parcel.failed", { reason: known ? t(`reason.${known}`) : parcel.reason, time: at });
}

export function Address({ stop }: { stop: Stop }) {
  const { street, street_2, postal_code, city } = stop.address;
  return (
    <address>
      {street}
      {street_2 && <span className="block">{street_2}</span>}
      <span className="block">{`${postal_code} ${city}`.trim()}</span>
    </address>
  );
}

/** When the receiver expects it, and whether that is over. */
export function Times({ stop }: { stop: Stop }) {
  const { t, time } = useTexts();
  const { window, arrival } = stop;
  const isLate = window !== null && Date.now() > window.until;
  return (
    <p className="times">
      {window && <strong>{t("stop.window", { from: time(window.from), until: time(window.until) })}</strong>}
      {isLate && (
        <span className="tag is-danger">
          <IconAlertTriangle size={16} aria-hidden />
          {t("stop.late")}
        </span>
      )}
      {arrival !== null && <span className="quiet">{t("stop.arrival", { time: time(arrival) })}</span>}
    </p>
  );
}

export function Conflict({ parcel }: { parcel: Parcel }) {
  const { t } = useTexts();
  if (!parcel.conflict) return null;
  return (
    <span className="tag is-danger">
      <IconAlertTriangle size={16} aria-hidden />
      {t(parcel.conflict === "recalled" ? "conflict.recalled" : "conflict.reassigned")}
    </span>
  );
}
