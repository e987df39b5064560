// What a scan's answer means to who holds the parcel: how loud, under which sign, and where to.
import { whereTo, type DirectionKind } from "@sesame/shared/hubs";
import type { Entry } from "./log";

/** `fine`: do as it says. `attention`: it goes another way. `wrong`: it goes nowhere from here. */
export type Tone = "fine" | "attention" | "wrong" | "waiting";

export type Sign = DirectionKind | "damaged" | "foreign" | "stranger" | "refused" | "waiting";

export type Verdict = { tone: Tone; sign: Sign; /** Where to, in letters to be read from afar; empty where the sign says it all. */ to: string };

const TONES: Record<Sign, Tone> = {
  line: "fine",
  tour: "fine",
  round: "fine",
  carrier: "fine",
  back: "attention",
  held: "attention",
  damaged: "attention",
  foreign: "attention",
  done: "wrong",
  unknown: "wrong",
  stranger: "wrong",
  refused: "wrong",
  waiting: "waiting",
};

/** Signs that name a place, a person or a carrier. */
const NAMED: readonly Sign[] = ["line", "tour", "round", "carrier", "back", "foreign"];

export function verdictOf(entry: Entry): Verdict {
  const sign = signOf(entry);
  return { tone: TONES[sign], sign, to: NAMED.includes(sign) ? whereTo(entry.parcel!) : "" };
}

export const toneOf = (entry: Entry): Tone => TONES[signOf(entry)];

/** Whether it has to be looked at, and who scanned it did not say so themselves. */
export const isBadNews = (entry: Entry): boolean => toneOf(entry) !== "fine" && signOf(entry) !== "damaged";

function signOf({ state, code, scan, parcel }: Entry): Sign {
  if (state === "waiting") return "waiting";
  if (state === "refused") {
    // Its carrier is another one: it is not the shop's own to take in.
    if (code === "carrier_declines" && parcel) return "foreign";
    return code === "not_found" ? "stranger" : "refused";
  }
  if (!parcel) return "refused";
  return scan.what === "damaged" ? "damaged" : parcel.direction.kind;
}
