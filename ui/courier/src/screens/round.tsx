// One round: which of its screens it is time for.
import { Act, Head, Notice, Say } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";
import { openStops } from "@sesame/shared/rounds";
import { IconCloudOff, IconList, IconMap2, IconNavigation } from "@tabler/icons-react";
import { listOf, phone, roundOf } from "../data/courier";
import type { Round } from "../data/wire";
import { useTexts } from "../i18n";
import { useCourier } from "../parts/state";
import { Undo } from "../parts/undo";
import { Closing } from "./closing";
import { List } from "./list";
import { Loading } from "./loading";
import { MapScreen } from "./map";
import { Next } from "./next";
import { StopScreen } from "./stop";
import { Summary } from "./summary";

export function RoundScreen({ id, part, number }: { id: string; part: string; number: number }) {
  const { t } = useTexts();
  const { kept } = useCourier();
  const round = roundOf(kept, id);
  if (!round) {
    return (
      <main className="screen">
        <Head title={t("title")} back={() => go()} />
        <Say icon={<IconCloudOff size={48} aria-hidden />} title={t("rounds.not_kept")} hint={t("rounds.offline")}>
          <Act onAct={phone.refresh}>{t("common.retry")}</Act>
        </Say>
      </main>
    );
  }
  const isGone = round.state !== "closed" && listOf(kept)?.every((entry) => entry.id !== id) === true;
  return (
    <main className="screen">
      {part === "stop" ? <StopScreen round={round} number={number} /> : <Stage round={round} part={part} isGone={isGone} />}
      {round.state === "underway" && part !== "stop" && part !== "close" && <Tabs round={round} part={part} />}
    </main>
  );
}

function Stage({ round, part, isGone }: { round: Round; part: string; isGone: boolean }) {
  const { t, day } = useTexts();
  const isUnderway = round.state === "underway";
  const isClosing = isUnderway && (part === "close" || (part === "" && openStops(round).length === 0));
  const title = isUnderway ? t("list.open", { count: openStops(round).length }) : round.state === "closed" ? t("summary.title") : day(round.day);
  return (
    <>
      <Head title={title} undo={<Undo round={round.id} />} back={() => (part === "close" ? go("round", round.id, "list") : go())} />
      {isGone && <Notice tone="warning">{t("rounds.gone")}</Notice>}
      {round.state === "closed" ? <Summary round={round} />
      : !isUnderway ? <Loading round={round} />
      : part === "list" ? <List round={round} />
      : part === "map" ? <MapScreen round={round} />
      : isClosing ? <Closing round={round} />
      : <Next round={round} />}
    </>
  );
}

function Tabs({ round, part }: { round: Round; part: string }) {
  const { t } = useTexts();
  const tabs = [
    { part: "", Icon: IconNavigation, text: t("tab.next") },
    { part: "list", Icon: IconList, text: t("tab.list") },
    { part: "map", Icon: IconMap2, text: t("tab.map") },
  ];
  return (
    <nav className="tabs">
      {tabs.map(({ part: to, Icon, text }) => (
        <a key={to} href={`#/round/${round.id}/${to}`} aria-current={part === to ? "page" : undefined}>
          <Icon aria-hidden />
          {text}
        </a>
      ))}
    </nav>
  );
}
