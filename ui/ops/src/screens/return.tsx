// One return: what the shopper wants and shows, and what is to be done with it.
import { Button, Group, Image, Modal, NativeSelect, NumberInput, Paper, SimpleGrid, Stack, Text, Textarea, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Return, ReturnLine, ReturnPhoto } from "@sesame/shared/api/types";
import { IconBan, IconCheck, IconPackageImport } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { ApiError } from "../data/api";
import { useLocations } from "../data/queries";
import { type Counted, expected, receipt, type Receipt, type ReturnAct, useReturn, useReturnAct } from "../data/returns";
import { useTexts } from "../i18n";
import { Fact, Link, OrderNumber, Picture, ReturnMark } from "../parts/bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";

export function ReturnPanel({ id }: { id: string }) {
  const { t } = useTexts();
  const query = useReturn(id);
  if (query.isPending) return <Loading rows={5} height={80} />;
  if (!query.data) {
    if (query.error instanceof ApiError && query.error.status === 404) return <Empty title={t("return.missing")} hint={t("order.missing_hint")} />;
    return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  }
  return <Sections found={query.data} />;
}

function Sections({ found }: { found: Return }) {
  const { t, time, money } = useTexts();
  const isOpen = found.state === "requested" || found.state === "approved";
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <ReturnMark state={found.state} />
        <Text c="dimmed" size="sm">
          {t("return.asked_at", { time: time(found.requested_at) })}
        </Text>
      </Group>
      <Lines lines={found.lines} isReceived={found.state === "received"} />
      {found.note && (
        <Fact name={t("return.note")}>
          <Text style={{ whiteSpace: "pre-line" }} className="wrap">
            {found.note}
          </Text>
        </Fact>
      )}
      {found.photos.length > 0 && <Photos photos={found.photos} />}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Fact name={t("return.order")}>
          <Link to={`/orders/${found.order}`}>
            <OrderNumber id={found.order} />
          </Link>
        </Fact>
        <Fact name={t(isOpen ? "return.expected" : "return.amount")}>{money(isOpen ? found.expected : found.amount)}</Fact>
        {found.location && <Fact name={t(found.state === "received" ? "return.put" : "return.to")}>{found.location.name}</Fact>}
        {found.ended_at && <Fact name={t("return.ended")}>{time(found.ended_at)}</Fact>}
      </SimpleGrid>
      {found.answer && (
        <Fact name={t("return.told")}>
          <Text style={{ whiteSpace: "pre-line" }} className="wrap">
            {found.answer}
          </Text>
        </Fact>
      )}
      {isOpen && <Acts found={found} />}
    </Stack>
  );
}

function Lines({ lines, isReceived }: { lines: ReturnLine[]; isReceived: boolean }) {
  const { t } = useTexts();
  return (
    <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("return.lines")}>
      {lines.map((line) => (
        <Group key={line.number} component="li" wrap="nowrap" align="start" gap="sm">
          <Picture src={line.image} alt="" />
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text className="wrap">
              {line.quantity} × {line.title}
            </Text>
            <Text size="sm" c="dimmed" className="wrap">
              <span className="mono">{line.sku}</span>
              {line.options && ` · ${line.options}`}
            </Text>
            <Text size="sm" fw={600}>
              {t(`return_reason.${line.reason}`)}
            </Text>
            {isReceived && <Text size="sm">{t("return.came", { came: line.received, sound: line.restocked })}</Text>}
          </div>
        </Group>
      ))}
    </Stack>
  );
}

