// Small pieces that several screens show alike: states, pictures, numbers of orders, links.
import { Anchor, Badge, Button, CopyButton, Group, Text, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import {
  IconAlertTriangle, IconBan, IconCheck, IconCircleCheck, IconClock, IconCopy, IconCreditCard, IconHandStop, IconPackage, IconPackageExport,
  IconPhoto, IconShoppingBag, IconTruckDelivery, type Icon,
} from "@tabler/icons-react";
import type { FulfillmentState, OrderState, PaymentState, RefundState, ReturnState, RoundState, Status } from "@sesame/shared/api/types";
import { type ReactNode, useState } from "react";
import { useLink } from "../data/router";
import { useTexts, type Key } from "../i18n";

export type Tone = "plain" | "positive" | "warning" | "danger";

const TONES: Record<Tone, { background: string; color: string }> = {
  plain: { background: "var(--color-sunken)", color: "var(--color-text)" },
  positive: { background: "var(--color-positive-ground)", color: "var(--color-positive-text)" },
  warning: { background: "var(--color-warning-ground)", color: "var(--color-warning-text)" },
  danger: { background: "var(--color-danger-ground)", color: "var(--color-danger-text)" },
};

/** A word with an icon on a tint: never the color alone. */
export function Mark({ tone, icon: Shape, children }: { tone: Tone; icon: Icon; children: ReactNode }) {
  return (
    <Badge
      radius="sm"
      size="lg"
      tt="none"
      fw={500}
      leftSection={<Shape size={14} aria-hidden />}
      style={{ ...TONES[tone], border: "1px solid var(--color-line)", maxWidth: "100%" }}
    >
      {children}
    </Badge>
  );
}

const ORDER: Record<OrderState, [Tone, Icon]> = {
  pending: ["warning", IconClock],
  confirmed: ["plain", IconShoppingBag],
  partly_fulfilled: ["plain", IconPackageExport],
  fulfilled: ["positive", IconCircleCheck],
  canceled: ["danger", IconBan],
};

const FULFILLMENT: Record<FulfillmentState, [Tone, Icon]> = {
  pending: ["warning", IconClock],
  open: ["plain", IconShoppingBag],
  picking: ["warning", IconHandStop],
  packed: ["plain", IconPackage],
  shipped: ["positive", IconTruckDelivery],
  delivered: ["positive", IconCircleCheck],
  canceled: ["danger", IconBan],
};

const PAYMENT: Record<PaymentState, [Tone, Icon]> = {
  pending: ["warning", IconClock],
  action_required: ["warning", IconClock],
  authorized: ["positive", IconCreditCard],
  captured: ["positive", IconCheck],
  on_account: ["warning", IconClock],
  declined: ["danger", IconAlertTriangle],
  voided: ["plain", IconBan],
};

const REFUND: Record<RefundState, [Tone, Icon]> = {
  pending: ["warning", IconClock],
  succeeded: ["positive", IconCheck],
  failed: ["danger", IconAlertTriangle],
};

const RETURN: Record<ReturnState, [Tone, Icon]> = {
  requested: ["warning", IconClock],
  approved: ["plain", IconTruckDelivery],
  refused: ["danger", IconBan],
  received: ["positive", IconCircleCheck],
  withdrawn: ["plain", IconHandStop],
};

const ROUND: Record<RoundState, [Tone, Icon]> = {
  planned: ["warning", IconClock],
  loading: ["plain", IconPackage],
  underway: ["positive", IconTruckDelivery],
  closed: ["plain", IconCheck],
};

const STATUS: Record<Status, [Tone, Icon]> = {
  draft: ["warning", IconClock],
  active: ["positive", IconCheck],
  archived: ["plain", IconBan],
};

function stateMark<State extends string>(table: Record<State, [Tone, Icon]>, prefix: string) {
  return function StateMark({ state }: { state: State }) {
    const { t } = useTexts();
    const [tone, icon] = table[state];
    return (
      <Mark tone={tone} icon={icon}>
        {(t as (key: string) => string)(`${prefix}.${state}` satisfies string as Key)}
      </Mark>
    );
  };
}

export const OrderMark = stateMark(ORDER, "order_state");
export const FulfillmentMark = stateMark(FULFILLMENT, "fulfillment_state");
export const PaymentMark = stateMark(PAYMENT, "payment_state");
export const RefundMark = stateMark(REFUND, "refund_state");
export const ReturnMark = stateMark(RETURN, "return_state");
export const RoundMark = stateMark(ROUND, "round_state");
export const StatusMark = stateMark(STATUS, "status");

/** An id as people read it: without its prefix, in capitals. */
export function shortId(id: string): string {
  return id.slice(id.indexOf("_") + 1).toUpperCase();
}

export function OrderNumber({ id }: { id: string }) {
  return <span className="mono">{shortId(id)}</span>;
}

export function CopyId({ id }: { id: string }) {
  const { t } = useTexts();
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("common.copied") : t("common.copy_number")}>
          <UnstyledButton onClick={copy} style={{ minHeight: 44, display: "inline-flex", alignItems: "center", gap: 6 }}>
            <OrderNumber id={id} />
            <VisuallyHidden>{t("common.copy_number")}</VisuallyHidden>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A picture of goods on plain ground; its place stays when there is none. */
export function Picture({ src, alt, size = 48 }: { src: string; alt: string; size?: number }) {
  const [isMissing, setMissing] = useState(false);
  const style = { width: size, height: size };
  if (!src || isMissing) {
    return (
      <span className="picture" style={{ ...style, display: "grid", placeItems: "center", color: "#655e54" }} aria-hidden>
        <IconPhoto size={size / 2} stroke={1.5} />
      </span>
    );
  }
  const url = /^(https?:)?\//.test(src) ? src : `/media/${src}`;
  return <img className="picture" style={style} src={url} alt={alt} loading="lazy" onError={() => setMissing(true)} />;
}

/** A link below /ops that looks like a link. */
export function Link({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Anchor {...useLink(to)} underline="always">
      {children}
    </Anchor>
  );
}

/** The end of a list: more, or nothing. */
export function More({ query }: { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  const { t } = useTexts();
  if (!query.hasNextPage) return null;
  return (
    <Group justify="center" py="md">
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("common.more")}
      </Button>
    </Group>
  );
}

/** A name and what it is. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <div className="wrap">{children}</div>
    </div>
  );
}
