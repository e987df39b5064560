// Planning rounds: which day, from where, and who can drive when and with what.
import { Button, Fieldset, Group, NativeSelect, Paper, Progress, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Location, Named } from "@sesame/shared/api/types";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { usePreference } from "../data/preferences";
import { useLocations } from "../data/queries";
import { LINES_MAX, NEW_LINE, PARCELS_MAX, fieldOf, planOf, type Line, type LineField } from "../data/round-plan";
import { useCouriers, useFleetPlaces, usePlanRounds, useRounds } from "../data/rounds";
import { useTexts } from "../i18n";
import { Link } from "../parts/bits";
import { zoneName } from "../parts/campaign-bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";
import { useNow } from "../parts/round-bits";
import { Outcome, type Made } from "./rounds-outcome";

export function PlanRounds({ day }: { day: string }) {
  const { t } = useTexts();
  const locations = useLocations();
  const [made, setMade] = useState<Made | null>(null);
  const places = locations.data?.items.filter(({ ships }) => ships) ?? [];
  return (
    <Stack maw={960}>
      <Link to={`/rounds?day=${day}`}>{t("rounds.all")}</Link>
      <Title order={1} size="h2">
        {t("plan.title")}
      </Title>
      {made ? (
        <Outcome {...made} again={() => setMade(null)} />
      ) : locations.isPending ? (
        <Loading rows={3} height={96} />
      ) : !locations.data ? (
        <NotLoaded error={locations.error} retry={() => void locations.refetch()} />
      ) : places.length === 0 ? (
        <Empty title={t("plan.place_none")} />
      ) : (
        <Form places={places} firstDay={day} onDone={setMade} />
      )}
    </Stack>
  );
}

type FormProps = { places: Location[]; firstDay: string; onDone: (made: Made) => void };

function Form({ places, firstDay, onDone }: FormProps) {
  const { t } = useTexts();
  const [day, setDay] = useState(firstDay);
  const [kept, setKept] = usePreference("rounds-place", "");
  const fleet = useFleetPlaces();
  const place = places.find(({ id }) => id === kept) ?? places.find(({ id }) => fleet.includes(id)) ?? places.find(({ kind }) => kind === "warehouse") ?? places[0]!;
  // Tomorrow the same people drive the same vehicles.
  const [lines, setLines] = usePreference<Line[]>("rounds-lines", [NEW_LINE]);
  const [isAsked, setAsked] = useState(false);
  const { couriers, isLoading, error: unlisted } = useCouriers(useRounds(day).data?.rounds ?? []);
  // Who is no courier any more drives nothing, though this browser remembers them.
  const known = lines.map((line) => (couriers.some(({ id }) => id === line.courier) ? line : { ...line, courier: "" }));
  const plan = usePlanRounds();
  const { request, faults } = planOf({ day, location: place.id, lines: known }, place.time_zone);
  const refused = fieldOf(plan.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (request && lines.length > 0 && !plan.isPending) plan.mutate(request, { onSuccess: (made) => onDone({ plan: made, place: place.name, day }) });
  };
  const change = <Value,>(set: (value: Value) => void) => (value: Value) => {
    plan.reset();
    set(value);
  };
  const setLine = (at: number, line: Line | null) => change(setLines)(lines.flatMap((known, index) => (index !== at ? [known] : line ? [line] : [])));
  return (
    <form onSubmit={submit} noValidate>
      <Fieldset variant="unstyled" disabled={plan.isPending} aria-label={t("plan.title")}>
        <Stack>
          <Text c="dimmed" style={{ maxWidth: "var(--measure)" }}>
            {t("plan.hint")}
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput type="date" size="md" label={t("rounds.day")} value={day} onChange={(event) => change(setDay)(event.currentTarget.value)} error={((isAsked && day === "") || refused === "day") && t("plan.fault.day")} />
            <NativeSelect size="md" label={t("rounds.place")} value={place.id} onChange={(event) => change(setKept)(event.currentTarget.value)} data={places.map(({ id, name }) => ({ value: id, label: name }))} error={refused === "location" && t("plan.fault.location")} />
          </SimpleGrid>
          <div>
            <Title order={2} size="h4">
              {t("plan.who")}
            </Title>
            <Text size="sm" c="dimmed">
              {t("plan.zone", { zone: zoneName(place.time_zone) })}
            </Text>
          </div>
          <Refused error={unlisted} />
          {known.map((line, at) => (
            <Driver key={at} number={at + 1} line={line} couriers={couriers} faults={isAsked ? (faults?.[at] ?? []) : []} set={(next) => setLine(at, next)} />
          ))}
          {isAsked && lines.length === 0 && (
            <Text role="alert" size="sm" c="var(--color-danger-text)">
              {t("plan.fault.couriers", { most: LINES_MAX })}
            </Text>
          )}
          <Group>
            <Button variant="default" h={44} disabled={lines.length >= LINES_MAX} leftSection={<IconPlus size={18} aria-hidden />} onClick={() => change(setLines)([...lines, { ...(lines.at(-1) ?? NEW_LINE), courier: "", vehicle: "" }])}>
              {t("plan.add")}
            </Button>
          </Group>
          {refused === null && <Refused error={plan.error} />}
          {plan.isPending && <Running since={plan.submittedAt} />}
          <Button type="submit" size="lg" loading={plan.isPending} disabled={isLoading}>
            {t("plan.submit")}
          </Button>
        </Stack>
      </Fieldset>
    </form>
  );
}

