// The list of orders: a table where there is room, cards on a phone.
import { Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import type { OrderSummary } from "@sesame/shared/api/types";
import { searchOf, type OrderFilters } from "../data/filters";
import { useLink } from "../data/router";
import { useTexts } from "../i18n";
import { FulfillmentMark, OrderMark, OrderNumber, PaymentMark } from "../parts/bits";

type TableProps = {
  orders: OrderSummary[];
  current: string | undefined;
  chosen: Set<string>;
  open: (id: string) => void;
  toggle: (id: string) => void;
  toggleAll: () => void;
};

export function OrderTable({ orders, current, chosen, open, toggle, toggleAll }: TableProps) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table verticalSpacing="xs" highlightOnHover={false} className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={44}>
              <Checkbox aria-label={t("orders.choose_all")} checked={chosen.size > 0 && chosen.size === orders.length} indeterminate={chosen.size > 0 && chosen.size < orders.length} onChange={toggleAll} />
            </Table.Th>
            <Table.Th>{t("orders.number")}</Table.Th>
            <Table.Th>{t("orders.placed")}</Table.Th>
            <Table.Th>{t("orders.buyer")}</Table.Th>
            <Table.Th>{t("orders.channel")}</Table.Th>
            <Table.Th>{t("orders.state")}</Table.Th>
            <Table.Th ta="right">{t("orders.pieces")}</Table.Th>
            <Table.Th ta="right">{t("orders.total")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {orders.map((order) => (
            <Row key={order.id} order={order} isCurrent={order.id === current} isChosen={chosen.has(order.id)} open={open} toggle={toggle} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type RowProps = { order: OrderSummary; isCurrent: boolean; isChosen: boolean; open: (id: string) => void; toggle: (id: string) => void };

function Row({ order, isCurrent, isChosen, open, toggle }: RowProps) {
  const { t, time, money, number } = useTexts();
  const link = useLink(`/orders/${order.id}${window.location.search}`);
  return (
    <Table.Tr className="row" data-row={order.id} data-current={isCurrent} onClick={() => open(order.id)}>
      <Table.Td onClick={(event) => event.stopPropagation()}>
        <Checkbox aria-label={t("orders.choose")} checked={isChosen} onChange={() => toggle(order.id)} />
      </Table.Td>
      <Table.Td>
        <a {...link} style={{ color: "inherit" }}>
          <OrderNumber id={order.id} />
        </a>
      </Table.Td>
      <Table.Td>{time(order.placed_at)}</Table.Td>
      <Table.Td maw={220}>
        <div className="clip">{order.buyer}</div>
        <Text size="sm" c="dimmed" className="clip">
          {order.place}
        </Text>
      </Table.Td>
      <Table.Td>
        {t(`channel.${order.channel}`)}
        <Text size="sm" c="dimmed">
          {t(`device.${order.device}`)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Marks order={order} />
      </Table.Td>
      <Table.Td ta="right">{number(order.pieces)}</Table.Td>
      <Table.Td ta="right" fw={600} style={{ whiteSpace: "nowrap" }}>
        {money(order.total)}
      </Table.Td>
    </Table.Tr>
  );
}

/** Where an order is: its parcels when it is owed, its payment while it is not. */
function Marks({ order }: { order: OrderSummary }) {
  const isOwed = order.state !== "pending" && order.state !== "canceled";
  return (
    <Group gap={6}>
      {isOwed && order.fulfillments.length > 0 ? (
        [...new Set(order.fulfillments.map(({ state }) => state))].map((state) => <FulfillmentMark key={state} state={state} />)
      ) : (
        <OrderMark state={order.state} />
      )}
      {order.payment && order.payment !== "captured" && order.payment !== "authorized" && order.state !== "canceled" && <PaymentMark state={order.payment} />}
    </Group>
  );
}

export function OrderCards({ orders, filters }: { orders: OrderSummary[]; filters: OrderFilters }) {
  return (
    <Stack gap="sm">
      {orders.map((order) => (
        <Card key={order.id} order={order} to={`/orders/${order.id}${searchOf(filters)}`} />
      ))}
    </Stack>
  );
}

function Card({ order, to }: { order: OrderSummary; to: string }) {
  const { t, time, money } = useTexts();
  return (
    <a className="card figures" {...useLink(to)}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600} className="clip">
          {order.buyer}
        </Text>
        <Text fw={600} style={{ whiteSpace: "nowrap" }}>
          {money(order.total)}
        </Text>
      </Group>
      <Text size="sm" c="dimmed" mb={8}>
        <OrderNumber id={order.id} /> · {time(order.placed_at)}
      </Text>
      <Group justify="space-between" gap="xs">
        <Marks order={order} />
        <Text size="sm" c="dimmed" className="clip">
          {t("orders.pieces_count", { count: order.pieces })} · {order.place}
        </Text>
      </Group>
    </a>
  );
}
