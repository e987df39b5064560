// Members, found by their address: who they are, and their points with each change of them.
import { Button, Group, Modal, Paper, SimpleGrid, Stack, Table, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Member, MemberPoints, PointsEntry } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { ApiError, queryString } from "../data/api";
import { POINTS_MAX, REASON_CHARS_MAX, useAdjust, useMember, useMemberPoints } from "../data/points";
import { navigate, useRoute } from "../data/router";
import { useTexts } from "../i18n";
import { Fact, Link, More, shortId } from "../parts/bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";

export function Members() {
  const { t } = useTexts();
  const email = useRoute().search.get("email")?.trim().toLowerCase() ?? "";
  return (
    <Stack maw={860}>
      <Title order={1} size="h2">
        {t("nav.members")}
      </Title>
      <Find key={email} email={email} />
      {email ? <Found email={email} /> : <Text c="dimmed">{t("members.hint")}</Text>}
    </Stack>
  );
}

function Find({ email }: { email: string }) {
  const { t } = useTexts();
  const [typed, setTyped] = useState(email);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    navigate(`/members${queryString({ email: typed.trim() })}`);
  };
  return (
    <form onSubmit={submit} role="search">
      <Group align="end" wrap="nowrap">
        <TextInput style={{ flex: 1, minWidth: 0 }} size="md" type="email" inputMode="email" autoComplete="off" label={t("members.email")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <Button type="submit" h={44} variant="default">
          {t("members.find")}
        </Button>
      </Group>
    </form>
  );
}

function Found({ email }: { email: string }) {
  const { t } = useTexts();
  const query = useMember(email);
  if (query.isPending) return <Loading rows={4} height={64} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <Empty title={t("members.none")} hint={t("members.none_hint")} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <Who member={query.data} />
      <Points member={query.data} />
    </>
  );
}

function Who({ member }: { member: Member }) {
  const { t, date, number } = useTexts();
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section">
      <Title order={2} size="h4" mb="sm">
        <bdi>{member.name || member.email}</bdi>
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {member.name && <Fact name={t("members.email")}>{member.email}</Fact>}
        <Fact name={t("members.joined")}>{date(member.joined_at)}</Fact>
        <Fact name={t("members.wallet")}>{number(member.wallet)}</Fact>
        <Fact name={t("members.orders")}>
          <Link to={`/orders${queryString({ query: member.email })}`}>{t("members.to_orders")}</Link>
        </Fact>
      </SimpleGrid>
    </Paper>
  );
}

function Points({ member }: { member: Member }) {
  const { t, number, money, date } = useTexts();
  const query = useMemberPoints(member.id);
  const [isOpen, form] = useDisclosure(false);
  const { account } = query;
  if (query.isPending) return <Loading rows={4} height={44} />;
  if (!account) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section" aria-labelledby="points">
      <Stack>
        <Group justify="space-between" align="start">
          <Title order={2} size="h4" id="points">
            {t("points.order")}
          </Title>
          <Button h={44} variant="default" onClick={form.open}>
            {t("points.adjust")}
          </Button>
        </Group>
        <SimpleGrid cols={{ base: 2, sm: 4 }} className="figures">
          <Fact name={t("points.balance")}>{number(account.balance)}</Fact>
          <Fact name={t("points.spendable")}>{number(account.spendable)}</Fact>
          <Fact name={t("points.worth_now")}>{account.worth ? money(account.worth) : t("points.no_program")}</Fact>
          <Fact name={t("points.expires")}>{account.expires_at ? date(account.expires_at) : t("points.never")}</Fact>
        </SimpleGrid>
        {query.items.length === 0 ? <Empty title={t("points.none")} hint={t("points.none_hint")} /> : <Entries entries={query.items} />}
        <More query={query} />
      </Stack>
      <Modal opened={isOpen} onClose={form.close} title={t("points.adjust")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <AdjustForm member={member} account={account} onDone={form.close} />
      </Modal>
    </Paper>
  );
}

function Entries({ entries }: { entries: PointsEntry[] }) {
  const { t, number, moment } = useTexts();
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table className="figures" aria-label={t("points.entries")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("points.what")}</Table.Th>
            <Table.Th ta="end">{t("points.change")}</Table.Th>
            <Table.Th ta="end">{t("points.after")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.number}>
              <Table.Td className="wrap">
                <div>
                  {t(`points_cause.${entry.cause}`)}
                  {entry.reason && <>: <bdi>{entry.reason}</bdi></>}
                </div>
                <Text size="sm" c="dimmed">
                  {moment(entry.at)}
                  {entry.operator && <> · {entry.operator}</>}
                  {entry.order && <> · <Link to={`/orders/${entry.order}`}>{shortId(entry.order)}</Link></>}
                </Text>
              </Table.Td>
              <Table.Td ta="end">{entry.change > 0 ? `+${number(entry.change)}` : number(entry.change)}</Table.Td>
              <Table.Td ta="end">{number(entry.balance)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** `+50`, `-1.250`, `−20`: a whole number with its sign, not 0; null when it is none. */
export function changeOf(typed: string): number | null {
  const text = typed.replace(/[\s\u00a0\u202f'.,]/g, "").replace("−", "-");
  const change = /^[+-]?\d{1,13}$/.test(text) ? Number(text) : 0;
  return change !== 0 && Math.abs(change) <= POINTS_MAX ? change : null;
}

function AdjustForm({ member, account, onDone }: { member: Member; account: MemberPoints; onDone: () => void }) {
  const { t, number } = useTexts();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [isAsked, setAsked] = useState(false);
  const adjust = useAdjust(member.id);
  const change = changeOf(typed);
  const isBelow = change !== null && change < 0 && account.balance + change < 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (change !== null && !isBelow && reason.trim()) adjust.mutate({ change, reason: reason.trim() }, { onSuccess: onDone });
  };
  const wrong = isBelow ? t("points.below", { balance: number(account.balance) }) : isAsked && change === null ? t("points.change_wrong") : null;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          size="md"
          label={t("points.change_label")}
          description={change !== null && !isBelow ? t("points.then", { balance: number(account.balance + change) }) : t("points.change_hint")}
          inputMode="text"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={wrong}
        />
        <Textarea label={t("points.reason")} description={t("points.reason_hint")} maxLength={REASON_CHARS_MAX} autosize minRows={2} dir="auto" value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={isAsked && !reason.trim() ? t("points.reason_wrong") : null} />
        <Refused error={adjust.error} />
        <Button type="submit" size="lg" loading={adjust.isPending}>
          {t("points.adjust_submit")}
        </Button>
      </Stack>
    </form>
  );
}
