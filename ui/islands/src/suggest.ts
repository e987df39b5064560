// Suggestions under a search field while typing, as an ARIA combobox with a list. Without it the field is a form.
// Texts go in as text, never as markup.

/** Pause after the last key before the server is asked, in milliseconds. */
const PAUSE_MS = 120;
/** Answers that are kept, so that taking a letter back costs nothing. */
const KEPT_MAX = 50;

interface Suggestion {
  kind: "product" | "category";
  title: string;
  href: string;
  image: string;
  price?: string | null;
}

export function suggest(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=search]");
  if (!input) return;
  const list = document.createElement("div");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggestions ?? "");
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  const kept = new Map<string, Suggestion[]>();
  let selected = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  const options = (): HTMLAnchorElement[] => [...list.querySelectorAll<HTMLAnchorElement>("a")];
  const select = (at: number): void => {
    selected = at;
    options().forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    const chosen = options()[at];
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const show = (open: boolean): void => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) select(-1);
  };
  const fill = (found: Suggestion[]): void => {
    list.replaceChildren(...found.map((one, at) => link(one, `${list.id}-${at}`, form.dataset.category ?? "")));
    show(found.length > 0 && document.activeElement === input);
    select(-1);
  };
  show(false);

  const ask = async (): Promise<void> => {
    // A slow answer to an older question must not replace a newer one.
    asking?.abort();
    // Blanks at the end say that the word before is whole.
    const query = input.value.trimStart();
    if (query.trim() === "") return fill([]);
    const known = kept.get(query);
    if (known) return fill(known);
    const request = (asking = new AbortController());
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(query)}`, { signal: request.signal });
      if (!answer.ok) return;
      const found = (await answer.json()) as Suggestion[];
      if (request.signal.aborted) return;
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(query, found);
      fill(found);
    } catch {
      // What was typed stays; that there is no connection, the page says itself.
      if (!request.signal.aborted) show(false);
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE_MS);
  });
  input.addEventListener("focus", () => show(list.childElementCount > 0));
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    // While an input method composes, its keys are its own.
    if (list.hidden || count === 0 || event.isComposing) return;
    if (event.key === "Escape") {
      // The browser would empty the field.
      event.preventDefault();
      show(false);
    }
    if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      options()[selected]?.click();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    // One stop of the round is the field itself.
    const step = event.key === "ArrowDown" ? 1 : -1;
    select(((selected + 1 + step + count + 1) % (count + 1)) - 1);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget as Node | null)) show(false);
  });
  // A finger on a suggestion must not take the focus, and with it the list, away before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
}

function link(one: Suggestion, id: string, category: string): HTMLAnchorElement {
  const anchor = document.createElement("a");
  anchor.href = one.href;
  anchor.id = id;
  anchor.tabIndex = -1;
  anchor.setAttribute("role", "option");
  anchor.setAttribute("aria-selected", "false");
  const picture = document.createElement("img");
  picture.src = one.image;
  picture.alt = "";
  picture.width = 40;
  picture.height = 40;
  anchor.append(picture, part("title", one.title));
  if (one.kind === "category") anchor.append(part("kind", category));
  if (one.price) anchor.append(part("price", one.price));
  return anchor;
}

function part(name: string, text: string): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}
