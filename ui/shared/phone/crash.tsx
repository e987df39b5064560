// A mistake in a screen is said, not shown as an empty page; what was done is on the disk already.
import { IconAlertTriangle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { Say } from "./bits";
import { usePhoneTexts } from "./i18n";

function Crashed({ page }: { page: string }) {
  const { t } = usePhoneTexts();
  return (
    <Say icon={<IconAlertTriangle size={48} aria-hidden />} title={t("crash.title")} hint={t("crash.hint")}>
      <button type="button" className="button primary" onClick={() => location.assign(page)}>
        {t("crash.reload")}
      </button>
    </Say>
  );
}

export class ErrorBoundary extends Component<{ page: string; children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? <Crashed page={this.props.page} /> : this.props.children;
  }
}
