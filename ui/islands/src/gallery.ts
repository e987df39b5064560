// Photos of a review, large over the page: a tap shows the picture's own pixels, another one the whole of it. Without the
// script each photo is a link to itself.

export function gallery(list: HTMLElement): void {
  const links = [...list.querySelectorAll("a")];
  links.forEach((link, at) => {
    link.addEventListener("click", (event) => {
      // With a key held a link opens as its reader wants it.
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(links, at, list.dataset);
    });
  });
}

function button(name: string, text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function open(links: HTMLAnchorElement[], first: number, words: DOMStringMap): void {
  const dialog = document.createElement("dialog");
  dialog.className = "gallery";
  const stage = document.createElement("div");
  stage.className = "stage";
  const picture = document.createElement("img");
  stage.append(picture);
  let at = first;
  const show = () => {
    const link = links[at];
    if (!link) return;
    picture.src = link.href;
    picture.alt = link.querySelector("img")?.alt ?? "";
    dialog.setAttribute("aria-label", picture.alt);
    dialog.removeAttribute("data-zoomed");
  };
  const step = (by: number) => {
    at = (at + by + links.length) % links.length;
    show();
  };
  picture.addEventListener("click", () => dialog.toggleAttribute("data-zoomed"));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  dialog.append(button("close", words.close ?? "", () => dialog.close()), stage);
  if (links.length > 1) dialog.append(button("next", words.next ?? "", () => step(1)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    links[first]?.focus();
  });
  document.body.append(dialog);
  show();
  dialog.showModal();
}
