// The big screen: opens the stream, and says what stands in its way.
import "@sesame/shared/tokens.css";
import "./screen.css";
import type { ScreenState, ScreenTick } from "@sesame/shared/api/types";
import outlines from "world-atlas/countries-50m.json?url";
import { chosenLanguage, textsOf } from "./i18n";
import { countriesOf, type Country } from "./land";
import { clock, element } from "./panels";
import { follow, type Trouble } from "./stream";
import { View } from "./view";

const search = new URLSearchParams(location.search);
const language = chosenLanguage(search);
const t = textsOf(language);
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
const root = document.getElementById("root")!;
const strip = element("div", "strip");
const stage = element("div", "stage");

document.documentElement.lang = language;
document.title = `${t("title")} · Sesame`;
strip.hidden = true;
strip.setAttribute("role", "status");
root.append(stage, strip);
say("loading");

let view: View | null = null;
let lastSeen: { at: number; zone: string } | null = null;

function say(what: "loading" | "refused" | "full" | "bad_day"): void {
  const more = what === "refused" ? [Object.assign(document.createElement("a"), { href: "/ops", textContent: t("refused_action") })] : [];
  stage.className = "stage is-empty";
  stage.replaceChildren(element("div", `say is-${what}`, element("p", "", t(what)), ...more));
  view = null;
}

async function land(): Promise<Country[]> {
  try {
    return countriesOf(await (await fetch(outlines)).json());
  } catch {
    // The figures are worth more than the map.
    return [];
  }
}

function onTrouble(trouble: Trouble): void {
  if (trouble !== "lost") return say(trouble);
  if (!view || !lastSeen) return;
  stage.classList.add("is-lost");
  strip.hidden = false;
  strip.textContent = t("lost", { time: clock(lastSeen.at, lastSeen.zone, language) });
}

const countries = await land();
const query = ["day", "speed"].flatMap((name) => (search.has(name) ? [[name, search.get(name)!]] : []));

void follow(query.length ? `?${new URLSearchParams(query)}` : "", location.hash.slice(1), {
  whole: (state: ScreenState) => {
    if (!view) {
      stage.className = "stage";
      view = new View(stage, { t, language }, countries, isStill);
    }
    lastSeen = { at: state.at, zone: state.time_zone };
    view.whole(state);
  },
  tick: (tick: ScreenTick) => {
    if (lastSeen) lastSeen.at = tick.at;
    stage.classList.remove("is-lost");
    strip.hidden = true;
    view?.tick(tick);
  },
  end: () => {
    strip.hidden = false;
    strip.textContent = t("replay_over");
  },
  trouble: onTrouble,
});

// A wall must not fall asleep; where that cannot be asked for, it may.
async function stayAwake(): Promise<void> {
  if (document.visibilityState !== "visible") return;
  await navigator.wakeLock?.request("screen").catch(() => undefined);
}
document.addEventListener("visibilitychange", () => void stayAwake());
void stayAwake();
