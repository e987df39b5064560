// Who is let in: the waiting room with its switch, and what was turned away. Staff see it, owners switch it.
import { Button, Group, Modal, NativeSelect, NumberInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { AdmissionState, OpenRoom, LineOrder, WaitingRoom } from "@sesame/shared/api/types";
import { IconDoorEnter, IconUsersGroup } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useAdmission, useWrite } from "../data/queries";
import { useTexts, type Key } from "../i18n";
import { Fact, Mark } from "../parts/bits";
import { Loading, NotLoaded, Refused } from "../parts/errors";

const ORDERS = ["first_come", "lottery"] as const satisfies LineOrder[];
type ClassName = Extract<Key, `admission.${"begin" | "begun" | "read" | "operators"}`>;
const CLASSES: Record<string, ClassName> = { begin: "admission.begin", begun: "admission.begun", read: "admission.read", operators: "admission.operators" };

export function Admission({ isOwner }: { isOwner: boolean }) {
  const query = useAdmission();
  if (query.isPending) return <Loading rows={2} height={64} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return (
    <Stack gap="md">
      <Room room={query.data.room ?? null} isOwner={isOwner} />
      <TurnedAway state={query.data} />
    </Stack>
  );
}

function Room({ room, isOwner }: { room: WaitingRoom | null; isOwner: boolean }) {
  const { t } = useTexts();
  const [isOpening, opening] = useDisclosure(false);
  const [isClosing, closing] = useDisclosure(false);
  const close = useWrite<object, AdmissionState>(() => ({ method: "DELETE", path: "/admission/room" }));
  return (
    <>
      <Group justify="space-between" align="start">
        <Mark tone={room ? "warning" : "positive"} icon={room ? IconUsersGroup : IconDoorEnter}>
          {t(room ? "admission.room_open" : "admission.room_closed")}
        </Mark>
        {isOwner && (
          <Group gap="sm">
            <Button variant="default" h={44} onClick={opening.open}>
              {t(room ? "admission.change" : "admission.open")}
            </Button>
            {room && (
              <Button variant="default" h={44} onClick={closing.open}>
                {t("admission.close")}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {room ? <Figures room={room} /> : <Text c="dimmed">{t("admission.closed_hint")}</Text>}
      <Modal opened={isOpening} onClose={opening.close} title={t(room ? "admission.change" : "admission.open")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <OpenForm room={room} onDone={opening.close} />
      </Modal>
      <Modal opened={isClosing} onClose={closing.close} title={t("admission.close")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack>
          <Text>{t("admission.close_hint", { count: room?.waiting ?? 0 })}</Text>
          <Refused error={close.error} />
          <Button loading={close.isPending} onClick={() => close.mutate({}, { onSuccess: closing.close })}>
            {t("admission.close")}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

function Figures({ room }: { room: WaitingRoom }) {
  const { t, number, date, time } = useTexts();
  const moment = (at: number) => `${date(at)}, ${time(at)}`;
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Fact name={t("admission.waiting")}>{number(room.waiting)}</Fact>
        <Fact name={t("admission.let_in")}>{number(room.let_in_last_minute)}</Fact>
        <Fact name={t("admission.inside")}>{number(room.inside)}</Fact>
        <Fact name={t("admission.pace")}>{t(room.follows_load ? "admission.pace_load" : "admission.pace_fixed", { count: number(room.per_minute) })}</Fact>
        <Fact name={t("admission.order")}>{t(`admission.${room.order}`)}</Fact>
        {room.campaign && <Fact name={t("admission.campaign")}>{room.campaign}</Fact>}
        {room.opens_at != null && <Fact name={t("admission.opens_at")}>{moment(room.opens_at)}</Fact>}
        <Fact name={t("admission.since")}>{t("admission.since_by", { time: moment(room.since), name: room.by })}</Fact>
      </SimpleGrid>
      {room.commitment && (
        <Fact name={t("admission.commitment")}>
          <Text component="span" ff="monospace" size="sm" className="wrap" style={{ overflowWrap: "anywhere" }}>
            {room.commitment}
          </Text>
        </Fact>
      )}
    </>
  );
}

function TurnedAway({ state }: { state: AdmissionState }) {
  const { t, number } = useTexts();
  if (state.turned_away.length === 0) return <Text c="dimmed">{t("admission.nobody_turned_away")}</Text>;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      {state.turned_away.map((one) => (
        <Fact key={one.class} name={t("admission.turned_away", { what: t(CLASSES[one.class] ?? "admission.read") })}>
          {t("admission.turned_away_why", { overloaded: number(one.overloaded), too_many: number(one.too_many) })}
        </Fact>
      ))}
    </SimpleGrid>
  );
}

function OpenForm({ room, onDone }: { room: WaitingRoom | null; onDone: () => void }) {
  const { t } = useTexts();
  const [campaign, setCampaign] = useState(room?.campaign ?? "");
  const [order, setOrder] = useState<LineOrder>(room?.order ?? "first_come");
  const [pace, setPace] = useState<number | string>(room && !room.follows_load ? room.per_minute : "");
  const [opensAt, setOpensAt] = useState("");
  const open = useWrite<OpenRoom, AdmissionState>((body) => ({ method: "POST", path: "/admission/room", body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const per_minute = typeof pace === "number" ? pace : null;
    const opens_at = opensAt ? new Date(opensAt).getTime() : null;
    open.mutate({ campaign, order, per_minute, opens_at }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{t("admission.open_hint")}</Text>
        <TextInput label={t("admission.campaign")} maxLength={100} value={campaign} onChange={(e) => setCampaign(e.currentTarget.value)} />
        <NumberInput label={t("admission.pace")} description={t("admission.pace_hint")} min={1} max={1_000_000} allowDecimal={false} value={pace} onChange={setPace} />
        {!room && (
          <>
            <NativeSelect label={t("admission.order")} value={order} onChange={(e) => setOrder(e.currentTarget.value as LineOrder)} data={ORDERS.map((value) => ({ value, label: t(`admission.${value}`) }))} />
            <TextInput type="datetime-local" label={t("admission.opens_at")} description={t("admission.opens_at_hint")} required={order === "lottery"} value={opensAt} onChange={(e) => setOpensAt(e.currentTarget.value)} />
          </>
        )}
        <Refused error={open.error} />
        <Button type="submit" loading={open.isPending}>
          {t(room ? "admission.change" : "admission.open")}
        </Button>
      </Stack>
    </form>
  );
}
