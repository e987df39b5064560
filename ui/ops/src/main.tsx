import "@mantine/core/styles.css";
import "@sesame/shared/tokens.css";
import "./app.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { ApiError } from "./data/api";
import { TextsProvider } from "./i18n";
import { ErrorBoundary } from "./parts/errors";
import { cssVariablesResolver, theme } from "./theme";

const client: QueryClient = new QueryClient({
  // A session that ended meanwhile leads to the way in, whichever screen notices it.
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: ["session"] });
    },
  }),
  defaultOptions: {
    queries: {
      // What was refused will be refused again; what did not arrive may arrive.
      retry: (count, error) => count < 2 && error instanceof ApiError && error.isPassing,
      staleTime: 5_000,
      // Requests go out also when the browser believes to be offline: the server may be in the same room.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <TextsProvider>
        <QueryClientProvider client={client}>
          <ErrorBoundary>
            <App />
          </ErrorBoundary>
        </QueryClientProvider>
      </TextsProvider>
    </MantineProvider>
  </StrictMode>,
);
