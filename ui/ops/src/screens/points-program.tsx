// What members' points are worth, with an example that follows what is typed; owners change it.
import { Button, Checkbox, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import type { PointsProgram } from "@sesame/shared/api/types";
import { type FormEvent, useState } from "react";
import { example, programOf, typedOf, useProgram, useSaveProgram, type Field, type Typed } from "../data/points";
import { useTexts } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

type Props = { currencies: string[]; isOwner: boolean };

export function PointsProgramForm(props: Props) {
  const query = useProgram();
  const save = useSaveProgram();
  if (query.isPending) return <Loading rows={4} height={64} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  // What was saved, here or by somebody else, begins the form anew.
  return <Form key={query.data.version} program={query.data} save={save} {...props} />;
}

function Form({ program, save, currencies, isOwner }: Props & { program: PointsProgram; save: ReturnType<typeof useSaveProgram> }) {
  const { t } = useTexts();
  const [typed, setTyped] = useState(() => typedOf(program));
  const read = programOf(typed, program.version);
  const wrong = new Set(read.wrong);
  const refused = save.error?.code === "field_invalid" ? String(save.error.details.field) : null;
  const isChanged = JSON.stringify(typed) !== JSON.stringify(typedOf(program));
  const set = (change: Partial<Typed>) => {
    save.reset();
    setTyped({ ...typed, ...change });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (read.change) save.mutate(read.change);
  };
  const field = (name: Exclude<Field, "currency" | "title">, label: string) => (
    <TextInput
      size="md"
      label={label}
      description={t(`points.${name}_hint`)}
      inputMode="decimal"
      autoComplete="off"
      disabled={!isOwner}
      value={typed[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      error={wrong.has(name) || refused === name ? t(`points.${name}_wrong`) : null}
    />
  );
  const { currency } = typed;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text c="dimmed">{t(program.version === 0 ? "points.hint_new" : "points.hint")}</Text>
        <Checkbox size="md" label={t("points.active")} description={t("points.active_hint")} disabled={!isOwner} checked={typed.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {field("spend_per_point", t("points.spend_per_point", { currency }))}
          {field("worth", t("points.worth", { currency }))}
          {field("share_max_ppm", t("points.share_max_ppm"))}
          {field("points_min", t("points.points_min"))}
          {field("expires_after_days", t("points.expires_after_days"))}
          <NativeSelect size="md" label={t("points.currency")} description={t("points.currency_hint")} disabled={!isOwner} value={currency} data={currencies} onChange={(event) => set({ currency: event.currentTarget.value })} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {(["en", "de", "zh"] as const).map((language) => (
            <TextInput key={language} size="md" label={t(`points.title_${language}`)} maxLength={100} disabled={!isOwner} value={typed.title[language]} onChange={(event) => set({ title: { ...typed.title, [language]: event.currentTarget.value } })} error={language === "en" && (wrong.has("title") || refused === "title") ? t("points.title_wrong") : null} />
          ))}
        </SimpleGrid>
        <Worked read={read} />
        {!refused && <Refused error={save.error} />}
        {isOwner && (
          <Button type="submit" h={44} style={{ alignSelf: "start" }} loading={save.isPending} disabled={!isChanged || !read.change}>
            {t("points.save")}
          </Button>
        )}
        {save.isSuccess && (
          <Text size="sm" role="status">
            {t("points.saved")}
          </Text>
        )}
      </Stack>
    </form>
  );
}

/** What the numbers come to, of one order; nothing while they cannot be read. */
function Worked({ read }: { read: ReturnType<typeof programOf> }) {
  const { t, money, number } = useTexts();
  if (!read.change) return <Text role="status">{t("points.example_none")}</Text>;
  const { order, earns, earnsWorth, most, mostWorth } = example(read.change);
  return (
    <Text role="status" className="figures">
      {t("points.example", { order: money(order), earns: number(earns), worth: money(earnsWorth) })} {t("points.example_spend", { most: number(most), worth: money(mostWorth) })}
    </Text>
  );
}
