// One order: what is to be done next on top, then who, what, how much, and what happened.
import { Button, Divider, Group, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Address, Fulfillment, Order, OrderTouch, Presale } from "@sesame/shared/api/types";
import { IconArrowBackUp, IconBan, IconCash, IconFileTypePdf } from "@tabler/icons-react";
import { API, ApiError, queryString } from "../data/api";
import { useOrder, useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Fact, Link, Mark, OrderMark, OrderNumber, PaymentMark, Picture, RefundMark, ReturnMark } from "../parts/bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";
import { UnlessShed } from "../parts/shed";
import { IconFlask } from "@tabler/icons-react";
import { CancelForm } from "./order-cancel";
import { History } from "./order-history";
import { RefundForm } from "./order-refund";
import { Parcel } from "./parcel";
import { nameOfRow } from "./traffic";

export function OrderPanel({ id }: { id: string }) {
  const { t } = useTexts();
  const query = useOrder(id);
  if (query.isPending) return <Loading rows={5} height={80} />;
  if (!query.data) {
    if (query.error instanceof ApiError && query.error.status === 404) return <Empty title={t("order.missing")} hint={t("order.missing_hint")} />;
    return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  }
  return <Sections order={query.data} />;
}

/** Whether a parcel is still one: nothing is left of one whose goods all leave from elsewhere. */
const stands = (parcel: Fulfillment) => parcel.lines.length > 0;

function Sections({ order }: { order: Order }) {
  const { t, time } = useTexts();
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <OrderMark state={order.state} />
        {order.payments.at(-1) && <PaymentMark state={order.payments.at(-1)!.state} />}
        <Text c="dimmed" size="sm">
          {time(order.placed_at)} · {t(`channel.${order.channel}`)} · {t(`device.${order.device}`)}
        </Text>
      </Group>
      {order.expires_at && <Text c="var(--color-warning-text)">{t("order.waits", { time: time(order.expires_at) })}</Text>}
      {order.fulfillments.filter(stands).map((parcel) => (
        <Parcel key={parcel.id} parcel={parcel} showsOrder={false} history={order.history} />
      ))}
      <Returned order={order} />
      <Buyer order={order} />
      <Points order={order} />
      <Came order={order} />
      <Lines order={order} />
      <Money order={order} />
      <Papers order={order} />
      <Acts order={order} />
      <Divider />
      <History order={order} />
    </Stack>
  );
}

/** What points did for it, with the way to the member's account. */
function Points({ order }: { order: Order }) {
  const { t, number, money } = useTexts();
  if (!order.points) return null;
  const { spent, worth, earned, given_back } = order.points;
  const said = [
    spent > 0 && t("points.order_spent", { count: number(spent), worth: money(worth) }),
    given_back > 0 && t("points.order_back", { count: number(given_back) }),
    t("points.order_earned", { count: number(earned) }),
  ];
  return (
    <Fact name={t("points.order")}>
      <Link to={`/members${queryString({ email: order.buyer.email })}`}>{said.filter(Boolean).join(" · ")}</Link>
    </Fact>
  );
}

/** Where the buyer came from, if anything is known of it: last, and first if that was somewhere else. */
function Came({ order }: { order: Order }) {
  const texts = useTexts();
  const { t, time } = texts;
  if (!order.attribution) return null;
  const { first, last } = order.attribution;
  const name = (touch: OrderTouch) =>
    [
      nameOfRow("source", { value: touch.source ?? "", is_rest: false }, texts),
      touch.medium && touch.medium !== touch.source && nameOfRow("medium", { value: touch.medium, is_rest: false }, texts),
      touch.campaign && t("order.came_campaign", { name: touch.campaign }),
      touch.referral && t("order.came_code", { code: touch.referral }),
      touch.term,
      touch.content,
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <Fact name={t("order.came")}>
      <div>
        {[name(last), last.at && time(last.at)].filter(Boolean).join(", ")}
      </div>
      {first.at && first.at !== last.at && <Text c="dimmed">{t("order.came_first", { touch: name(first), time: time(first.at) })}</Text>}
    </Fact>
  );
}

/** What the shopper wants to send back: a badge for each return that leads to it. */
function Returned({ order }: { order: Order }) {
  const { t, time } = useTexts();
  if (order.returns.length === 0) return null;
  return (
    <Fact name={t("nav.returns")}>
      <Stack gap="xs">
        {order.returns.map((found) => (
          <Group key={found.id} gap="xs">
            <ReturnMark state={found.state} />
            <Link to={`/returns/${found.id}`}>{t("order.return", { count: found.lines.reduce((sum, line) => sum + line.quantity, 0), time: time(found.requested_at) })}</Link>
          </Group>
        ))}
      </Stack>
    </Fact>
  );
}

