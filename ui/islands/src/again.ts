// A page that shows what changes soon is read again after so many seconds, when somebody looks at it: a phone in a pocket
// asks for nothing, and shows the present once it is taken out. Without a script the page says so to the browser.

export function again(element: HTMLElement): void {
  const seconds = Number(element.dataset.seconds);
  const to = element.dataset.to ?? window.location.href;
  if (!seconds) return;
  let isDue = false;
  const go = (): void => {
    if (isDue && document.visibilityState === "visible") window.location.replace(to);
  };
  window.setTimeout(() => {
    isDue = true;
    go();
  }, seconds * 1000);
  document.addEventListener("visibilitychange", go);
}
