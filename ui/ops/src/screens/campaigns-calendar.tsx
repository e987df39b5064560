// A month with its campaigns: a day begins a new one, an entry leads to its campaign. Arrow keys walk the days.
import { ActionIcon, Button, Group, Text, Title } from "@mantine/core";
import type { CampaignSummary } from "@sesame/shared/api/types";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { dayAfter, localOf, monthAfter, ownZone, weeksOf } from "../data/zones";
import { navigate, useLink } from "../data/router";
import { useTexts } from "../i18n";
import { phaseIcon, zoneName } from "../parts/campaign-bits";

const SHOWN_PER_DAY = 3;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** 1 for Monday to 7 for Sunday, as the reader's calendars begin; browsers that don't know begin with Monday. */
function firstDayOf(locale: string): number {
  type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };
  const known = new Intl.Locale(locale) as WithWeek;
  return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
}

const utc = (day: string) => Date.parse(`${day}T00:00:00Z`);

type Span = { campaign: CampaignSummary; first: string; last: string };

function spansOf(campaigns: CampaignSummary[]): Span[] {
  const zone = ownZone();
  const dayOf = (at: number) => localOf(at, zone).slice(0, 10);
  return campaigns.map((campaign) => ({ campaign, first: dayOf(campaign.starts_at), last: dayOf(Math.max(campaign.starts_at, campaign.ends_at - 1)) })).reverse();
}

export function Calendar({ campaigns, now }: { campaigns: CampaignSummary[]; now: number }) {
  const { t, locale } = useTexts();
  const today = localOf(now, ownZone()).slice(0, 10);
  const [day, setDay] = useState(today);
  const month = day.slice(0, 7);
  const table = useRef<HTMLTableElement>(null);
  const isWalking = useRef(false);
  useEffect(() => {
    if (isWalking.current) table.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    isWalking.current = false;
  }, [day]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const from = (event.target as HTMLElement).dataset.day;
    if (!step || !from) return;
    event.preventDefault();
    isWalking.current = true;
    setDay(dayAfter(from, step));
  };
  const weeks = weeksOf(month, firstDayOf(locale));
  const spans = spansOf(campaigns);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  const title = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(utc(day));
  return (
    <section aria-label={t("calendar.label")}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" aria-live="polite">
          {title}
        </Title>
        <Group gap={4}>
          <Turn label={t("calendar.before")} icon={IconChevronLeft} turn={() => setDay(`${monthAfter(month, -1)}-01`)} />
          <Button variant="default" h={44} onClick={() => setDay(today)}>
            {t("calendar.today")}
          </Button>
          <Turn label={t("calendar.after")} icon={IconChevronRight} turn={() => setDay(`${monthAfter(month, 1)}-01`)} />
        </Group>
      </Group>
      <table className="calendar" ref={table} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {weeks[0]!.map((one) => (
              <th key={one} scope="col">
                {weekday.format(utc(one))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((one) => (
                <Day key={one} day={one} isToday={one === today} isOther={one.slice(0, 7) !== month} isReached={one === day} spans={spans.filter(({ first, last }) => first <= one && one <= last)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="sm" c="dimmed" mt="xs">
        {t("calendar.hint", { zone: zoneName(ownZone()) })}
      </Text>
    </section>
  );
}

function Turn({ label, icon: Shape, turn }: { label: string; icon: typeof IconChevronLeft; turn: () => void }) {
  return (
    <ActionIcon variant="default" size={44} aria-label={label} onClick={turn}>
      <Shape size={20} aria-hidden />
    </ActionIcon>
  );
}

type DayProps = { day: string; isToday: boolean; isOther: boolean; isReached: boolean; spans: Span[] };

function Day({ day, isToday, isOther, isReached, spans }: DayProps) {
  const { t, locale } = useTexts();
  const whole = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(utc(day));
  const shown = spans.slice(0, SHOWN_PER_DAY);
  return (
    <td data-other={isOther || undefined} data-today={isToday || undefined}>
      <button type="button" data-day={day} tabIndex={isReached ? 0 : -1} aria-current={isToday ? "date" : undefined} aria-label={t("calendar.begin", { day: whole })} onClick={() => navigate(`/campaigns/new?day=${day}`)}>
        {Number(day.slice(8))}
      </button>
      {shown.map((span) => (
        <Entry key={span.campaign.id} span={span} day={day} />
      ))}
      {spans.length > shown.length && <span className="calendar-more">{t("calendar.more", { count: spans.length - shown.length })}</span>}
    </td>
  );
}

/** A campaign on a day; the first day of a row names it, the others carry it on. */
function Entry({ span: { campaign, first }, day }: { span: Span; day: string }) {
  const { t, local } = useTexts();
  const Shape = phaseIcon(campaign.phase);
  const name = local(campaign.title);
  // Once is enough for the tab key; the other days of the same campaign can be clicked.
  const isFirst = first === day;
  return (
    <a className="calendar-entry" data-phase={campaign.phase} {...useLink(`/campaigns/${campaign.id}`)} tabIndex={isFirst ? 0 : -1} aria-label={`${name}, ${t(`phase.${campaign.phase}`)}`} title={name}>
      <Shape size={14} aria-hidden style={{ flex: "none" }} />
      <span className="clip">{name}</span>
    </a>
  );
}
