// The waiting room: looks now and then how the place stands, and goes on when it is reached. Without it the page loads
// itself again.

type Place = { state: "open" } | { state: "waiting"; line: string; time: string; next_seconds: number };

// How soon to try again when the answer did not come.
const LOST_S = 10;

export function waiting(page: HTMLElement): void {
  const { status, to, seconds } = page.dataset;
  if (!status || !to) return;
  const write = (mark: string, text: string): void => {
    const element = page.querySelector(`[${mark}]`);
    if (element && element.textContent !== text) element.textContent = text;
  };
  let timer = 0;
  const look = async (): Promise<void> => {
    window.clearTimeout(timer);
    const answer = await fetch(status, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    const place = answer?.ok ? ((await answer.json().catch(() => null)) as Place | null) : null;
    if (place?.state === "open") {
      window.location.replace(to);
      return;
    }
    if (place) {
      write("data-line", place.line);
      write("data-time", place.time);
    }
    after(place ? place.next_seconds : LOST_S);
  };
  const after = (s: number): void => {
    timer = window.setTimeout(() => void look(), s * 1000);
  };
  // A phone that slept shows an old place: it looks at once.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
  after(Number(seconds) || LOST_S);
}
