// A form that is sent once: a second press while the first is under way does nothing. The server would answer both
// with the same order; this only spares the wait.

/** How long a press blocks the next one, in milliseconds; a page kept in the history must become usable again. */
const BUSY_MS = 8_000;

export function once(form: HTMLFormElement): void {
  let busyUntil = 0;
  form.addEventListener("submit", (event) => {
    // Another island may hold the form back.
    if (event.defaultPrevented) return;
    if (Date.now() < busyUntil) {
      event.preventDefault();
      return;
    }
    busyUntil = Date.now() + BUSY_MS;
    event.submitter?.setAttribute("data-busy", "");
  });
  // Back from the next page: the form may be sent again.
  window.addEventListener("pageshow", () => {
    busyUntil = 0;
    for (const button of document.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
  });
}
