// Between scanning and what lies here.
import { IconPackages, IconScan } from "@tabler/icons-react";
import { useTexts } from "../i18n";

export function Tabs({ at }: { at: "scan" | "here" }) {
  const { t } = useTexts();
  return (
    <nav className="tabs">
      <a href="#/" aria-current={at === "scan" ? "page" : undefined}>
        <IconScan aria-hidden />
        {t("tab.scan")}
      </a>
      <a href="#/here" aria-current={at === "here" ? "page" : undefined}>
        <IconPackages aria-hidden />
        {t("tab.here")}
      </a>
    </nav>
  );
}
