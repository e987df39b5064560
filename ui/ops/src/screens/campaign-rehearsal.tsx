// A rehearsal: yesterday's orders priced again as if the campaign had run, with the goods that may run out first.
import { Button, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import type { CampaignEntry, GoodsEffect, Money, Rehearsal } from "@sesame/shared/api/types";
import { IconAlertTriangle, IconCheck, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useRehearsal } from "../data/campaigns";
import { useTexts } from "../i18n";
import { Fact, Mark } from "../parts/bits";
import { Refused } from "../parts/errors";
import { Figures } from "../parts/figures";
import { UnlessShed } from "../parts/shed";

export function RehearsalPart({ campaign }: { campaign: CampaignEntry }) {
  const { t } = useTexts();
  const query = useRehearsal(campaign.id);
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section" aria-label={t("rehearsal.title")}>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t("rehearsal.title")}
          </Title>
          <Text c="dimmed" size="sm">
            {t("rehearsal.hint")}
          </Text>
        </div>
        <UnlessShed work="exports">
          <Group>
            <Button variant="default" h={44} leftSection={<IconPlayerPlay size={18} aria-hidden />} loading={query.isFetching} onClick={() => void query.refetch()}>
              {t(query.data ? "rehearsal.again" : "rehearsal.start")}
            </Button>
            <span role="status">{query.isFetching && <Elapsed />}</span>
          </Group>
        </UnlessShed>
        {!query.isFetching && <Refused error={query.error} />}
        {query.data && !query.isFetching && <Result rehearsal={query.data} campaign={campaign} />}
      </Stack>
    </Paper>
  );
}

function Elapsed() {
  const { t } = useTexts();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <Text className="figures">{t("rehearsal.running", { seconds })}</Text>;
}

function Result({ rehearsal, campaign }: { rehearsal: Rehearsal; campaign: CampaignEntry }) {
  const { t, number, permille } = useTexts();
  const share = rehearsal.orders === 0 ? 0 : Math.round((rehearsal.reduced * 1000) / rehearsal.orders);
  return (
    <>
      {rehearsal.orders === 0 ? (
        <Text>{t("rehearsal.none")}</Text>
      ) : (
        <>
          <SimpleGrid cols={{ base: 2, md: 4 }}>
            <Fact name={t("rehearsal.orders")}>
              <span className="tile-value">{number(rehearsal.orders)}</span>
            </Fact>
            <Fact name={t("rehearsal.reduced")}>
              <span className="tile-value">{number(rehearsal.reduced)}</span>
              <Text size="sm" c="dimmed">
                {t("rehearsal.share", { share: permille(share) })}
              </Text>
            </Fact>
          </SimpleGrid>
          {rehearsal.more && <Text size="sm">{t("rehearsal.more", { count: rehearsal.orders })}</Text>}
          <BeforeAfter rehearsal={rehearsal} />
          <PerRule rehearsal={rehearsal} campaign={campaign} />
        </>
      )}
      {rehearsal.goods.length > 0 && <Goods goods={rehearsal.goods} />}
    </>
  );
}

function BeforeAfter({ rehearsal }: { rehearsal: Rehearsal }) {
  const { t, money } = useTexts();
  const afterIn = (currency: string) => rehearsal.after.find((one) => one.currency === currency)?.amount ?? 0;
  return (
    <Figures title={t("rehearsal.money")} heads={[t("rehearsal.currency"), t("rehearsal.before"), t("rehearsal.after"), t("rehearsal.difference")]}>
      {rehearsal.before.map(({ amount, currency }) => (
        <Table.Tr key={currency}>
          <Table.Td>{currency}</Table.Td>
          <Table.Td ta="right">{money({ amount, currency })}</Table.Td>
          <Table.Td ta="right">{money({ amount: afterIn(currency), currency })}</Table.Td>
          <Table.Td ta="right" fw={600}>
            {money({ amount: afterIn(currency) - amount, currency })}
          </Table.Td>
        </Table.Tr>
      ))}
    </Figures>
  );
}

function useAmounts() {
  const { money } = useTexts();
  return (amounts: Money[]) => amounts.map(money).join(" · ") || "–";
}

function PerRule({ rehearsal, campaign }: { rehearsal: Rehearsal; campaign: CampaignEntry }) {
  const { t, local, number } = useTexts();
  const amounts = useAmounts();
  const titleOf = (rule: number) => local(campaign.saved.rules.find((one) => one.number === rule)?.title ?? {});
  return (
    <Figures title={t("rehearsal.per_rule")} heads={[t("rehearsal.rule"), t("rehearsal.applied"), t("rehearsal.off"), t("rehearsal.used_up")]}>
      {rehearsal.rules.map(({ rule, orders, off, used_up }) => (
        <Table.Tr key={rule}>
          <Table.Td>
            {rule} · {titleOf(rule)}
          </Table.Td>
          <Table.Td ta="right">{number(orders)}</Table.Td>
          <Table.Td ta="right">{amounts(off)}</Table.Td>
          <Table.Td ta="right">{number(used_up)}</Table.Td>
        </Table.Tr>
      ))}
    </Figures>
  );
}

function Goods({ goods }: { goods: GoodsEffect[] }) {
  const { t } = useTexts();
  const atRisk = goods.filter((one) => one.at_risk);
  const rest = goods.filter((one) => !one.at_risk);
  const heads = [t("rehearsal.article"), t("rehearsal.sold"), t("rehearsal.available"), t("rehearsal.promised"), t("rehearsal.off"), t("campaigns.phase")];
  return (
    <>
      {atRisk.length > 0 && (
        <Group wrap="nowrap" align="start" gap="xs" role="alert">
          <IconAlertTriangle size={20} aria-hidden style={{ flex: "none" }} color="var(--color-warning-text)" />
          <Text>{t("rehearsal.risk_count", { count: atRisk.length })}</Text>
        </Group>
      )}
      <Figures title={t("rehearsal.goods")} heads={heads} minWidth={760}>
        {[...atRisk, ...rest].map((one) => (
          <Good key={one.variant.id} one={one} />
        ))}
      </Figures>
    </>
  );
}

function Good({ one }: { one: GoodsEffect }) {
  const { t, number } = useTexts();
  const amounts = useAmounts();
  return (
    <Table.Tr>
      <Table.Td>
        {one.variant.name}
        <Text size="sm" c="dimmed" className="mono">
          {one.sku}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{number(one.pieces)}</Table.Td>
      <Table.Td ta="right">{number(one.available)}</Table.Td>
      <Table.Td ta="right">{one.promised == null ? "–" : number(one.promised)}</Table.Td>
      <Table.Td ta="right">{amounts(one.off)}</Table.Td>
      <Table.Td ta="right">{one.at_risk ? <Mark tone="warning" icon={IconAlertTriangle}>{t("rehearsal.risk")}</Mark> : <Mark tone="plain" icon={IconCheck}>{t("rehearsal.enough")}</Mark>}</Table.Td>
    </Table.Tr>
  );
}
