// How the console says that a kind of work is shed: a strip on every page, a note where the work would be done.
import { Alert } from "@mantine/core";
import type { SwitchEntry, WorkKind } from "@sesame/shared/api/types";
import { IconPlayerPause } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useShed, useSwitches } from "../data/switches";
import { useTexts, type Texts } from "../i18n";
import { Link } from "./bits";

/** Until when it is shed, as words. */
export function untilText({ until }: Pick<SwitchEntry, "until">, { t, moment }: Texts): string {
  return until == null ? t("switches.until_further") : t("switches.until", { time: moment(until) });
}

/** A strip that names what is shed now; nothing when everything is served. */
export function ShedStrip() {
  const texts = useTexts();
  const { t } = texts;
  const shed = useSwitches().data?.items.filter(({ position }) => position === "shed") ?? [];
  if (shed.length === 0) return null;
  const names = shed.map((one) => `${t(`work.${one.work}`)} (${untilText(one, texts)})`).join(" · ");
  return (
    <div className="strip" role="status">
      <IconPlayerPause size={16} aria-hidden style={{ flex: "none" }} />
      <span>
        {t("switches.strip", { names })} <Link to="/settings">{t("switches.strip_link")}</Link>
      </span>
    </div>
  );
}

/** In the place of a form or a download while its work is shed: why, and when it opens again. */
export function UnlessShed({ work, children }: { work: WorkKind; children: ReactNode }) {
  const texts = useTexts();
  const shed = useShed(work);
  if (!shed) return children;
  return (
    <Alert role="status" color="yellow" variant="outline" icon={<IconPlayerPause aria-hidden />} styles={{ message: { color: "var(--color-text)" } }}>
      {texts.t(`work_shed.${work}`)} {shed.until == null ? texts.t("switches.opens_unknown") : texts.t("switches.opens", { time: texts.moment(shed.until) })}
    </Alert>
  );
}
