// One article at one location: its figures, the change of them, and what moved.
import { Button, Group, NumberInput, SegmentedControl, SimpleGrid, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import type { StockAdjusted, StockChangeKind, StockLevel, StockMovement } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { useMovements, useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Fact, Link, More } from "../parts/bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";

const KINDS = ["counted", "received", "damaged", "safety_stock"] as const satisfies StockChangeKind[];

export function LevelPanel({ level }: { level: StockLevel }) {
  const { t, number } = useTexts();
  return (
    <Stack gap="lg">
      <Text c="dimmed" className="wrap">
        <span className="mono">{level.sku}</span> {level.options && `· ${level.options}`} · {level.location.name} ·{" "}
        <Link to={`/products/${level.product}`}>{t("stock.to_product")}</Link>
      </Text>
      <SimpleGrid cols={4} className="figures">
        <Fact name={t("stock.on_hand")}>{number(level.on_hand)}</Fact>
        <Fact name={t("stock.reserved")}>{number(level.reserved)}</Fact>
        <Fact name={t("stock.safety")}>{number(level.safety_stock)}</Fact>
        <Fact name={t("stock.available")}>
          <b>{number(level.available)}</b>
        </Fact>
      </SimpleGrid>
      <Adjust level={level} />
      <Movements level={level} />
    </Stack>
  );
}

/** What the pieces on hand will be after a change. */
export function onHandAfter(level: { on_hand: number }, kind: StockChangeKind, pieces: number): number {
  if (kind === "counted") return pieces;
  if (kind === "received") return level.on_hand + pieces;
  if (kind === "damaged") return level.on_hand - pieces;
  return level.on_hand;
}

function Adjust({ level }: { level: StockLevel }) {
  const { t, number } = useTexts();
  const [kind, setKind] = useState<StockChangeKind>("counted");
  const [pieces, setPieces] = useState<number | "">("");
  const [note, setNote] = useState("");
  const adjust = useWrite<unknown, StockAdjusted>((body) => ({ method: "POST", path: "/stock/adjustments", body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pieces === "") return;
    const change = { variant: level.variant, location: level.location.id, kind, pieces };
    const reset = () => (setPieces(""), setNote(""));
    adjust.mutate({ changes: [change], note }, { onSuccess: reset });
  };
  const after = pieces === "" ? null : onHandAfter(level, kind, pieces);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("adjust.title")}
        </Title>
        <SegmentedControl fullWidth aria-label={t("adjust.kind")} value={kind} onChange={(value) => setKind(value as StockChangeKind)} data={KINDS.map((value) => ({ value, label: t(`adjust.${value}`) }))} />
        <Group grow align="start" preventGrowOverflow={false}>
          <NumberInput label={t("adjust.pieces")} required min={0} max={kind === "counted" || kind === "safety_stock" ? 1_000_000_000 : 1_000_000} allowDecimal={false} allowNegative={false} size="md" value={pieces} onChange={(value) => setPieces(value === "" ? "" : Number(value))} />
          <TextInput label={t("adjust.note")} description={t("common.optional")} inputWrapperOrder={["label", "input", "description"]} maxLength={5000} size="md" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        </Group>
        {after !== null && (
          <Text c={after < level.reserved ? "var(--color-danger-text)" : "dimmed"}>
            {kind === "safety_stock" ? t("adjust.effect_safety", { count: pieces as number }) : t("adjust.effect", { before: number(level.on_hand), after: number(after) })}
            {kind !== "safety_stock" && after < level.reserved && ` ${t("adjust.shortage", { count: level.reserved - after })}`}
          </Text>
        )}
        <Refused error={adjust.error} />
        {adjust.data && pieces === "" && (
          <Text role="status" c="var(--color-positive-text)">
            {t(adjust.data.changed > 0 ? "adjust.done" : "adjust.same")}
          </Text>
        )}
        <Button type="submit" size="md" loading={adjust.isPending} disabled={pieces === ""}>
          {t("adjust.submit")}
        </Button>
      </Stack>
    </form>
  );
}

/** Pieces that came (+) or left (−) what is physically there; 0 when they were only set aside or given back. */
export function physicalChange({ from, to, quantity }: StockMovement): number {
  const isHere = (account: StockMovement["from"]) => account === "free" || account === "reserved";
  return (isHere(to) ? quantity : 0) - (isHere(from) ? quantity : 0);
}

function Movements({ level }: { level: StockLevel }) {
  const { t, time, number } = useTexts();
  const query = useMovements(level.variant, level.location.id);
  if (query.isPending) return <Loading rows={4} />;
  if (query.isError && query.items.length === 0) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return (
    <div>
      <Title order={2} size="h4" mb="xs">
        {t("movements.title")}
      </Title>
      {query.items.length === 0 && <Empty title={t("movements.none")} />}
      <Table className="figures" verticalSpacing={6}>
        <Table.Tbody>
          {query.items.map((movement) => {
            const change = physicalChange(movement);
            return (
              <Table.Tr key={movement.number}>
                <Table.Td pl={0}>
                  {t(`stock_cause.${movement.cause}`)}
                  {movement.order && <MovementOrder group={movement.order} />}
                  <Text size="sm" c="dimmed">
                    {time(movement.at)} · {t(`account.${movement.from}`)} → {t(`account.${movement.to}`)}
                  </Text>
                </Table.Td>
                <Table.Td pr={0} ta="right" fw={change === 0 ? 400 : 700}>
                  {change > 0 ? "+" : change < 0 ? "−" : "± "}
                  {number(movement.quantity)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      <More query={query} />
    </div>
  );
}

/** A movement names the group; its first order leads to all of them. */
function MovementOrder({ group }: { group: string }) {
  const { t } = useTexts();
  const number = group.slice("group_".length);
  return (
    <>
      {" · "}
      <Link to={`/orders?query=${number.slice(0, 11)}`}>{t("movements.orders")}</Link>
    </>
  );
}
