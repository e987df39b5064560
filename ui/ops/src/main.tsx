import "@mantine/core/styles.css";
import "@sesame/shared/tokens.css";
import { MantineProvider, Title } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { cssVariablesResolver, theme } from "./theme";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <Title p="md">Sesame</Title>
    </MantineProvider>
  </StrictMode>,
);
