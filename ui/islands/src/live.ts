// The order page, live: when the server says that the order changed, the part that shows its state is fetched anew.

export function live(element: HTMLElement): void {
  const { events, fragment } = element.dataset;
  if (!events || !fragment || !("EventSource" in window)) return;
  let seen = "";
  const source = new EventSource(events);
  source.addEventListener("order", (event) => {
    // The first event only says where the order is; the page shows that already.
    const version = (event as MessageEvent<string>).data;
    const changed = seen !== "" && seen !== version;
    const reconnected = element.dataset.lost === "yes";
    seen = version;
    delete element.dataset.lost;
    if (changed || reconnected) void replace(element, fragment);
  });
  source.addEventListener("error", () => {
    element.dataset.lost = "yes";
  });
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

async function replace(element: HTMLElement, fragment: string): Promise<void> {
  const answer = await fetch(fragment, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  // Our own server rendered and escaped it, like the page itself.
  element.innerHTML = await answer.text();
}
