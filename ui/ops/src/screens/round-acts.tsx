// What a dispatcher does with a round: give it to a courier, move a parcel to another one.
import { Button, Modal, NativeSelect, Radio, Stack, Text, TextInput } from "@mantine/core";
import type { CourierParcel, CourierRound, RoundDetail } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { othersOf, useAssign, useCouriers, useMove, useRounds } from "../data/rounds";
import { useTexts } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

type Assigned = Pick<RoundDetail, "round" | "courier">;

export function Assign({ found, isOpen, close }: { found: Assigned; isOpen: boolean; close: () => void }) {
  const { t } = useTexts();
  // Whoever takes the newer version, which was read when the older one was refused, begins the form anew with it.
  const [taken, setTaken] = useState(0);
  return (
    <Modal opened={isOpen} onClose={close} title={t("round.assign_title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <AssignForm key={taken} found={found} onDone={close} again={() => setTaken(taken + 1)} />
    </Modal>
  );
}

function AssignForm({ found: { round, courier }, onDone, again }: { found: Assigned; onDone: () => void; again: () => void }) {
  const { t } = useTexts();
  const [base] = useState(round.version);
  const [chosen, setChosen] = useState(courier?.id ?? "");
  const [vehicle, setVehicle] = useState(round.vehicle);
  const rounds = useRounds(round.day).data?.rounds ?? [];
  const { couriers, error: unlisted } = useCouriers(rounds);
  const known = courier && !couriers.some(({ id }) => id === courier.id) ? [courier, ...couriers] : couriers;
  const assign = useAssign(round.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    assign.mutate({ version: base, courier: chosen || null, vehicle }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text c="dimmed">{t("round.assign_hint")}</Text>
        <NativeSelect size="md" label={t("rounds.courier")} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} data={[{ value: "", label: t("rounds.nobody") }, ...known.map(({ id, name }) => ({ value: id, label: name }))]} />
        <TextInput size="md" label={t("round.vehicle")} placeholder={t("round.vehicle_hint")} maxLength={200} value={vehicle} onChange={(event) => setVehicle(event.currentTarget.value)} />
        <Refused error={assign.error ?? unlisted} />
        {assign.error?.code === "version_conflict" && (
          <Button variant="default" h={44} onClick={again}>
            {t("product.take_new")}
          </Button>
        )}
        <Button type="submit" size="lg" fullWidth loading={assign.isPending}>
          {t("round.assign_save")}
        </Button>
      </Stack>
    </form>
  );
}

/** One more parcel for another round of the same place. */
export function MoveForm({ round, parcel, onDone }: { round: CourierRound; parcel: CourierParcel; onDone: () => void }) {
  const { t } = useTexts();
  const query = useRounds(round.day);
  const [to, setTo] = useState("");
  const move = useMove();
  if (query.isPending) return <Loading rows={2} height={56} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  const others = othersOf(query.data.rounds, round.id, round.location.id);
  if (others.length === 0) return <Text>{t("round.move_none", { place: round.location.name })}</Text>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate({ fulfillment: parcel.fulfillment, from: round.id, to }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text c="dimmed">{t("round.move_hint")}</Text>
        {parcel.state !== "planned" && <Text c="var(--color-warning-text)">{t("round.move_loaded")}</Text>}
        <Radio.Group label={t("round.move_to")} value={to} onChange={setTo}>
          <Stack gap="xs" mt="xs">
            {others.map((other) => (
              <Radio key={other.id} value={other.id} size="md" label={other.courier?.name ?? t("rounds.nobody")} description={[other.vehicle, t(`round_state.${other.state}`), t("rounds.stops_done", { done: other.stops_done, stops: other.stops })].filter(Boolean).join(" · ")} />
            ))}
          </Stack>
        </Radio.Group>
        <Refused error={move.error} />
        <Button type="submit" size="lg" fullWidth loading={move.isPending} disabled={!others.some(({ id }) => id === to)}>
          {t("round.move_save")}
        </Button>
      </Stack>
    </form>
  );
}
