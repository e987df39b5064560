// Digits that roll. The text is there for programs and readers at once and whole; the rolling is for the eye.

const DIGITS = "0123456789";
/** A digit rolls when it stood still for so long. */
const ROLL_AFTER_MS = 1_500;

/** A figure whose digits roll to their places. */
export class Counter {
  private shape = "";
  private columns: ({ element: HTMLElement; changed: number } | null)[] = [];

  constructor(private readonly element: HTMLElement) {
    element.classList.add("counter");
  }

  show(text: string): void {
    if (this.element.dataset.value === text) return;
    this.element.dataset.value = text;
    this.element.setAttribute("aria-label", text);
    const shape = [...text].map((sign) => (DIGITS.includes(sign) ? "0" : sign)).join("");
    if (shape !== this.shape) this.build(shape);
    const now = performance.now();
    [...text].forEach((sign, at) => {
      const column = this.columns[at];
      if (!column || column.element.style.getPropertyValue("--digit") === sign) return;
      // A digit that changes all the time does not roll: it would never be seen where it belongs.
      column.element.classList.toggle("is-fast", now - column.changed < ROLL_AFTER_MS);
      column.element.style.setProperty("--digit", sign);
      column.changed = now;
    });
  }

  /** One column of digits for each place, as few changes as possible when the figure grows by one. */
  private build(shape: string): void {
    this.shape = shape;
    this.element.style.setProperty("--signs", String([...shape].length));
    this.columns = [];
    const places = [...shape].map((sign) => {
      const place = document.createElement("span");
      place.setAttribute("aria-hidden", "true");
      if (sign !== "0") {
        place.className = "sign";
        place.textContent = sign;
        this.columns.push(null);
        return place;
      }
      place.className = "digit";
      const column = document.createElement("span");
      column.append(...[...DIGITS].map((digit) => Object.assign(document.createElement("span"), { textContent: digit })));
      place.append(column);
      this.columns.push({ element: column, changed: 0 });
      return place;
    });
    this.element.replaceChildren(...places);
  }
}
