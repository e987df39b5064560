// How the shop is set up, to be read; and for owners, who may sign in.
import { Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import type { Location, Settings } from "@sesame/shared/api/types";
import { IconAlertTriangle, IconCircleCheck, IconCreditCard, IconFlask, IconMailOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useLocations, useSettings } from "../data/queries";
import { useTexts } from "../i18n";
import { Fact, Mark } from "../parts/bits";
import { Loading, NotLoaded } from "../parts/errors";
import { Admission } from "./admission";
import { BigScreen } from "./big-screen";
import { Billings } from "./billing";
import { Operators } from "./operators";
import { PointsProgramForm } from "./points-program";
import { Switches } from "./switches";
import { ReturnTerms } from "./return-terms";

export function SettingsScreen({ isOwner }: { isOwner: boolean }) {
  const { t } = useTexts();
  const settings = useSettings();
  const locations = useLocations();
  if (settings.isPending) return <Loading rows={4} height={120} />;
  return (
    <Stack gap="lg" maw={1100}>
      <Title order={1} size="h2">
        {t("nav.settings")}
      </Title>
      <Section title={t("admission.title")}>
        <Admission isOwner={isOwner} />
      </Section>
      <Section title={t("switches.title")}>
        <Switches isOwner={isOwner} />
      </Section>
      <Section title={t("screen.title")}>
        <BigScreen isOwner={isOwner} />
      </Section>
      {settings.data && (
        <Section title={t("points.title")}>
          <PointsProgramForm currencies={settings.data.currencies.map(({ currency }) => currency)} isOwner={isOwner} />
        </Section>
      )}
      <Section title={t("terms.title")}>
        <ReturnTerms isOwner={isOwner} />
      </Section>
      {isOwner && (
        <Section title={t("operators.title")}>
          <Operators />
        </Section>
      )}
      {settings.data && (
        <Section title={t("billing.title")}>
          <Billings sellers={settings.data.sellers} isOwner={isOwner} />
        </Section>
      )}
      {settings.data && <Mails mail={settings.data.mail} />}
      {settings.data ? <Shop settings={settings.data} /> : <NotLoaded error={settings.error} retry={() => void settings.refetch()} />}
      {locations.data && (
        <Section title={t("settings.locations")}>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {locations.data.items.map((location) => (
              <Place key={location.id} location={location} />
            ))}
          </SimpleGrid>
        </Section>
      )}
      {settings.data && <Rates settings={settings.data} />}
      <Text c="dimmed">{t("settings.how_to_change")}</Text>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section">
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

/** Whether mails about orders leave: what an operator looks at when a shopper says that none came. */
function Mails({ mail }: { mail: Settings["mail"] }) {
  const { t, time, number } = useTexts();
  const state = !mail.configured
    ? { tone: "warning", icon: IconMailOff, text: t("mail.off") } as const
    : mail.failed_at
      ? { tone: "danger", icon: IconAlertTriangle, text: t("mail.fails") } as const
      : { tone: "positive", icon: IconCircleCheck, text: t("mail.works") } as const;
  return (
    <Section title={t("mail.title")}>
      <Stack gap="sm" align="start">
        <Mark tone={state.tone} icon={state.icon}>
          {state.text}
        </Mark>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} w="100%">
          <Fact name={t("mail.sent_at")}>{mail.sent_at ? time(mail.sent_at) : t("mail.never")}</Fact>
          <Fact name={t("mail.waiting")}>{number(mail.waiting)}</Fact>
          {mail.failed_at && (
            <Fact name={t("mail.failure")}>
              <div>{time(mail.failed_at)}</div>
              <div className="wrap">{mail.failure}</div>
            </Fact>
          )}
        </SimpleGrid>
      </Stack>
    </Section>
  );
}

function Shop({ settings }: { settings: Settings }) {
  const { t, country } = useTexts();
  return (
      <Section title={t("settings.shop")}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          <Fact name={t("settings.name")}>{settings.shop_name}</Fact>
          <Fact name={t("settings.address")}>{settings.public_url}</Fact>
          <Fact name={t("settings.country")}>{country(settings.country)}</Fact>
          <Fact name={t("settings.sellers")}>{settings.sellers.map(({ name }) => name).join(", ")}</Fact>
          <Fact name={t("settings.currencies")}>
            {settings.currencies.map(({ currency, tax }) => (
              <div key={currency}>
                {currency} · {t(`tax.${tax}`)}
              </div>
            ))}
          </Fact>
          <Fact name={t("settings.ships_to")}>{settings.ships_to.map(country).join(", ") || t("settings.everywhere")}</Fact>
          <Fact name={t("settings.payment")}>
            <Stack gap={4} align="start">
              {settings.payment_providers.map(({ name, test_money }) => (
                <Mark key={name} tone={test_money ? "warning" : "plain"} icon={test_money ? IconFlask : IconCreditCard}>
                  {test_money ? `${name} · ${t("payment.test_money")}` : name}
                </Mark>
              ))}
              {settings.payment_providers.length === 0 && t("payment.on_account")}
            </Stack>
          </Fact>
        </SimpleGrid>
      </Section>
  );
}

function Rates({ settings }: { settings: Settings }) {
  const { t, local, money, ppm, country } = useTexts();
  return (
    <>
      <Section title={t("settings.shipping")}>
        <Rows
          heads={[t("settings.rate"), t("settings.country"), t("settings.days"), t("settings.prices")]}
          rows={together(
            settings.shipping_rates.map((rate) => [
              local(rate.title),
              rate.country ? country(rate.country) : t("settings.everywhere"),
              rate.transit_days_min === rate.transit_days_max ? `${rate.transit_days_min}` : `${rate.transit_days_min}–${rate.transit_days_max}`,
              rate.prices.map(money).join(" · "),
            ]),
            1,
          )}
        />
      </Section>
      <Section title={t("settings.taxes")}>
        <Rows heads={[t("settings.country"), t("settings.category"), t("settings.tax_rate")]} rows={settings.tax_rates.map((rate) => [country(rate.country), t(`tax_category.${rate.category}`), ppm(rate.rate_ppm)])} />
      </Section>
    </>
  );
}

/** Rows that differ in one cell alone become one row, with those cells side by side. */
export function together(rows: string[][], column: number): string[][] {
  const merged = new Map<string, string[]>();
  for (const row of rows) {
    const key = JSON.stringify(row.filter((_, at) => at !== column));
    const known = merged.get(key);
    if (known) known[column] += `, ${row[column]}`;
    else merged.set(key, [...row]);
  }
  return [...merged.values()];
}

function Rows({ heads, rows }: { heads: string[]; rows: string[][] }) {
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table className="figures">
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((cells, row) => (
            <Table.Tr key={row}>
              {cells.map((cell, column) => (
                <Table.Td key={column}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Place({ location }: { location: Location }) {
  const { t, country: nameOf } = useTexts();
  const does = [location.ships && t("location.ships"), location.collects && t("location.collects"), location.sells && t("location.sells")].filter(Boolean);
  const { street, postal_code, city, country } = location.address;
  return (
    <div>
      <Text fw={600}>{location.name}</Text>
      <Text size="sm" c="dimmed">
        {t(`location.${location.kind}`)} · <span className="mono">{location.code}</span> · {location.time_zone}
      </Text>
      <Text size="sm">
        {street}, {postal_code} {city}, {country && nameOf(country)}
      </Text>
      {location.opening_hours && <Text size="sm">{location.opening_hours}</Text>}
      <Text size="sm">{does.join(" · ")}</Text>
    </div>
  );
}
