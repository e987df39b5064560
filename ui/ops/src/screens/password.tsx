// Changing one's own password.
import { Button, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

export function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTexts();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useWrite<{ current: string; new: string }, unknown>((body) => ({ method: "POST", path: "/me/password", body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ current, new: next }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput label={t("password.current")} autoComplete="current-password" required value={current} onChange={(e) => setCurrent(e.currentTarget.value)} />
        <PasswordInput label={t("password.new")} description={t("password.rule")} autoComplete="new-password" required minLength={10} value={next} onChange={(e) => setNext(e.currentTarget.value)} />
        <Refused error={change.error} />
        <Button type="submit" size="md" loading={change.isPending}>
          {t("password.save")}
        </Button>
      </Stack>
    </form>
  );
}
