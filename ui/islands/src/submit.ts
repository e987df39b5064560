// A form that is sent by its choice: its button, which is there for those without a script, steps aside.

export function submitOnChange(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (button) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
