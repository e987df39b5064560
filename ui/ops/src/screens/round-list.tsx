// The stops of a round in order: when the courier was to be there and was, and what became of each parcel.
import { Anchor, Button, Group, Modal, Paper, SimpleGrid, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import type { CourierParcel, CourierStop, RoundDetail, RoundProof } from "@sesame/shared/api/types";
import { FAILURES } from "@sesame/shared/rounds";
import { IconAlertTriangle, IconArrowsExchange, IconCheck, IconCircleDashed, IconClock, IconClockExclamation, IconPackageOff, IconPhone, IconPhoto, IconRotate, IconSteeringWheel, IconTruckDelivery, type Icon } from "@tabler/icons-react";
import { useState } from "react";
import { cameLate, canMove, otherClock, saidOf, type Risk, type SeenStop, type StopState, type Told } from "../data/round-stops";
import { useTexts, type Texts } from "../i18n";
import { Mark, type Tone } from "../parts/bits";
import { noonOf } from "../parts/round-bits";
import { useIsWide } from "../parts/shell";
import { MoveForm } from "./round-acts";
import { addressLine } from "./rounds-outcome";

type Props = { found: RoundDetail; seen: SeenStop[]; chosen: number | null };

export function Stops({ found, seen, chosen }: Props) {
  const { t } = useTexts();
  const isWide = useIsWide();
  const [moved, setMoved] = useState<CourierParcel | null>(null);
  const [proof, setProof] = useState<Shown | null>(null);
  const acts = { found, move: setMoved, show: setProof };
  const close = { "aria-label": t("common.close") };
  return (
    <div>
      {isWide ? <StopsTable seen={seen} chosen={chosen} acts={acts} /> : <StopCards seen={seen} chosen={chosen} acts={acts} />}
      <Modal opened={moved !== null} onClose={() => setMoved(null)} title={moved ? t("round.move_of", { number: moved.number }) : ""} closeButtonProps={close}>
        {moved && <MoveForm round={found.round} parcel={moved} onDone={() => setMoved(null)} />}
      </Modal>
      <Modal opened={proof !== null} onClose={() => setProof(null)} title={proof?.title ?? ""} size="lg" closeButtonProps={close}>
        {proof && <img src={proof.picture} alt={proof.title} style={{ maxWidth: "100%", background: "var(--color-picture-ground)" }} />}
      </Modal>
    </div>
  );
}

/** A picture that is shown large. */
type Shown = { picture: string; title: string };
type Acts = { found: RoundDetail; move: (parcel: CourierParcel) => void; show: (shown: Shown) => void };
type ListProps = { seen: SeenStop[]; chosen: number | null; acts: Acts };

function StopsTable({ seen, chosen, acts }: ListProps) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-label": t("rounds.stops") } }}>
      <Table verticalSpacing="sm" className="figures stops-table" aria-label={t("rounds.stops")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("round.place")}</Table.Th>
            <Table.Th>{t("round.receiver")}</Table.Th>
            <Table.Th>{t("round.planned")}</Table.Th>
            <Table.Th>{t("round.reached")}</Table.Th>
            <Table.Th>{t("round.parcels")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {seen.map((one) => (
            <Table.Tr key={one.stop.number} data-stop={one.stop.number} data-state={one.state} data-current={one.stop.number === chosen || undefined} className="stop">
              <Table.Td fw={600}>{one.place}</Table.Td>
              <Table.Td>
                <Receiver seen={one} />
              </Table.Td>
              <Table.Td>
                <Planned stop={one.stop} day={acts.found.round.day} />
              </Table.Td>
              <Table.Td>
                <Reached seen={one} day={acts.found.round.day} />
              </Table.Td>
              <Table.Td>
                <Parcels stop={one.stop} acts={acts} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function StopCards({ seen, chosen, acts }: ListProps) {
  const { t } = useTexts();
  const { day } = acts.found.round;
  return (
    <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("rounds.stops")}>
      {seen.map((one) => (
        <Paper component="li" key={one.stop.number} withBorder p="sm" bg="var(--color-raised)" data-stop={one.stop.number} data-state={one.state} data-current={one.stop.number === chosen || undefined} className="stop">
          <Stack gap="xs">
            <Group wrap="nowrap" align="start" gap="sm">
              <Text fw={600} size="lg" className="figures">
                {one.place}
              </Text>
              <div style={{ flex: 1, minWidth: 0 }}>
                <Receiver seen={one} />
              </div>
            </Group>
            <SimpleGrid cols={2}>
              <Planned stop={one.stop} day={day} />
              <Reached seen={one} day={day} />
            </SimpleGrid>
            <Parcels stop={one.stop} acts={acts} />
          </Stack>
        </Paper>
      ))}
    </Stack>
  );
}

const STATES: Record<StopState, [Tone, Icon]> = {
  done: ["positive", IconCheck],
  failed: ["danger", IconAlertTriangle],
  moved: ["plain", IconArrowsExchange],
  stayed: ["warning", IconPackageOff],
  next: ["positive", IconSteeringWheel],
  open: ["plain", IconCircleDashed],
};

function Receiver({ seen: { stop, state, risk } }: { seen: SeenStop }) {
  const { t } = useTexts();
  const [tone, icon] = STATES[state];
  return (
    <Stack gap={4}>
      <div className="wrap">
        <Text fw={600}>{stop.name}</Text>
        <Text size="sm">{addressLine(stop.address)}</Text>
      </div>
      <Group gap={6}>
        <Mark tone={tone} icon={icon}>
          {t(`round.stop_state.${state}`)}
        </Mark>
        {risk && (
          <Mark tone="warning" icon={IconClockExclamation}>
            <RiskText risk={risk} />
          </Mark>
        )}
      </Group>
      {!stop.position && (
        <Text size="sm" c="dimmed">
          {t("round.no_point")}
        </Text>
      )}
      {stop.phone && (
        <Anchor href={`tel:${stop.phone.replace(/[^+\d]/g, "")}`} size="sm" style={{ minHeight: 44, display: "inline-flex", alignItems: "center", gap: 6 }}>
          <IconPhone size={16} aria-hidden />
          {t("round.call", { name: stop.name })}
        </Anchor>
      )}
    </Stack>
  );
}

function RiskText({ risk }: { risk: Risk }) {
  const { t } = useTexts();
  return risk.kind === "behind" ? t("round.risk.behind", { minutes: risk.minutes }) : t(`round.risk.${risk.kind}`);
}

/** A moment with its name, for places without a table's head. */
function When({ name, children }: { name: string; children: string }) {
  const isWide = useIsWide();
  return (
    <div className="figures">
      {!isWide && (
        <Text size="sm" c="dimmed">
          {name}
        </Text>
      )}
      <Text>{children}</Text>
    </div>
  );
}

function Planned({ stop: { arrival, window }, day }: { stop: CourierStop; day: string }) {
  const { t, time } = useTexts();
  const at = (moment: number) => time(moment, noonOf(day));
  return (
    <div>
      <When name={t("round.planned")}>{arrival == null ? "–" : at(arrival)}</When>
      {window && (
        <Text size="sm" c="dimmed" className="figures">
          {t("round.window")}: {at(window.from)} – {at(window.until)}
        </Text>
      )}
    </div>
  );
}

function Reached({ seen: { stop }, day }: { seen: SeenStop; day: string }) {
  const { t, time } = useTexts();
  return (
    <div>
      <When name={t("round.reached")}>{stop.reached_at == null ? "–" : time(stop.reached_at, noonOf(day))}</When>
      {cameLate(stop) && (
        <Text size="sm" c="var(--color-warning-text)">
          {t("round.came_late")}
        </Text>
      )}
    </div>
  );
}

function Parcels({ stop, acts }: { stop: CourierStop; acts: Acts }) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
      {stop.parcels.map((parcel) => (
        <li key={parcel.fulfillment} data-parcel={parcel.number}>
          <Parcel parcel={parcel} acts={acts} />
        </li>
      ))}
    </Stack>
  );
}

const PARCELS: Record<CourierParcel["state"], [Tone, Icon]> = {
  planned: ["plain", IconClock],
  loaded: ["plain", IconTruckDelivery],
  delivered: ["positive", IconCheck],
  failed: ["danger", IconAlertTriangle],
  returned: ["warning", IconRotate],
};

function Parcel({ parcel, acts: { found, move, show } }: { parcel: CourierParcel; acts: Acts }) {
  const { t, time, number } = useTexts();
  const [tone, icon] = PARCELS[parcel.state];
  const said = saidOf(found, parcel.number);
  // What the state follows from: with its proof, and the phone's clock.
  const latest = said.findLast((one) => !one.taken_back && one.what === parcel.state);
  const at = (moment: number) => time(moment, noonOf(found.round.day));
  const isGone = parcel.conflict === "reassigned";
  return (
    <Stack gap={4}>
      <Text size="sm" className="wrap">
        <span className="mono">{parcel.number}</span> · {t("round.weight", { kilograms: number(parcel.weight_grams / 1_000) })}
      </Text>
      {parcel.conflict && (
        <Mark tone="warning" icon={IconArrowsExchange}>
          {t(isGone ? "round.conflict.reassigned" : "round.conflict.recalled")}
        </Mark>
      )}
      {(!isGone || parcel.state !== "planned") && (
        <Mark tone={tone} icon={icon}>
          {t(`round.parcel_state.${parcel.state}`)}
        </Mark>
      )}
      {latest && <Text size="sm">{[at(latest.at), parcel.reason && reasonText(parcel.reason, t)].filter(Boolean).join(", ")}</Text>}
      {latest && <Clock said={latest} at={at} />}
      {latest?.proof && <Proof proof={latest.proof} number={parcel.number} show={show} />}
      {latest?.proof?.code_matched && (
        <Mark tone={latest.proof.code_matched === "yes" ? "positive" : "warning"} icon={latest.proof.code_matched === "yes" ? IconCheck : IconAlertTriangle}>
          {t(`round.code.${latest.proof.code_matched}`)}
        </Mark>
      )}
      <Group gap="md" align="start">
        {said.length > 1 && <Said said={said} at={at} />}
        {canMove(parcel) && found.round.state !== "closed" && (
          <Button variant="subtle" color="gray" c="var(--color-text)" h={44} px={0} leftSection={<IconArrowsExchange size={18} aria-hidden />} aria-label={t("round.move_of", { number: parcel.number })} onClick={() => move(parcel)}>
            {t("round.move")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** A reason for which there is a word is said in it. */
function reasonText(reason: string, t: Texts["t"]): string {
  const known = FAILURES.find((one) => one === reason);
  return known ? t(`round.reason.${known}`) : reason;
}

function Clock({ said, at }: { said: Told; at: (moment: number) => string }) {
  const { t } = useTexts();
  const clock = otherClock(said);
  if (clock === null) return null;
  return (
    <Text size="sm" c="var(--color-warning-text)">
      {t("round.clock", { time: at(clock) })}
    </Text>
  );
}

function Proof({ proof, number, show }: { proof: RoundProof; number: string; show: (shown: Shown) => void }) {
  const { t } = useTexts();
  const kind = t(`round.proof.${proof.by}`);
  const name = [kind, proof.name, proof.code].filter(Boolean).join(", ");
  const hasPicture = proof.by === "signature" || proof.by === "photo" || proof.by === "safe_place";
  if (!proof.picture) {
    return (
      <Text size="sm" className="wrap">
        {name}
        {hasPicture && ` · ${t("round.proof_waits")}`}
      </Text>
    );
  }
  const { picture } = proof;
  return (
    <UnstyledButton className="proof wrap" aria-label={t("round.proof_open", { proof: name })} onClick={() => show({ picture, title: t("round.proof_of", { proof: name, number }) })}>
      <IconPhoto size={18} aria-hidden style={{ flex: "none" }} />
      {name}
    </UnstyledButton>
  );
}

/** All that was said of a parcel, folded away. */
function Said({ said, at }: { said: Told[]; at: (moment: number) => string }) {
  const { t } = useTexts();
  return (
    <details className="said">
      <summary>{t("round.said", { count: said.length })}</summary>
      <ul className="plain-list">
        {said.map((one, index) => (
          <li key={index} className="wrap">
            <Text size="sm" td={one.taken_back ? "line-through" : undefined} component="span">
              {[`${at(one.at)} ${t(`round.said.${one.what}`)}`, one.reason ? reasonText(one.reason, t) : "", one.by?.name ?? ""].filter(Boolean).join(", ")}
            </Text>
            {one.taken_back && (
              <Text size="sm" c="dimmed" component="span">
                {" "}
                {t("round.taken_back")}
              </Text>
            )}
            <Clock said={one} at={at} />
          </li>
        ))}
      </ul>
    </details>
  );
}
