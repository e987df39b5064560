// What several screens are made of.
import { FAILURES } from "@sesame/shared/rounds";
import { IconAlertTriangle, IconChevronLeft, IconCloudCheck, IconCloudOff, IconCloudUp } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { whoOf } from "../data/courier";
import { waitingIn } from "../data/log";
import type { Parcel, Stop } from "../data/wire";
import { useTexts, type Texts } from "../i18n";
import { go } from "./route";
import { useCourier } from "./state";
import { Undo } from "./undo";

/** The head of a screen: the way back, where one is or what was done last in the round, and what waits. */
export function Head({ title, back, round }: { title: string; back?: () => void; round?: string }) {
  const { t } = useTexts();
  return (
    <header className="head">
      {back && (
        <button type="button" className="icon-button" aria-label={t("common.back")} onClick={back}>
          <IconChevronLeft aria-hidden />
        </button>
      )}
      <h1>{title}</h1>
      {round && <Undo round={round} />}
      <Net />
    </header>
  );
}

/** How many entries wait on this phone, always in sight; leads to what waits. */
function Net() {
  const { t } = useTexts();
  const { kept, isOnline, isSending, session } = useCourier();
  const mine = kept.entries.filter(({ operator }) => operator === whoOf(kept)?.id);
  const count = waitingIn(mine).length;
  const refused = mine.filter(({ state }) => state === "refused").length;
  const isOut = session === "out";
  const [Icon, tone, text] =
    refused > 0 ? ([IconAlertTriangle, "danger", t("net.refused", { count: refused })] as const)
    : isOut ? ([IconAlertTriangle, "warning", count > 0 ? `${t("sign_in.submit")} (${count})` : t("sign_in.submit")] as const)
    : count > 0 && isSending && isOnline !== false ? ([IconCloudUp, "quiet", t("net.sending", { count })] as const)
    : count > 0 ? ([IconCloudOff, "warning", t("net.waiting", { count })] as const)
    : isOnline === false ? ([IconCloudOff, "warning", t("net.offline")] as const)
    : ([IconCloudCheck, "quiet", t("net.sent")] as const);
  return (
    <button type="button" className={`net is-${tone}`} onClick={() => go("waiting")}>
      <Icon size={20} aria-hidden />
      <span role="status">{text}</span>
    </button>
  );
}

/** Something to know that does not stop the work. */
export function Notice({ tone, children }: { tone: "warning" | "danger" | "positive"; children: ReactNode }) {
  return (
    <div className={`notice is-${tone}`} role={tone === "danger" ? "alert" : undefined}>
      {tone !== "positive" && <IconAlertTriangle size={22} aria-hidden />}
      <div>{children}</div>
    </div>
  );
}

/** A screen with nothing but something to say. */
export function Say({ icon, title, hint, children }: { icon: ReactNode; title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="say">
      {icon}
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children}
    </div>
  );
}

/** A button whose work is done once, however often a glove hits it. */
export function Act({ className = "primary", isOff = false, onAct, children }: { className?: string; isOff?: boolean; onAct: () => unknown; children: ReactNode }) {
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      await onAct();
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className={`button ${className}`} disabled={isBusy || isOff} onClick={() => void run()}>
      {children}
    </button>
  );
}

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