/** The shopper's photos, large when one is chosen. */
function Photos({ photos }: { photos: ReturnPhoto[] }) {
  const { t } = useTexts();
  const [shown, setShown] = useState<number | null>(null);
  const photo = shown === null ? undefined : photos[shown];
  const next = () => setShown(((shown ?? 0) + 1) % photos.length);
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        {t("return.photos")}
      </Text>
      <Group gap="sm">
        {photos.map(({ id, small }, index) => (
          <UnstyledButton key={id} onClick={() => setShown(index)} aria-label={t("return.zoom", { number: index + 1 })}>
            <img className="picture" src={small} alt="" width={96} height={96} style={{ width: 96, height: 96, objectFit: "cover", borderRadius: "var(--radius)" }} />
          </UnstyledButton>
        ))}
      </Group>
      <Modal opened={Boolean(photo)} onClose={() => setShown(null)} size="xl" title={t("return.photo_of", { number: (shown ?? 0) + 1, count: photos.length })} closeButtonProps={{ "aria-label": t("common.close") }}>
        {photo && (
          <Stack>
            <a href={photo.whole} target="_blank" rel="noopener">
              <Image src={photo.whole} alt={t("return.photo_of", { number: (shown ?? 0) + 1, count: photos.length })} fit="contain" mah="70vh" />
            </a>
            {photos.length > 1 && (
              <Button variant="default" h={44} onClick={next}>
                {t("return.next_photo")}
              </Button>
            )}
          </Stack>
        )}
      </Modal>
    </div>
  );
}

const FORMS = ["receive", "approve", "refuse"] as const;
type Form = (typeof FORMS)[number];
const ICONS = { receive: IconPackageImport, approve: IconCheck, refuse: IconBan };

function Acts({ found }: { found: Return }) {
  const { t } = useTexts();
  const [form, setForm] = useState<Form | null>(null);
  const close = () => setForm(null);
  // What comes next is the first and wide.
  const first: Form = found.state === "requested" ? "approve" : "receive";
  const order = [first, ...FORMS.filter((f) => f !== first)];
  return (
    <Stack gap="xs">
      {order.map((act) => {
        const Shape = ICONS[act];
        return (
          <Button key={act} size="md" h={48} variant={act === first ? "filled" : "default"} c={act === "refuse" ? "var(--color-danger-text)" : undefined} leftSection={<Shape size={18} aria-hidden />} onClick={() => setForm(act)}>
            {t(`return.${act}`)}
          </Button>
        );
      })}
      <Withdraw id={found.id} />
      <Modal opened={form !== null} onClose={close} title={form ? t(`return.${form}`) : ""} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
        {form === "approve" && <ApproveForm found={found} onDone={close} />}
        {form === "refuse" && <RefuseForm found={found} onDone={close} />}
        {form === "receive" && <ReceiveForm found={found} onDone={close} />}
      </Modal>
    </Stack>
  );
}

