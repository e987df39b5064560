// A mistake in a screen is said, not shown as an empty page; what was done is on the disk already.
import { IconAlertTriangle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { useTexts } from "../i18n";
import { Say } from "./bits";

function Crashed() {
  const { t } = useTexts();
  return (
    <Say icon={<IconAlertTriangle size={48} aria-hidden />} title={t("crash.title")} hint={t("crash.hint")}>
      <button type="button" className="button primary" onClick={() => location.assign("/courier/")}>
        {t("crash.reload")}
      </button>
    </Say>
  );
}

export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? <Crashed /> : this.props.children;
  }
}
