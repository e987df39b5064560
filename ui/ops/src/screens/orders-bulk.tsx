// One step for many orders: says to how many it applies before, and how many it was done for after.
import { Button, Group, Paper, Text } from "@mantine/core";
import type { OrderSummary } from "@sesame/shared/api/types";
import { IconHandGrab, IconPackage, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useStep } from "../data/queries";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

/** The parcels of these orders that a bulk step applies to. */
export function parcelsFor(step: "pick" | "pack", orders: OrderSummary[]): string[] {
  const states = step === "pick" ? ["open"] : ["open", "picking"];
  return orders.flatMap((order) => order.fulfillments.filter(({ state }) => states.includes(state)).map(({ id }) => id));
}

export function BulkBar({ orders, onDone }: { orders: OrderSummary[]; onDone: () => void }) {
  const { t } = useTexts();
  const step = useStep();
  const [progress, setProgress] = useState<{ done: number; of: number; error?: unknown }>();
  const run = async (name: "pick" | "pack") => {
    const parcels = parcelsFor(name, orders);
    let done = 0;
    for (const fulfillment of parcels) {
      setProgress({ done, of: parcels.length });
      try {
        await step.mutateAsync({ fulfillment, step: name });
        done += 1;
      } catch (error) {
        setProgress({ done, of: parcels.length, error });
        return;
      }
    }
    setProgress(undefined);
    onDone();
  };
  const isRunning = progress !== undefined && progress.error === undefined;
  const [toPick, toPack] = [parcelsFor("pick", orders).length, parcelsFor("pack", orders).length];
  return (
    <Paper withBorder p="sm" bg="var(--color-raised)" role="region" aria-label={t("bulk.label")}>
      <Group>
        <Text fw={600}>{isRunning ? t("bulk.progress", { done: progress.done, of: progress.of }) : t("bulk.chosen", { count: orders.length })}</Text>
        <Button loading={isRunning} disabled={toPick === 0} leftSection={<IconHandGrab size={18} aria-hidden />} onClick={() => void run("pick")}>
          {t("bulk.pick", { count: toPick })}
        </Button>
        <Button loading={isRunning} disabled={toPack === 0} variant="default" leftSection={<IconPackage size={18} aria-hidden />} onClick={() => void run("pack")}>
          {t("bulk.pack", { count: toPack })}
        </Button>
        <Button variant="subtle" color="gray" c="var(--color-text)" leftSection={<IconX size={18} aria-hidden />} onClick={onDone}>
          {t("bulk.clear")}
        </Button>
      </Group>
      {progress?.error !== undefined && (
        <Group mt="sm">
          <Text>{t("bulk.stopped", { done: progress.done, of: progress.of })}</Text>
          <Refused error={progress.error} />
        </Group>
      )}
    </Paper>
  );
}
