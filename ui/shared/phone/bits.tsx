// What the screens of phones are made of.
import { IconAlertTriangle, IconChevronLeft, IconCloudCheck, IconCloudOff, IconCloudUp } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { LANGUAGES, LANGUAGE_NAMES } from "../i18n";
import { usePhone } from "./context";
import { usePhoneTexts } from "./i18n";
import { go } from "./route";

/** The head of a screen: the way back, where one is or what was done last, and what waits. */
export function Head({ title, back, undo }: { title: string; back?: () => void; undo?: ReactNode }) {
  const { t } = usePhoneTexts();
  return (
    <header className="head">
      {back && (
        <button type="button" className="icon-button" aria-label={t("common.back")} onClick={back}>
          <IconChevronLeft aria-hidden />
        </button>
      )}
      <h1>{title}</h1>
      {undo}
      <Net />
    </header>
  );
}

/** How many entries wait on this phone, always in sight; leads to what waits. */
function Net() {
  const { t } = usePhoneTexts();
  const { phone, state } = usePhone();
  const { isOnline, isSending, session } = state;
  const { waiting: count, toSee } = phone.counts();
  const isOut = session === "out";
  const [Icon, tone, text] =
    toSee > 0 ? ([IconAlertTriangle, "danger", t("net.refused", { count: toSee })] as const)
    : isOut ? ([IconAlertTriangle, "warning", count > 0 ? `${t("sign_in.submit")} (${count})` : t("sign_in.submit")] as const)
    : count > 0 && isSending && isOnline !== false ? ([IconCloudUp, "quiet", t("net.sending", { count })] as const)
    : count > 0 ? ([IconCloudOff, "warning", t("net.waiting", { count })] as const)
    : isOnline === false ? ([IconCloudOff, "warning", t("net.offline")] as const)
    : ([IconCloudCheck, "quiet", t("net.sent")] as const);
  return (
    <button type="button" className={`net is-${tone}`} aria-label={text} onClick={() => go("waiting")}>
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

export function Languages() {
  const { language, setLanguage } = usePhoneTexts();
  return (
    <div className="languages">
      {LANGUAGES.map((value) => (
        <button key={value} type="button" className="plain" lang={value} aria-pressed={value === language} onClick={() => setLanguage(value)}>
          {LANGUAGE_NAMES[value]}
        </button>
      ))}
    </div>
  );
}
