// The courier's rounds. One that is open opens by itself.
import { Act, Head, Say } from "@sesame/shared/phone/bits";
import { whoOf } from "@sesame/shared/phone/log";
import { goInstead } from "@sesame/shared/phone/route";
import { openStops, stopsInOrder, wasLoaded } from "@sesame/shared/rounds";
import { IconChevronRight, IconCloudOff, IconMap2 } from "@tabler/icons-react";
import { useEffect } from "react";
import { listOf, phone, roundOf } from "../data/courier";
import type { RoundEntry } from "../data/wire";
import { useTexts } from "../i18n";
import { useCourier } from "../parts/state";

/** It opens by itself once; who comes back to the list wants to see the list. */
let hasOpened = false;

export function Rounds() {
  const { t, error } = useTexts();
  const { kept, listError } = useCourier();
  const rounds = listOf(kept);
  const open = rounds?.filter(({ id, state }) => (roundOf(kept, id)?.state ?? state) !== "closed") ?? [];
  const only = open.length === 1 && roundOf(kept, open[0]!.id) ? open[0]!.id : null;
  useEffect(() => {
    if (!only || hasOpened) return;
    hasOpened = true;
    goInstead("round", only);
  }, [only]);
  return (
    <main className="screen">
      <Head title={t("title")} />
      {rounds?.length ? (
        <ul className="cards">
          {rounds.map((round) => (
            <li key={round.id}>
              <Card entry={round} />
            </li>
          ))}
        </ul>
      ) : rounds ? (
        <Say icon={<IconMap2 size={48} aria-hidden />} title={t("rounds.none")} hint={t("rounds.none_hint")}>
          <Act onAct={phone.refresh}>{t("common.retry")}</Act>
        </Say>
      ) : listError ? (
        <Say icon={<IconCloudOff size={48} aria-hidden />} title={error(listError)} hint={t("rounds.offline")}>
          <Act onAct={phone.refresh}>{t("common.retry")}</Act>
        </Say>
      ) : (
        <div className="stack" role="status" aria-label={t("common.loading")}>
          <div className="skeleton" />
          <div className="skeleton" />
        </div>
      )}
      <p className="who quiet">{whoOf(kept)?.name}</p>
    </main>
  );
}

function Card({ entry }: { entry: RoundEntry }) {
  const { t, day } = useTexts();
  const { kept } = useCourier();
  // What this phone knows is newer than the list.
  const round = roundOf(kept, entry.id);
  const state = round?.state ?? entry.state;
  const stops = round ? stopsInOrder(round) : [];
  const all = round ? stops.length : entry.stops;
  const done = round ? stops.filter(wasLoaded).length - openStops(round).length : entry.stops_done;
  return (
    <a className="card" href={`#/round/${entry.id}`}>
      <span className="grow">
        <strong className="large">{day(entry.day)}</strong>
        <span className="block">{[entry.vehicle, t("rounds.from", { place: entry.location.name })].filter(Boolean).join(", ")}</span>
        <span className="block quiet">{`${t(`state.${state}`)} · ${t("rounds.stops", { done, all })}`}</span>
      </span>
      <IconChevronRight aria-hidden />
    </a>
  );
}
