// Entry of the storefront's islands. The pages work without it: an island only makes quicker what a form or a link
// already does. Elements say by `data-island` which one they want.
import { again } from "./again";
import { countdown } from "./countdown";
import { favourites } from "./favourites";
import { gallery } from "./gallery";
import { live } from "./live";
import { offline, seen } from "./offline";
import { once } from "./once";
import { passkey } from "./passkey";
import { photos } from "./photos";
import { push } from "./push";
import { recentlyViewed } from "./recent";
import { submitOnChange } from "./submit";
import { suggest } from "./suggest";
import { waiting } from "./waiting";

const islands: Record<string, (element: HTMLElement) => void> = {
  again,
  countdown,
  favourites: (element) => favourites(element as HTMLFormElement),
  gallery,
  live,
  offline,
  seen,
  once: (element) => once(element as HTMLFormElement),
  passkey: (element) => passkey(element as HTMLButtonElement),
  photos,
  push: (element) => void push(element),
  recent: recentlyViewed,
  "submit-on-change": (element) => submitOnChange(element as HTMLFormElement),
  suggest: (element) => suggest(element as HTMLFormElement),
  waiting,
};

for (const element of document.querySelectorAll<HTMLElement>("[data-island]")) {
  islands[element.dataset.island ?? ""]?.(element);
}

// After everything else: it is for the next page.
window.addEventListener("load", () => {
  void navigator.serviceWorker?.register("/sw.js").catch(() => undefined);
});
