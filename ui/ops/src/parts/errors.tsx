// How the console says that something went wrong, and what can be done about it.
import { Alert, Button, Center, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconMoodEmpty } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { ApiError } from "../data/api";
import { useTexts } from "../i18n";

/** What went wrong, said where it was asked for. */
export function Problem({ children }: { children: ReactNode }) {
  return (
    <Alert role="alert" color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />} styles={{ message: { color: "var(--color-text)" } }}>
      {children}
    </Alert>
  );
}

/** A refused action. */
export function Refused({ error }: { error: unknown }) {
  const { error: text } = useTexts();
  return error ? <Problem>{text(error)}</Problem> : null;
}

/** A screen or list that could not be loaded. */
export function NotLoaded({ error, retry }: { error: unknown; retry: () => void }) {
  const { t, error: text } = useTexts();
  const isOffline = error instanceof ApiError && error.code === "offline";
  const Icon = isOffline ? IconCloudOff : IconAlertTriangle;
  return (
    <Center py="xl">
      <Stack align="center" gap="sm" maw={480} role="alert">
        <Icon size={40} stroke={1.5} aria-hidden color="var(--color-text-quiet)" />
        <Text ta="center">{text(error)}</Text>
        <Button variant="default" onClick={retry}>
          {t("common.retry")}
        </Button>
      </Stack>
    </Center>
  );
}

/** A list with nothing in it. */
export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <Center py="xl">
      <Stack align="center" gap="xs" maw={480}>
        <IconMoodEmpty size={40} stroke={1.5} aria-hidden color="var(--color-text-quiet)" />
        <Text fw={600} ta="center">
          {title}
        </Text>
        {hint && (
          <Text c="dimmed" ta="center">
            {hint}
          </Text>
        )}
        {children}
      </Stack>
    </Center>
  );
}

/** The shape of a list that is being loaded. */
export function Loading({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  const { t } = useTexts();
  return (
    <Stack gap="xs" role="status" aria-label={t("common.loading")}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} />
      ))}
    </Stack>
  );
}

function Broken() {
  const { t } = useTexts();
  return (
    <Center mih="100vh" p="md">
      <Stack align="center" role="alert">
        <Title order={2}>{t("broken.title")}</Title>
        <Text c="dimmed">{t("broken.hint")}</Text>
        <Group>
          <Button onClick={() => window.location.reload()}>{t("broken.reload")}</Button>
        </Group>
      </Stack>
    </Center>
  );
}

/** A mistake in a screen is said, not shown as an empty page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? <Broken /> : this.props.children;
  }
}
