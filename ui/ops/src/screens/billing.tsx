// What invoices say of each seller: shown to all, changed by owners.
import { Button, Group, Modal, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { BillingBody, SellerBilling, Settings } from "@sesame/shared/api/types";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Mark } from "../parts/bits";
import { Refused } from "../parts/errors";

type Seller = Settings["sellers"][number];

export function Billings({ sellers, isOwner }: { sellers: Seller[]; isOwner: boolean }) {
  const { t } = useTexts();
  return (
    <Stack gap="md">
      <Text c="dimmed">{t("billing.hint")}</Text>
      {sellers.map((seller) => (
        <One key={seller.id} seller={seller} isOwner={isOwner} />
      ))}
    </Stack>
  );
}

function One({ seller, isOwner }: { seller: Seller; isOwner: boolean }) {
  const { t, moment, country } = useTexts();
  const [isOpen, form] = useDisclosure(false);
  const says = seller.billing?.says;
  const city = says && `${says.postal_code ?? ""} ${says.city ?? ""}`;
  const lines = says ? [says.name, says.street, says.street_2, city, says.region, says.country && country(says.country), says.tax_id, ...(says.lines ?? [])] : [];
  return (
    <Group justify="space-between" align="start" className="article-row">
      <div style={{ flex: "1 1 280px", minWidth: 0 }}>
        <Text fw={600}>{seller.name}</Text>
        {seller.billing ? (
          <>
            {lines.map((line, index) => line?.trim() && <div key={index} className="wrap">{line.trim()}</div>)}
            <Text size="sm" c="dimmed">
              {t("billing.since", { time: moment(seller.billing.since) })}
            </Text>
          </>
        ) : (
          <Mark tone="warning" icon={IconAlertTriangle}>
            {t("billing.missing")}
          </Mark>
        )}
      </div>
      {isOwner && (
        <Button variant="default" h={44} onClick={form.open} aria-label={`${seller.name}: ${t("billing.change")}`}>
          {t("billing.change")}
        </Button>
      )}
      <Modal opened={isOpen} onClose={form.close} size="lg" title={seller.name} closeButtonProps={{ "aria-label": t("common.close") }}>
        <BillingForm seller={seller} onDone={form.close} />
      </Modal>
    </Group>
  );
}

const EMPTY: BillingBody = { name: "", street: "", street_2: "", postal_code: "", city: "", region: "", country: "", tax_id: "", lines: [] };
const FIELDS = ["name", "street", "street_2", "postal_code", "city", "region", "country", "tax_id"] as const;

function BillingForm({ seller, onDone }: { seller: Seller; onDone: () => void }) {
  const { t } = useTexts();
  const [says, setSays] = useState<BillingBody>(seller.billing?.says ?? { ...EMPTY, name: seller.name });
  const [lines, setLines] = useState(says.lines?.join("\n") ?? "");
  const save = useWrite<BillingBody, SellerBilling>((body) => ({ method: "PUT", path: `/sellers/${seller.id}/billing`, body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ ...says, country: says.country?.toUpperCase() ?? "", lines: lines.split("\n").filter((line) => line.trim()) }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {FIELDS.map((field) => (
            <TextInput key={field} size="md" label={t(`billing.${field}`)} required={field === "name"} maxLength={field === "country" ? 2 : 200} value={says[field] ?? ""} onChange={(event) => setSays({ ...says, [field]: event.currentTarget.value })} />
          ))}
        </SimpleGrid>
        <Textarea label={t("billing.lines")} description={t("billing.lines_hint")} autosize minRows={2} value={lines} onChange={(event) => setLines(event.currentTarget.value)} />
        <Text c="dimmed">{t("billing.effect")}</Text>
        <Refused error={save.error} />
        <Button type="submit" size="lg" loading={save.isPending}>
          {t("billing.save")}
        </Button>
      </Stack>
    </form>
  );
}
