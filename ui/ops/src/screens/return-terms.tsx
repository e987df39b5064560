// What the shop promises of returns; owners change it.
import { Button, Checkbox, NumberInput, Stack, Text } from "@mantine/core";
import type { ReturnTerms as Terms } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { read } from "../data/api";
import { useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

const DAYS_MAX = 3_650;

export function ReturnTerms({ isOwner }: { isOwner: boolean }) {
  const query = useQuery({ queryKey: ["returns", "terms"], queryFn: ({ signal }) => read<Terms>("/settings/returns", signal) });
  if (query.isPending) return <Loading rows={1} height={64} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return <Form terms={query.data} isOwner={isOwner} />;
}

function Form({ terms, isOwner }: { terms: Terms; isOwner: boolean }) {
  const { t } = useTexts();
  const [days, setDays] = useState<number | string>(terms.days);
  const [delivery, setDelivery] = useState(terms.delivery);
  const save = useWrite<Terms, Terms>((body) => ({ method: "PUT", path: "/settings/returns", body }));
  const isChanged = days !== terms.days || delivery !== terms.delivery;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ days: Number(days), delivery });
  };
  return (
    <form onSubmit={submit}>
      <Stack align="start">
        <NumberInput label={t("terms.days")} size="md" min={0} max={DAYS_MAX} clampBehavior="strict" allowDecimal={false} allowNegative={false} disabled={!isOwner} value={days} onChange={setDays} />
        <Checkbox label={t("terms.delivery")} size="md" disabled={!isOwner} checked={delivery} onChange={(e) => setDelivery(e.currentTarget.checked)} />
        <Refused error={save.error} />
        {isOwner && (
          <Button type="submit" variant="default" h={44} loading={save.isPending} disabled={!isChanged || days === ""}>
            {t("terms.save")}
          </Button>
        )}
        {save.isSuccess && !isChanged && (
          <Text size="sm" role="status">
            {t("terms.saved")}
          </Text>
        )}
      </Stack>
    </form>
  );
}