function Withdraw({ id }: { id: string }) {
  const { t } = useTexts();
  const [isAsking, ask] = useDisclosure(false);
  const act = useReturnAct(id);
  return (
    <>
      <Button variant="subtle" color="gray" c="var(--color-text)" h={44} onClick={ask.open}>
        {t("return.withdraw")}
      </Button>
      <Modal opened={isAsking} onClose={ask.close} title={t("return.withdraw")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack>
          <Text>{t("return.withdraw_effect")}</Text>
          <Refused error={act.error} />
          <Button size="lg" loading={act.isPending} onClick={() => act.mutate({ act: "withdraw", body: {} }, { onSuccess: ask.close })}>
            {t("return.withdraw")}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

type FormProps = { found: Return; onDone: () => void };

/** Sends what is done with the return; closes when it is done. */
function useSend({ found, onDone }: FormProps) {
  const act = useReturnAct(found.id);
  const send = (event: FormEvent, what: ReturnAct) => {
    event.preventDefault();
    act.mutate(what, { onSuccess: onDone });
  };
  return { ...act, send };
}

function usePlaces(none: string) {
  const locations = useLocations();
  return [{ value: "", label: none }, ...(locations.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))];
}

function ApproveForm(props: FormProps) {
  const { t } = useTexts();
  const { found } = props;
  const [how, setHow] = useState(found.answer);
  const [location, setLocation] = useState(found.location?.id ?? "");
  const { send, error, isPending } = useSend(props);
  const places = usePlaces(t("return.no_place"));
  return (
    <form onSubmit={(event) => send(event, { act: "approve", body: { how, ...(location ? { location } : {}) } })}>
      <Stack>
        <Text c="dimmed">{t("return.approve_hint")}</Text>
        <NativeSelect label={t("return.to")} size="md" value={location} onChange={(e) => setLocation(e.currentTarget.value)} data={places} />
        <Textarea label={t("return.how")} description={t("return.how_hint")} maxLength={2000} autosize minRows={3} value={how} onChange={(e) => setHow(e.currentTarget.value)} />
        <Refused error={error} />
        <Button type="submit" size="lg" fullWidth loading={isPending} disabled={!how.trim() && !location}>
          {t("return.approve")}
        </Button>
      </Stack>
    </form>
  );
}

function RefuseForm(props: FormProps) {
  const { t } = useTexts();
  const [why, setWhy] = useState("");
  const { send, error, isPending } = useSend(props);
  return (
    <form onSubmit={(event) => send(event, { act: "refuse", body: { why } })}>
      <Stack>
        <Text c="dimmed">{t("return.refuse_hint")}</Text>
        <Textarea label={t("return.refuse_why")} maxLength={2000} autosize minRows={3} required value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
        <Refused error={error} />
        <Button type="submit" size="lg" fullWidth color="var(--color-danger)" c="var(--color-on-danger)" loading={isPending} disabled={!why.trim()}>
          {t("return.refuse")}
        </Button>
      </Stack>
    </form>
  );
}

function ReceiveForm(props: FormProps) {
  const { t } = useTexts();
  const { found } = props;
  const [counted, setCounted] = useState(() => expected(found.lines));
  const [location, setLocation] = useState(found.location?.id ?? "");
  const [delivery, setDelivery] = useState<Receipt["delivery"]>("as_the_shop_says");
  const [note, setNote] = useState("");
  const { send, error, isPending } = useSend(props);
  const places = usePlaces(t("return.choose_place"));
  const came = Object.values(counted).reduce((sum, line) => sum + line.came, 0);
  const sound = Object.values(counted).reduce((sum, line) => sum + Math.min(line.sound, line.came), 0);
  const set = (number: number, line: Counted) => setCounted({ ...counted, [number]: line });
  return (
    <form onSubmit={(event) => send(event, { act: "receive", body: receipt(counted, location, delivery, note) })}>
      <Stack>
        <Text c="dimmed">{t("return.receive_hint")}</Text>
        {found.lines.map((line) => (
          <Count key={line.number} line={line} value={counted[line.number] ?? { came: 0, sound: 0 }} set={(value) => set(line.number, value)} />
        ))}
        {sound > 0 && <NativeSelect label={t("return.restock")} size="md" value={location} onChange={(e) => setLocation(e.currentTarget.value)} data={places} />}
        <NativeSelect label={t("return.delivery")} size="md" value={delivery} onChange={(e) => setDelivery(e.currentTarget.value as Receipt["delivery"])} data={(["as_the_shop_says", "yes", "no"] as const).map((value) => ({ value, label: t(`return.delivery.${value}`) }))} />
        <Textarea label={t("refund.note")} description={t("common.optional")} maxLength={5000} autosize minRows={2} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        <Refused error={error} />
        <Button type="submit" size="lg" fullWidth styles={{ label: { whiteSpace: "normal", lineHeight: 1.2 } }} loading={isPending} disabled={came === 0 || (sound > 0 && !location)}>
          {t("return.receive_submit", { count: came })}
        </Button>
      </Stack>
    </form>
  );
}

function Count({ line, value, set }: { line: ReturnLine; value: Counted; set: (value: Counted) => void }) {
  const { t } = useTexts();
  return (
    <Paper withBorder p="sm">
      <Text className="wrap" fw={600}>
        {line.title}
      </Text>
      <Text size="sm" c="dimmed">
        {t("return.of", { count: line.quantity })} · {t(`return_reason.${line.reason}`)}
      </Text>
      <Group grow mt="xs" align="end">
        <NumberInput label={t("return.came_label")} size="md" min={0} max={line.quantity} clampBehavior="strict" allowDecimal={false} allowNegative={false} value={value.came} onChange={(next) => set({ came: Number(next) || 0, sound: Math.min(value.sound, Number(next) || 0) })} />
        <NumberInput label={t("return.sound_label")} size="md" min={0} max={value.came} clampBehavior="strict" allowDecimal={false} allowNegative={false} value={value.sound} onChange={(next) => set({ ...value, sound: Number(next) || 0 })} />
      </Group>
    </Paper>
  );
}
