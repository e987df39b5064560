// A form that is sent by its choice. Its button is there for those without a script alone.

export function submitOnChange(form: HTMLFormElement): void {
  form.addEventListener("change", () => form.requestSubmit());
}
