// What the screens of rounds show alike: a day, who drives, and how far a round is.
import { Text } from "@mantine/core";
import type { RoundEntry } from "@sesame/shared/api/types";
import { IconUserQuestion } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTexts } from "../i18n";
import { Mark } from "./bits";

/** A day as it is spoken: `Sunday, November 29`. */
export function useDayName(): (day: string) => string {
  const { locale } = useTexts();
  const format = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return (day) => format.format(Date.parse(day));
}

/** The middle of a day on this device's calendar: times of that day are shown without their date. */
export const noonOf = (day: string): number => new Date(`${day}T12:00:00`).getTime();

/** How often it is looked whether something has become late: nobody says so, the time does. */
export const NOW_EVERY_MS = 15_000;

/** The time, as it goes on. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Who drives a round; that nobody does yet is not to be overlooked. */
export function Driver({ courier }: Pick<RoundEntry, "courier">) {
  const { t } = useTexts();
  if (!courier) return <Mark tone="warning" icon={IconUserQuestion}>{t("rounds.nobody")}</Mark>;
  return (
    <Text component="span" fw={600} className="wrap">
      {courier.name}
    </Text>
  );
}

/** Stops where nothing is left to do, of all, drawn. */
export function StopsDone({ done, stops }: { done: number; stops: number }) {
  const { t } = useTexts();
  return (
    <div style={{ minWidth: 120 }}>
      <Text size="sm" className="figures">
        {t("rounds.stops_done", { done, stops })}
      </Text>
      <div className="bar" aria-hidden>
        <span style={{ width: `${stops === 0 ? 0 : (100 * done) / stops}%`, background: "var(--color-positive)" }} />
      </div>
    </div>
  );
}
