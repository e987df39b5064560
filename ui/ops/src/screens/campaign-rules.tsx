// The rules of a campaign as cards: added, put in order, opened, removed. Their numbers stay.
import { ActionIcon, Button, Checkbox, Collapse, Group, Menu, NativeSelect, Paper, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight, IconPlus, IconTrash, type Icon } from "@tabler/icons-react";
import { useState } from "react";
import { KINDS, moved, newRule, nextNumber, STEP_OF, type Kind, type RuleDraft } from "../data/campaign-draft";
import { useTexts } from "../i18n";
import { AmountField, NameFields, ruleField, Typed, useFormState, type RuleProps } from "../parts/campaign-form";
import { DealForm } from "./campaign-deal";
import { GoodsScope } from "./campaign-goods";

type ListProps = { rules: RuleDraft[]; set: (rules: RuleDraft[]) => void; open: Set<number>; setOpen: (open: Set<number>) => void; highest: number };

export function RuleList({ rules, set, open, setOpen, highest }: ListProps) {
  const { t } = useTexts();
  const { currencies } = useFormState();
  const [removed, setRemoved] = useState<{ rule: RuleDraft; index: number } | null>(null);
  // Numbers that were saved or removed are not given again.
  const next = nextNumber([highest, ...rules.map(({ number }) => number), ...(removed ? [removed.rule.number] : [])]);
  const add = (kind: Kind) => {
    if (next === null) return;
    set([...rules, newRule(next, kind, currencies[0]!)]);
    setOpen(new Set([...open, next]));
  };
  const undo = () => {
    if (!removed) return;
    set([...rules.slice(0, removed.index), removed.rule, ...rules.slice(removed.index)]);
    setRemoved(null);
  };
  return (
    <Stack gap="sm">
      {rules.map((rule, index) => (
        <RuleCard
          key={rule.number}
          rule={rule}
          isOpen={open.has(rule.number)}
          toggle={() => setOpen(open.has(rule.number) ? new Set([...open].filter((one) => one !== rule.number)) : new Set([...open, rule.number]))}
          set={(change) => set(rules.map((one) => (one.number === rule.number ? { ...one, ...change } : one)))}
          up={index > 0 ? () => set(moved(rules, index, index - 1)) : null}
          down={index < rules.length - 1 ? () => set(moved(rules, index, index + 1)) : null}
          remove={() => (setRemoved({ rule, index }), set(rules.filter((one) => one.number !== rule.number)))}
        />
      ))}
      <div role="status">
        {removed && (
          <Group>
            <Text>{t("editor.rule_removed", { number: removed.rule.number })}</Text>
            <Button variant="default" h={44} onClick={undo}>
              {t("editor.undo")}
            </Button>
          </Group>
        )}
      </div>
      <Group>
        <Menu position="bottom-start" width={300}>
          <Menu.Target>
            <Button variant="default" h={44} leftSection={<IconPlus size={18} aria-hidden />} disabled={next === null}>
              {t("editor.add_rule")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {KINDS.map((kind) => (
              <Menu.Item key={kind} mih={44} onClick={() => add(kind)}>
                {t(`kind.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Stack>
  );
}

type CardProps = RuleProps & { isOpen: boolean; toggle: () => void; up: (() => void) | null; down: (() => void) | null; remove: () => void };

function RuleCard({ rule, set, isOpen, toggle, up, down, remove }: CardProps) {
  const { t, local } = useTexts();
  const { number } = rule;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="article" aria-label={t("editor.rule", { number })}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <UnstyledButton onClick={toggle} aria-expanded={isOpen} mih={44} style={{ flex: 1, minWidth: 0 }}>
          <Group wrap="nowrap" gap="xs" align="start">
            {isOpen ? <IconChevronDown size={20} aria-hidden style={{ flex: "none" }} /> : <IconChevronRight size={20} aria-hidden style={{ flex: "none" }} />}
            <div style={{ minWidth: 0 }}>
              <Text fw={600} className="wrap">
                {t("editor.rule", { number })}
                {local(rule.title) && ` · ${local(rule.title)}`}
              </Text>
              <Text size="sm" c="dimmed">
                {t(`kind.${rule.kind}`)} · {t(`campaign_step.${STEP_OF[rule.kind]}`)}
              </Text>
            </div>
          </Group>
        </UnstyledButton>
        <Group gap={0} wrap="nowrap">
          <CardButton label={t("editor.rule_up", { number })} icon={IconArrowUp} act={up} />
          <CardButton label={t("editor.rule_down", { number })} icon={IconArrowDown} act={down} />
          <CardButton label={t("editor.rule_remove", { number })} icon={IconTrash} act={remove} />
        </Group>
      </Group>
      <Collapse expanded={isOpen}>{isOpen && <RuleForm rule={rule} set={set} />}</Collapse>
    </Paper>
  );
}

function CardButton({ label, icon: Shape, act }: { label: string; icon: Icon; act: (() => void) | null }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={44} aria-label={label} disabled={act === null} bg={act === null ? "transparent" : undefined} onClick={() => act?.()}>
      <Shape size={20} aria-hidden color={act === null ? "var(--color-line-strong)" : "var(--color-text)"} />
    </ActionIcon>
  );
}

function RuleForm({ rule, set }: RuleProps) {
  const { t } = useTexts();
  return (
    <Stack gap="lg" pt="sm">
      <NameFields at={ruleField(rule, "title")} names={rule.title} label={(language) => t("editor.rule_name_in", { language })} set={(title) => set({ title })} />
      <NativeSelect size="md" maw={400} label={t("editor.kind")} data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} value={rule.kind} onChange={(event) => set({ kind: event.currentTarget.value as Kind })} />
      <DealForm rule={rule} set={set} />
      <GoodsScope rule={rule} set={set} />
      <Conditions rule={rule} set={set} />
      {rule.kind !== "free_shipping" && rule.kind !== "red_packets" && <LimitFields rule={rule} set={set} />}
    </Stack>
  );
}

function Conditions({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const styles = { body: { minHeight: 44, alignItems: "center" } };
  return (
    <div>
      {/* Red packets are members' in any case. */}
      {rule.kind !== "red_packets" && <Checkbox styles={styles} label={t("editor.members_only")} checked={rule.membersOnly} onChange={(event) => set({ membersOnly: event.currentTarget.checked })} />}
      {STEP_OF[rule.kind] > 1 && (
        <>
          <Checkbox styles={styles} label={t("editor.exclusive")} checked={rule.exclusive} onChange={(event) => set({ exclusive: event.currentTarget.checked })} />
          <Checkbox styles={styles} label={t("editor.only_full_price")} checked={rule.onlyFullPrice} onChange={(event) => set({ onlyFullPrice: event.currentTarget.checked })} />
        </>
      )}
    </div>
  );
}

/** What limits count: pieces of articles, sets, or orders. */
function countedBy(kind: Kind): "pieces" | "sets" | "orders" {
  if (kind === "bundle") return "sets";
  return STEP_OF[kind] <= 2 ? "pieces" : "orders";
}

function LimitFields({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const counted = countedBy(rule.kind);
  return (
    <div role="group" aria-label={t("editor.limits")}>
      <Title order={3} size="h5">
        {t("editor.limits")}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t("editor.limit_hint")}
      </Text>
      <Group align="start">
        <Typed at={ruleField(rule, "total")} label={t(`limit_total.${counted}`)} value={rule.total} set={(total) => set({ total })} />
        <Typed at={ruleField(rule, "perBuyer")} label={t(`limit_per_buyer.${counted}`)} value={rule.perBuyer} set={(perBuyer) => set({ perBuyer })} />
        <AmountField at={ruleField(rule, "budget")} label={t("editor.budget")} description={t("editor.budget_hint")} currencyLabel={t("editor.currency")} value={rule.budget} set={(budget) => set({ budget })} />
      </Group>
    </div>
  );
}

export function Warning({ children }: { children: string }) {
  return (
    <Group wrap="nowrap" gap="xs" role="alert">
      <IconAlertTriangle size={20} aria-hidden color="var(--color-danger-text)" style={{ flex: "none" }} />
      <Text c="var(--color-danger-text)">{children}</Text>
    </Group>
  );
}
