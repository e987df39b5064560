// What all runs look like: a button with a dialog behind it, and in the dialog a bar that can be stopped and goes on.
import { Button, Modal, Progress, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ApiError } from "../data/api";
import { settled, type Run, type useRun } from "../data/runs";
import { useTexts } from "../i18n";
import { Problem, Refused } from "./errors";

type Running<Kind extends Run> = ReturnType<typeof useRun<Kind>>;

type DialogProps<Kind extends Run> = { course: Running<Kind>; icon: Icon; label: string; title: string; isOpen: boolean; open: () => void; close: () => void; children: ReactNode };

/** While its dialog is closed, the button says how far the run is. */
export function RunDialog<Kind extends Run>({ course: { run, isRunning }, icon: Shape, label, title, isOpen, open, close, children }: DialogProps<Kind>) {
  const { t } = useTexts();
  return (
    <>
      <Button variant="default" h={44} leftSection={<Shape size={18} aria-hidden />} onClick={open}>
        {run && isRunning ? t("bulk.progress", { done: settled(run), of: run.total }) : label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
        {children}
      </Modal>
    </>
  );
}

type CourseProps<Kind extends Run> = { course: Running<Kind>; run: Kind; title: string; goOn: (count: number) => string; others: string; children: ReactNode };

/** How far it is, why it stands still, and below it what came of it. */
export function Course<Kind extends Run>({ course: { isRunning, isStopping, go, stop, forget }, run, title, goOn, others, children }: CourseProps<Kind>) {
  const { t } = useTexts();
  const done = settled(run);
  return (
    <Stack>
      <div>
        <Text fw={600} role="status">
          {t("bulk.progress", { done, of: run.total })}
        </Text>
        <Progress mt="xs" size="lg" value={(100 * done) / run.total} aria-label={title} />
      </div>
      {run.error !== null && <StandsStill error={run.error} />}
      {isRunning ? (
        <Button size="lg" variant="default" fullWidth loading={isStopping} leftSection={<IconPlayerPause size={22} aria-hidden />} onClick={stop}>
          {t("bulk.stop")}
        </Button>
      ) : (
        run.batches.length > 0 && (
          <Button size="lg" fullWidth leftSection={<IconPlayerPlay size={22} aria-hidden />} onClick={() => void go(run)}>
            {goOn(run.total - done)}
          </Button>
        )
      )}
      {children}
      {!isRunning && (
        <Button variant="subtle" color="gray" c="var(--color-text)" h={44} onClick={forget}>
          {others}
        </Button>
      )}
    </Stack>
  );
}

/** Without an answer nobody knows whether the batch was done. */
function StandsStill({ error }: { error: unknown }) {
  const { t } = useTexts();
  const isUnclear = error instanceof ApiError && (error.code === "offline" || error.code === "timed_out");
  return isUnclear ? <Problem>{t("bulk.unclear")}</Problem> : <Refused error={error} />;
}
