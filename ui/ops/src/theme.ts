// Mantine dressed in the tokens of shared/tokens.css, so that the console and the shop are one product.
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

// Mantine wants ten shades per color; 6 is the accent of tokens.css in light mode, 4 in dark, 7 and 3 its text shades.
const vermilion: MantineColorsTuple = [
  "#ffece8", "#ffd3ca", "#ffb3a5", "#ff8a72", "#ff6b4f", "#e84a2f", "#d9381e", "#bc2e17", "#982512", "#741b0d",
];

export const theme = createTheme({
  colors: { vermilion },
  primaryColor: "vermilion",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  fontFamily: "var(--font-sans)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "var(--text-12)", sm: "var(--text-14)", md: "var(--text-16)", lg: "var(--text-20)", xl: "var(--text-28)" },
  spacing: { xs: "var(--space-2)", sm: "var(--space-3)", md: "var(--space-4)", lg: "var(--space-6)", xl: "var(--space-8)" },
  defaultRadius: "var(--radius)",
  respectReducedMotion: true,
  components: {
    // A dialog's head is no second banner of the page.
    Drawer: { defaultProps: { attributes: { header: { role: "none" } } } },
    Modal: { defaultProps: { attributes: { header: { role: "none" } } } },
  },
});

const tokenVariables = {
  "--mantine-color-body": "var(--color-ground)",
  "--mantine-color-text": "var(--color-text)",
  "--mantine-color-dimmed": "var(--color-text-quiet)",
  "--mantine-color-default": "var(--color-raised)",
  "--mantine-color-default-color": "var(--color-text)",
  "--mantine-color-default-border": "var(--color-line-strong)",
  "--mantine-color-placeholder": "var(--color-text-quiet)",
  "--mantine-color-error": "var(--color-danger-text)",
  "--mantine-color-anchor": "var(--color-accent-text)",
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: tokenVariables,
  dark: tokenVariables,
});
