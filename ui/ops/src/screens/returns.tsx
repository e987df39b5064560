// Returns: those that wait, oldest first, and the one that is open beside the list.
import { ActionIcon, Badge, Box, Group, Paper, SegmentedControl, Stack, Table, Text, Title } from "@mantine/core";
import type { ReturnSummary } from "@sesame/shared/api/types";
import { IconArrowLeft, IconCamera } from "@tabler/icons-react";
import { usePreference } from "../data/preferences";
import { ageInDays, useReturns } from "../data/returns";
import { navigate, useLink } from "../data/router";
import { useTexts } from "../i18n";
import { CopyId, More, OrderNumber, ReturnMark } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { useListKeys } from "../parts/keys";
import { useIsWide } from "../parts/shell";
import { SidePanel } from "../parts/side-panel";
import { ReturnPanel } from "./return";

const TABS = ["open", "received", "refused", "all"] as const;
type Tab = (typeof TABS)[number];

export function Returns({ openId }: { openId: string | undefined }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const back = () => navigate("/returns");
  if (openId && !isWide) {
    return (
      <Stack>
        <Group gap="xs">
          <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("returns.back")} onClick={back}>
            <IconArrowLeft aria-hidden color="var(--color-text)" />
          </ActionIcon>
          <CopyId id={openId} />
        </Group>
        <ReturnPanel key={openId} id={openId} />
      </Stack>
    );
  }
  return (
    <>
      <ReturnsList openId={openId} />
      <SidePanel opened={Boolean(openId)} onClose={back} size={640} title={openId ? <CopyId id={openId} /> : ""} overlayProps={{ backgroundOpacity: 0.25 }} keepMounted={false}>
        {openId && <ReturnPanel key={openId} id={openId} />}
      </SidePanel>
    </>
  );
}

function ReturnsList({ openId }: { openId: string | undefined }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const [tab, setTab] = usePreference<Tab>("returns-tab", "open");
  const query = useReturns({ state: tab === "open" ? undefined : tab });
  const open = (id: string) => navigate(`/returns/${id}`);
  const current = useListKeys(query.items.map(({ id }) => id), { open, toggle: () => undefined, help: () => undefined, isOff: Boolean(openId) });
  const waiting = query.data?.pages[0]?.open ?? 0;
  return (
    <Stack>
      <Group gap="sm">
        <Title order={1} size="h2">
          {t("nav.returns")}
        </Title>
        {waiting > 0 && (
          <Badge size="lg" radius="sm" tt="none" variant="default">
            {t("returns.open", { count: waiting })}
          </Badge>
        )}
      </Group>
      <SegmentedControl fullWidth={!isWide} styles={{ root: { alignSelf: "flex-start", maxWidth: "100%", ...(isWide ? {} : { width: "100%" }) }, label: { paddingBlock: 10 } }} aria-label={t("orders.state")} value={tab} onChange={(value) => setTab(value as Tab)} data={TABS.map((value) => ({ value, label: t(`returns.tab.${value}`) }))} />
      {query.isPending ? (
        <Loading />
      ) : query.isError && query.items.length === 0 ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        <Empty title={t("returns.none")} hint={t("returns.none_hint")} />
      ) : (
        <Box style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
          {isWide ? <ReturnsTable items={query.items} current={current} open={open} /> : <Cards items={query.items} />}
          <More query={query} />
        </Box>
      )}
    </Stack>
  );
}

function Age({ at }: { at: number }) {
  const { t, time } = useTexts();
  return <span title={time(at)}>{t("returns.age", { count: ageInDays(at, Date.now()) })}</span>;
}

function ReturnsTable({ items, current, open }: { items: ReturnSummary[]; current: string | undefined; open: (id: string) => void }) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table verticalSpacing="xs" className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("orders.number")}</Table.Th>
            <Table.Th>{t("returns.asked")}</Table.Th>
            <Table.Th>{t("orders.buyer")}</Table.Th>
            <Table.Th>{t("returns.goods")}</Table.Th>
            <Table.Th>{t("returns.reason")}</Table.Th>
            <Table.Th>{t("orders.state")}</Table.Th>
            <Table.Th ta="right">{t("orders.pieces")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Row key={item.id} item={item} isCurrent={item.id === current} open={open} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ item, isCurrent, open }: { item: ReturnSummary; isCurrent: boolean; open: (id: string) => void }) {
  const { t } = useTexts();
  const link = useLink(`/returns/${item.id}`);
  const reasons = [...new Set(item.reasons)].map((reason) => t(`return_reason.${reason}`)).join(", ");
  return (
    <Table.Tr className="row" data-current={isCurrent || undefined} onClick={() => open(item.id)} style={{ cursor: "pointer" }}>
      <Table.Td>
        <a {...link} style={{ color: "inherit" }}>
          <OrderNumber id={item.id} />
        </a>
      </Table.Td>
      <Table.Td>
        <Age at={item.requested_at} />
      </Table.Td>
      <Table.Td>{item.buyer || item.email}</Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <Text className="clip" maw={220}>
            {item.title}
          </Text>
          <Photos count={item.photos} />
        </Group>
      </Table.Td>
      <Table.Td>{reasons}</Table.Td>
      <Table.Td>
        <ReturnMark state={item.state} />
      </Table.Td>
      <Table.Td ta="right">{item.pieces}</Table.Td>
    </Table.Tr>
  );
}

function Photos({ count }: { count: number }) {
  const { t } = useTexts();
  if (count === 0) return null;
  return (
    <Text component="span" size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }} aria-label={t("returns.photos", { count })}>
      <IconCamera size={16} aria-hidden style={{ verticalAlign: "-3px" }} /> {count}
    </Text>
  );
}

function Cards({ items }: { items: ReturnSummary[] }) {
  return (
    <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {items.map((item) => (
        <li key={item.id}>
          <Card item={item} />
        </li>
      ))}
    </Stack>
  );
}

function Card({ item }: { item: ReturnSummary }) {
  const { t } = useTexts();
  const link = useLink(`/returns/${item.id}`);
  const reasons = [...new Set(item.reasons)].map((reason) => t(`return_reason.${reason}`)).join(", ");
  return (
    <Paper {...link} component="a" withBorder p="sm" bg="var(--color-raised)" style={{ display: "block", color: "inherit", textDecoration: "none" }}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} className="wrap">
            {item.pieces} × {item.title} <Photos count={item.photos} />
          </Text>
          <Text size="sm" className="wrap">
            {reasons}
          </Text>
          <Text size="sm" c="dimmed" className="wrap">
            {item.buyer || item.email} · <Age at={item.requested_at} />
          </Text>
        </div>
        <ReturnMark state={item.state} />
      </Group>
    </Paper>
  );
}