function Buyer({ order }: { order: Order }) {
  const { t, date } = useTexts();
  const { buyer, delivery } = order;
  const { promise } = delivery;
  // The days that the shopper was told, wherever the reader is.
  const days = promise && { from: date(promise.earliest, promise.time_zone), to: date(promise.latest, promise.time_zone) };
  const name = `${buyer.first_name} ${buyer.last_name}`.trim();
  return (
    <Group align="start" grow preventGrowOverflow={false} gap="lg">
      <Fact name={t("order.buyer")}>
        {name && <div>{name}</div>}
        <a href={`mailto:${buyer.email}`} style={{ color: "var(--color-accent-text)" }}>
          {buyer.email}
        </a>
        {buyer.phone && <div>{buyer.phone}</div>}
      </Fact>
      <Fact name={t("order.delivery")}>
        <div>
          {t(`method.${delivery.method}`)} · {delivery.name}
        </div>
        {days && <div>{t("order.promise", days)}</div>}
        {order.destination && <Postal address={order.destination} />}
      </Fact>
      {order.billing && (
        <Fact name={t("order.billing")}>
          <Postal address={order.billing} />
        </Fact>
      )}
      {order.siblings.length > 0 && (
        <Fact name={t("order.siblings")}>
          {order.siblings.map(({ id, name }) => (
            <div key={id}>
              <Link to={`/orders/${id}`}>
                <OrderNumber id={id} />
              </Link>{" "}
              {name}
            </div>
          ))}
        </Fact>
      )}
    </Group>
  );
}

function Postal({ address }: { address: Address }) {
  const { country } = useTexts();
  const parts = [`${address.first_name} ${address.last_name}`, address.street, address.street_2, `${address.postal_code} ${address.city}`, address.region, address.country && country(address.country), address.phone];
  return parts.map((part, index) => part?.trim() && <div key={index}>{part.trim()}</div>);
}