/** About how long a plan is looked for; the bar never says that it is done before it is. */
const USUAL_MS = 3_500;
/** After so long the answer is asked for again. */
const SLOW_MS = 8_000;
const TICK_MS = 250;

function Running({ since }: { since: number }) {
  const { t } = useTexts();
  const ran = useNow(TICK_MS) - since;
  const text = t(ran > SLOW_MS ? "plan.running_again" : "plan.running");
  return (
    <div>
      <Text role="status">{text}</Text>
      <Progress mt="xs" value={100 * (1 - Math.exp(-ran / USUAL_MS))} aria-label={t("plan.running")} />
    </div>
  );
}

type DriverProps = { number: number; line: Line; couriers: Named[]; faults: LineField[]; set: (line: Line | null) => void };

function Driver({ number, line, couriers, faults, set }: DriverProps) {
  const { t } = useTexts();
  const fault = (field: LineField) => faults.includes(field) && t(`plan.fault.${field}`, { most: PARCELS_MAX });
  const text = (field: Exclude<keyof Line, "courier">) => ({ size: "md" as const, value: line[field], onChange: (event: { currentTarget: { value: string } }) => set({ ...line, [field]: event.currentTarget.value }) });
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="fieldset" m={0} aria-label={t("plan.line", { number })}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <NativeSelect size="md" label={t("rounds.courier")} value={line.courier} onChange={(event) => set({ ...line, courier: event.currentTarget.value })} data={[{ value: "", label: t("rounds.nobody") }, ...couriers.map(({ id, name }) => ({ value: id, label: name }))]} />
          <TextInput {...text("vehicle")} label={t("round.vehicle")} placeholder={t("round.vehicle_hint")} maxLength={200} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
          <TextInput {...text("from")} type="time" label={t("plan.from")} error={fault("from")} />
          <TextInput {...text("until")} type="time" label={t("plan.until")} error={fault("until")} />
          <TextInput {...text("kilograms")} inputMode="decimal" label={t("plan.kilograms")} description={t("plan.no_limit")} inputWrapperOrder={["label", "input", "description", "error"]} error={fault("kilograms")} />
          <TextInput {...text("parcels")} inputMode="numeric" label={t("plan.parcels")} description={t("plan.parcels_hint", { most: PARCELS_MAX })} inputWrapperOrder={["label", "input", "description", "error"]} error={fault("parcels")} />
        </SimpleGrid>
        <Group>
          <Button variant="subtle" color="gray" c="var(--color-text)" h={44} px={0} leftSection={<IconTrash size={18} aria-hidden />} onClick={() => set(null)}>
            {t("plan.remove", { number })}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
