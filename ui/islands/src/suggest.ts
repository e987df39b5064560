// Suggestions under a search field while typing. Texts go in as text, never as markup.

/** Pause after the last key before the server is asked, in milliseconds. */
const PAUSE_MS = 120;

interface Suggestion {
  title: string;
  href: string;
  image: string;
  price: string | null;
}

export function suggest(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=search]");
  if (!input) return;
  const list = document.createElement("div");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.hidden = true;
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  let selected = -1;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (open: boolean): void => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  };
  show(false);

  const ask = async (): Promise<void> => {
    const query = input.value.trim();
    const number = ++asked;
    if (query === "") return show(false);
    const answer = await fetch(`/search/suggest?q=${encodeURIComponent(query)}`).catch(() => null);
    // A slow answer to an older question must not replace a newer one.
    if (!answer?.ok || number !== asked) return;
    const found = (await answer.json()) as Suggestion[];
    selected = -1;
    list.replaceChildren(...found.map((one, at) => link(one, `${list.id}-${at}`)));
    show(found.length > 0);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll<HTMLAnchorElement>("a")];
    if (list.hidden || links.length === 0) return;
    if (event.key === "Escape") show(false);
    if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      links[selected]?.click();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    selected = (selected + step + links.length) % links.length;
    links.forEach((one, at) => one.setAttribute("aria-selected", String(at === selected)));
    input.setAttribute("aria-activedescendant", links[selected]?.id ?? "");
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget as Node | null)) show(false);
  });
}

function link(one: Suggestion, id: string): HTMLAnchorElement {
  const anchor = document.createElement("a");
  anchor.href = one.href;
  anchor.id = id;
  anchor.tabIndex = -1;
  anchor.setAttribute("role", "option");
  const picture = document.createElement("img");
  picture.src = one.image;
  picture.alt = "";
  picture.width = 40;
  picture.height = 40;
  const title = document.createElement("span");
  title.textContent = one.title;
  anchor.append(picture, title);
  if (one.price) {
    const price = document.createElement("span");
    price.className = "price";
    price.textContent = one.price;
    anchor.append(price);
  }
  return anchor;
}
