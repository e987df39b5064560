// Counts down to a moment by the server's clock: a phone whose clock is wrong shows the same as everybody's. The page
// says when it was made; how long ago that is, is measured without the wall clock. At the end the page is read anew,
// each phone a little later than the moment, so that not all ask in the same second.

const SECOND = 1000;
// The page is read anew within so long after the moment.
const SPREAD_MS = 3000;

export function parts(leftMs: number): { days: number; clock: string } {
  const seconds = Math.max(0, Math.ceil(leftMs / SECOND));
  const two = (n: number): string => String(n).padStart(2, "0");
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return { days: Math.floor(seconds / 86_400), clock };
}

export function countdown(element: HTMLElement): void {
  const at = Number(element.dataset.at);
  const now = Number(element.dataset.now);
  if (!at || !now) return;
  const made = performance.now();
  element.title = element.textContent ?? "";
  element.setAttribute("role", "timer");
  const tick = (): void => {
    const left = at - now - (performance.now() - made);
    const { days, clock } = parts(left);
    element.textContent = days > 0 ? `${days} ${element.dataset.days ?? ""} ${clock}` : clock;
    if (left <= 0) {
      window.setTimeout(() => window.location.reload(), Math.random() * SPREAD_MS);
      return;
    }
    window.setTimeout(tick, left % SECOND || SECOND);
  };
  tick();
}