function Lines({ order }: { order: Order }) {
  const { t, money } = useTexts();
  return (
    <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("order.lines")}>
      {order.lines.map((line) => (
        <Group key={line.number} component="li" wrap="nowrap" align="start" gap="sm">
          <Picture src={line.image} alt="" />
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text className="wrap">{line.title}</Text>
            <Text size="sm" c="dimmed" className="wrap">
              <span className="mono">{line.sku}</span>
              {line.options && ` · ${line.options}`}
            </Text>
            <Group gap={6}>
              {line.canceled > 0 && (
                <Text size="sm" c="var(--color-danger-text)">
                  {t("order.line_canceled", { count: line.canceled })}
                </Text>
              )}
              {line.returned > 0 && (
                <Text size="sm" c="var(--color-danger-text)">
                  {t("order.line_returned", { count: line.returned })}
                </Text>
              )}
            </Group>
          </div>
          <Text ta="right" className="figures" style={{ whiteSpace: "nowrap" }}>
            {money(line.total)}
            <Text component="span" display="block" size="sm" c="dimmed">
              {line.quantity} × {money(line.unit_price)}
            </Text>
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function Money({ order }: { order: Order }) {
  const { t, money, number, time } = useTexts();
  const { totals } = order;
  const rows: [string, string][] = [
    [t("totals.goods"), money(totals.goods)],
    ...order.discounts.map(({ code, title, points, amount }): [string, string] => [
      code ? t("totals.discount", { code }) : points ? `${title} (${number(points)})` : title,
      money({ ...amount, amount: -amount.amount }),
    ]),
    [t("totals.shipping"), money(totals.shipping)],
    [t("totals.tax"), money(totals.tax)],
  ];
  return (
    <div className="figures">
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {rows.map(([name, amount]) => (
            <Table.Tr key={name}>
              <Table.Td pl={0} c="dimmed">
                {name}
              </Table.Td>
              <Table.Td pr={0} ta="right">
                {amount}
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr fw={700}>
            <Table.Td pl={0}>{t("totals.total")}</Table.Td>
            <Table.Td pr={0} ta="right" fz="lg">
              {money(totals.total)}
            </Table.Td>
          </Table.Tr>
          {totals.refunded.amount > 0 && (
            <Table.Tr>
              <Table.Td pl={0}>{t("totals.refunded")}</Table.Td>
              <Table.Td pr={0} ta="right">
                {money(totals.refunded)}
              </Table.Td>
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
      {order.presale && <PresaleFacts presale={order.presale} />}
      <Stack gap="xs" mt="sm">
        {order.payments.map((payment) => (
          <Group key={payment.id} gap="xs">
            <PaymentMark state={payment.state} />
            <Text>
              {payment.provider ?? t("payment.on_account")} · {money(payment.amount)}
              {payment.purpose !== "whole" && ` · ${t(`payment_purpose.${payment.purpose}`)}`}
              {payment.decline_code && ` · ${payment.decline_code}`}
            </Text>
            {payment.test_money && (
              <Mark tone="warning" icon={IconFlask}>
                {t("payment.test_money")}
              </Mark>
            )}
          </Group>
        ))}
        {order.refunds.map((refund) => (
          <Group key={refund.id} gap="xs">
            <RefundMark state={refund.state} />
            <Text className="wrap">
              {t("refund.line", { amount: money(refund.amount), time: time(refund.created_at) })}
              {refund.note && ` · ${refund.note}`}
            </Text>
          </Group>
        ))}
      </Stack>
    </div>
  );
}

/** What of a presale is paid at once, what later and when, and what became of it. */
function PresaleFacts({ presale }: { presale: Presale }) {
  const { t, money, moment } = useTexts();
  const window = t("order.presale_window", { from: moment(presale.balance_from), until: moment(presale.balance_until) });
  return (
    <Stack gap={2} mt="sm">
      <Text fw={500}>{t(presale.is_deposit_paid ? "order.deposit_paid" : "order.deposit_unpaid", { deposit: money(presale.deposit), counts: money(presale.counts_as) })}</Text>
      <Text>{t("order.balance", { balance: money(presale.balance) })}</Text>
      <Text size="sm" c="dimmed">
        {window} {t(presale.forfeit ? "order.presale_kept" : "order.presale_back")}
      </Text>
      {presale.forfeited.amount > 0 && <Text>{t("order.forfeited", { amount: money(presale.forfeited) })}</Text>}
    </Stack>
  );
}

/** Its invoice and credit notes as files. */
function Papers({ order }: { order: Order }) {
  const { t } = useTexts();
  if (order.papers.length === 0) return null;
  return (
    <Group gap="sm">
      {order.papers.map(({ number, refund }) => (
        <Button key={number} component="a" variant="default" h={44} target="_blank" href={`${API}/orders/${order.id}/${refund ? `credit-notes/${refund}` : "invoice"}`} leftSection={<IconFileTypePdf size={18} aria-hidden />}>
          {t(refund ? "order.credit_note" : "order.invoice", { number })}
        </Button>
      ))}
    </Group>
  );
}

function Acts({ order }: { order: Order }) {
  const { t, money } = useTexts();
  const [isCanceling, cancel] = useDisclosure(false);
  const [isRefunding, refund] = useDisclosure(false);
  const paid = useWrite<void, Order>(() => ({ method: "POST", path: `/orders/${order.id}/paid` }));
  const { actions } = order;
  if (!actions.cancel && !actions.refund && !actions.record_paid) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t("order.acts")}
      </Title>
      <Refused error={paid.error} />
      <Group>
        {actions.record_paid && (
          <Button variant="default" h={44} leftSection={<IconCash size={18} aria-hidden />} loading={paid.isPending} onClick={() => paid.mutate()}>
            {t("order.record_paid", { amount: money(order.totals.group_total) })}
          </Button>
        )}
        {actions.refund && (
          <Button variant="default" h={44} leftSection={<IconArrowBackUp size={18} aria-hidden />} onClick={refund.open}>
            {t("order.refund")}
          </Button>
        )}
        {actions.cancel && (
          <Button variant="default" h={44} c="var(--color-danger-text)" leftSection={<IconBan size={18} aria-hidden />} onClick={cancel.open}>
            {t("order.cancel")}
          </Button>
        )}
      </Group>
      {actions.cancel && (
        <Modal opened={isCanceling} onClose={cancel.close} title={t("cancel.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
          <CancelForm order={order} effect={actions.cancel} onDone={cancel.close} />
        </Modal>
      )}
      {actions.refund && (
        <Modal opened={isRefunding} onClose={refund.close} title={t("refund.title")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
          <UnlessShed work="refunds">
            <RefundForm order={order} refundable={actions.refund} onDone={refund.close} />
          </UnlessShed>
        </Modal>
      )}
    </Stack>
  );
}
