import "@sesame/shared/tokens.css";
import "./courier.css";
import "./screens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { begin } from "./data/courier";
import { TextsProvider } from "./i18n";
import { ErrorBoundary } from "./parts/crash";

void begin();
if ("serviceWorker" in navigator && import.meta.env.PROD) void navigator.serviceWorker.register("/courier/worker.js").catch(() => undefined);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <TextsProvider>
      <ErrorBoundary>
        <App />
      </ErrorBoundary>
    </TextsProvider>
  </StrictMode>,
);
