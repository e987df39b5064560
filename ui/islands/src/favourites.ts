// The hearts of a page, without loading it anew: what a tap came to is said in a line. When it cannot be said so, the
// form is sent as it would be without a script.

/** How long the line stays, in milliseconds. */
const SAID_MS = 4_000;

interface Told {
  done: boolean;
  kept: boolean;
  text: string;
}

export function favourites(form: HTMLFormElement): void {
  const line = form.querySelector<HTMLElement>(".toast");
  let quiet = 0;
  const say = (text: string): void => {
    if (!line) return;
    line.textContent = text;
    window.clearTimeout(quiet);
    quiet = window.setTimeout(() => {
      line.textContent = "";
    }, SAID_MS);
  };

  const tap = async (heart: HTMLButtonElement, body: URLSearchParams): Promise<void> => {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = (await answer.json()) as Told;
    if (told.done) show(heart.value, told.kept);
    say(told.text);
  };

  form.addEventListener("submit", (event) => {
    const heart = (event as SubmitEvent).submitter;
    if (event.defaultPrevented || !(heart instanceof HTMLButtonElement)) return;
    event.preventDefault();
    if (heart.disabled) return;
    // A button that is disabled says nothing of itself in its form: that is read before.
    const pairs = [...new FormData(form, heart)].map(([name, value]) => [name, String(value)]);
    heart.disabled = true;
    tap(heart, new URLSearchParams(pairs))
      .catch(() => say(line?.dataset.failed ?? ""))
      .finally(() => {
        heart.disabled = false;
        heart.focus({ preventScroll: true });
      });
  });
}

/** The same article may be on a page twice. */
function show(value: string, kept: boolean): void {
  for (const heart of document.querySelectorAll<HTMLButtonElement>("button.heart")) {
    if (heart.value !== value) continue;
    heart.setAttribute("aria-pressed", String(kept));
    heart.name = kept ? "remove" : "add";
  }
}
