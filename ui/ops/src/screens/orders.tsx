// The orders: figures, filters, the list, and the one that is open beside it.
import { ActionIcon, Box, Group, Kbd, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowLeft, IconKeyboard } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { filtersOf, searchOf } from "../data/filters";
import { useOrders } from "../data/queries";
import { navigate, useRoute } from "../data/router";
import { useTexts } from "../i18n";
import { CopyId, More } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { useIsWide } from "../parts/shell";
import { TileRow } from "../parts/tiles";
import { useListKeys } from "../parts/keys";
import { SidePanel } from "../parts/side-panel";
import { BulkBar } from "./orders-bulk";
import { FilterBar } from "./orders-filters";
import { OrderCards, OrderTable } from "./orders-list";
import { OrderPanel } from "./order";

export function Orders({ openId }: { openId: string | undefined }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const { search } = useRoute();
  const filters = useMemo(() => filtersOf(search), [search.toString()]);
  const back = () => navigate(`/orders${searchOf(filters)}`);
  if (openId && !isWide) {
    return (
      <Stack>
        <Group gap="xs">
          <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("orders.back")} onClick={back}>
            <IconArrowLeft aria-hidden color="var(--color-text)" />
          </ActionIcon>
          <CopyId id={openId} />
        </Group>
        <OrderPanel key={openId} id={openId} />
      </Stack>
    );
  }
  return (
    <>
      <Stack>
        <Title order={1} size="h2">
          {t("nav.orders")}
        </Title>
        <TileRow />
        <OrderList openId={openId} />
      </Stack>
      <SidePanel opened={Boolean(openId)} onClose={back} size={640} title={openId ? <CopyId id={openId} /> : ""} overlayProps={{ backgroundOpacity: 0.25 }} keepMounted={false}>
        {openId && <OrderPanel key={openId} id={openId} />}
      </SidePanel>
    </>
  );
}

function OrderList({ openId }: { openId: string | undefined }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const { search } = useRoute();
  const address = search.toString();
  const filters = useMemo(() => filtersOf(search), [address]);
  const query = useOrders(filters);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [isHelp, help] = useDisclosure(false);
  const open = (id: string) => navigate(`/orders/${id}${searchOf(filters)}`);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const ids = query.items.map(({ id }) => id);
  const current = useListKeys(ids, { open, toggle, help: help.open, isOff: Boolean(openId) || isHelp });
  return (
    <>
      <FilterBar filters={filters} />
      {chosen.size > 0 && <BulkBar orders={query.items.filter(({ id }) => chosen.has(id))} onDone={() => setChosen(new Set())} />}
      {query.isPending ? (
        <Loading />
      ) : query.isError && query.items.length === 0 ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        <Empty title={t(address ? "orders.none_found" : "orders.none")} hint={t(address ? "orders.none_found_hint" : "orders.none_hint")} />
      ) : (
        <Box style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
          {isWide ? (
            <OrderTable orders={query.items} current={current} chosen={chosen} open={open} toggle={toggle} toggleAll={() => setChosen(chosen.size === ids.length ? new Set() : new Set(ids))} />
          ) : (
            <OrderCards orders={query.items} filters={filters} />
          )}
          <More query={query} />
        </Box>
      )}
      {isWide && (
        <Group gap="xs">
          <ActionIcon variant="subtle" color="gray" onClick={help.open} aria-label={t("keys.title")}>
            <IconKeyboard size={20} aria-hidden color="var(--color-text-quiet)" />
          </ActionIcon>
          <Text size="sm" c="dimmed">
            <Kbd>J</Kbd> <Kbd>K</Kbd> <Kbd>↵</Kbd> <Kbd>?</Kbd>
          </Text>
        </Group>
      )}
      <KeyHelp isOpen={isHelp} close={help.close} />
    </>
  );
}

function KeyHelp({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTexts();
  const keys: [string, string][] = [
    ["J", t("keys.down")],
    ["K", t("keys.up")],
    ["↵", t("keys.open")],
    ["X", t("keys.choose")],
    ["/", t("keys.search")],
    ["Esc", t("keys.close")],
  ];
  return (
    <Modal opened={isOpen} onClose={close} title={t("keys.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Table>
        <Table.Tbody>
          {keys.map(([key, text]) => (
            <Table.Tr key={key}>
              <Table.Td w={80}>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{text}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
