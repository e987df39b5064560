// A button that makes or uses a passkey: the server says what to ask (WebAuthn's own JSON forms), the browser asks its
// person, and the answer goes back. Where the browser cannot, the button goes away.

interface Ceremony {
  state: string;
  options: unknown;
}

/** Whether this browser reads and writes WebAuthn's JSON forms by itself (all since March 2025). */
function able(): boolean {
  return (
    typeof PublicKeyCredential === "function" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

async function post(to: string, body: object): Promise<Response> {
  const response = await fetch(to, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${to}: ${response.status}`);
  return response;
}

/** What the browser's person answers. */
async function ask(options: unknown, makes: boolean): Promise<Credential | null> {
  if (makes) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as PublicKeyCredentialCreationOptionsJSON,
    );
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return navigator.credentials.get({ publicKey });
}

export function passkey(button: HTMLButtonElement): void {
  const { begin, finish, token, back, failed } = button.dataset;
  if (!able() || !begin || !finish) {
    button.hidden = true;
    return;
  }
  const said = document.createElement("p");
  said.className = "field-error";
  said.setAttribute("role", "alert");
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.remove();
    try {
      const ceremony = (await (await post(begin, { token })).json()) as Ceremony;
      const credential = await ask(ceremony.options, finish.endsWith("/keep"));
      const answer = { token, back, state: ceremony.state, credential };
      const done = (await (await post(finish, answer)).json()) as { to: string };
      location.assign(done.to);
    } catch {
      // Given up by the person, or refused by the server: nothing was changed in either case.
      said.textContent = failed ?? "";
      button.after(said);
      button.disabled = false;
    }
  });
}
