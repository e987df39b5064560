// While the device has no connection a line says so, and links and forms stay where they are: the browser's own error
// page would take the place of what was typed.

export function offline(line: HTMLElement): void {
  const show = (): void => {
    line.hidden = navigator.onLine;
  };
  const stay = (event: Event): void => {
    const leads = event.type === "submit" || (event.target instanceof Element && event.target.closest("a[href]:not([href^='#'])") !== null);
    if (!navigator.onLine && leads) event.preventDefault();
    show();
  };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  // Before the other islands, which would begin to wait for an answer.
  document.addEventListener("submit", stay, { capture: true });
  document.addEventListener("click", stay, { capture: true });
  show();
}
