// Begins an app: its memory, its worker, its first screen.
import { StrictMode, type ComponentType, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { PhoneProvider, type AnyPhone } from "./context";
import { ErrorBoundary } from "./crash";

/** `page` is the app's address, with the slash that its worker's scope ends in. */
export function start(phone: AnyPhone & { begin(): Promise<void> }, page: string, Texts: ComponentType<{ children: ReactNode }>, app: ReactNode): void {
  void phone.begin();
  if ("serviceWorker" in navigator && import.meta.env.PROD) void navigator.serviceWorker.register(`${page}worker.js`).catch(() => undefined);
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <Texts>
        <ErrorBoundary page={page}>
          <PhoneProvider phone={phone}>{app}</PhoneProvider>
        </ErrorBoundary>
      </Texts>
    </StrictMode>,
  );
}
