// Messages on this device (web push): offers them where the browser can, asks its person on the tap alone, and says
// what became of it. Turning them off is a form of the page, which works without this.

/** What the offer looks like. */
export type State = "offered" | "on" | "denied" | "install" | "unable";

export interface Known {
  /** Whether the browser has all that messages need. */
  can: boolean;
  /** Whether this is a page of iOS in a tab: there, the shop has to be on the home screen first. */
  isAppleTab: boolean;
  permission: NotificationPermission;
  /** Whether the shop sends messages to this device. */
  isKept: boolean;
  /** Whether the browser takes them. */
  isSubscribed: boolean;
}

export function stateOf({ can, isAppleTab, permission, isKept, isSubscribed }: Known): State {
  if (!can) return isAppleTab ? "install" : "unable";
  if (permission === "denied") return "denied";
  // What the shop sends and the browser does not take comes to nobody: it is offered anew.
  return isKept && isSubscribed ? "on" : "offered";
}

/** What turning messages on needs of the browser and the shop. */
export interface Way {
  askPermission(): Promise<NotificationPermission>;
  subscription(): Promise<PushSubscription | null>;
  subscribe(): Promise<PushSubscription>;
  /** Tells the shop; gives where to go on. */
  keep(subscription: PushSubscriptionJSON): Promise<string>;
}

/** Turns messages on; gives where to go on, or why not. */
export async function turnOn(way: Way): Promise<{ to: string } | "denied" | "failed"> {
  const permission = await way.askPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "failed";
  // What is there from before may be somebody else's who was signed in here: it ends, and theirs with it.
  await (await way.subscription())?.unsubscribe();
  const made = await way.subscribe();
  try {
    return { to: await way.keep(made.toJSON()) };
  } catch (error) {
    await made.unsubscribe().catch(() => false);
    throw error;
  }
}

/** A key in base64url as bytes: not every browser reads it as text. */
export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function can(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function registration(): Promise<ServiceWorkerRegistration> {
  // The same as every page's; where it cannot be registered, `ready` would be waited for in vain.
  await navigator.serviceWorker.register("/sw.js");
  return navigator.serviceWorker.ready;
}

function wayOf(key: string, token: string): Way {
  return {
    askPermission: () => Notification.requestPermission(),
    subscription: async () => (await registration()).pushManager.getSubscription(),
    subscribe: async () => (await registration()).pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }),
    keep: async (subscription) => {
      const body = JSON.stringify({ token, subscription });
      const answer = await fetch("/account/devices/keep", { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!answer.ok) throw new Error(String(answer.status));
      return ((await answer.json()) as { to: string }).to;
    },
  };
}

export async function push(box: HTMLElement): Promise<void> {
  const { key, token } = box.dataset;
  const states = box.querySelector<HTMLElement>(".push-states");
  const button = box.querySelector<HTMLButtonElement>(".push-on");
  const said = box.querySelector<HTMLElement>(".push-said");
  if (!key || !token || !states || !button || !said) return;
  const way = wayOf(key, token);
  const show = (state: State): void => {
    states.dataset.state = state;
  };
  const isKept = states.dataset.state === "on";
  const isSubscribed = can() && isKept && (await way.subscription().catch(() => null)) !== null;
  const isAppleTab = (navigator as { standalone?: boolean }).standalone === false;
  show(stateOf({ can: can(), isAppleTab, permission: can() ? Notification.permission : "default", isKept, isSubscribed }));
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    const done = await turnOn(way).catch(() => "failed" as const);
    if (typeof done === "object") {
      location.assign(done.to);
      return;
    }
    button.disabled = false;
    if (done === "denied") show("denied");
    else said.textContent = said.dataset.failed ?? "";
  });
}
