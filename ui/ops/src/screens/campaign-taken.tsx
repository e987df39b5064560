// How much of a rule's limits was taken: bars of one length, so that they can be compared, and the numbers beside them.
import { Button, Group, Stack, Text } from "@mantine/core";
import type { CampaignEntry, Rule, Taken } from "@sesame/shared/api/types";
import { IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import { takenPermille } from "../data/campaign-units";
import { useTexts, type Texts } from "../i18n";
import { Mark } from "../parts/bits";

const SHOWN = 8;

const share = ({ taken, total }: Taken) => takenPermille(taken, total);

export function Limits({ campaign, rule }: { campaign: CampaignEntry; rule: Rule }) {
  const { t, number } = useTexts();
  const [isWhole, setWhole] = useState(false);
  // What is nearly gone comes first.
  const all = campaign.taken.filter((one) => one.rule === rule.number).sort((a, b) => share(b) - share(a));
  const shown = isWhole ? all : all.slice(0, SHOWN);
  const isCountedPerArticle = rule.limits?.total != null && (rule.deal.type === "percent" || rule.deal.type === "buy_get");
  return (
    <Stack gap="xs" style={{ minWidth: 0 }}>
      <Text size="sm" c="dimmed">
        {t("taken.title")}
      </Text>
      {isCountedPerArticle && (
        <Text size="sm">
          {t("limit_total.pieces")}: <span className="figures">{number(rule.limits!.total!)}</span>. {t("taken.per_article")}
        </Text>
      )}
      {all.length === 0 && !isCountedPerArticle && <Text size="sm">{t("taken.nothing")}</Text>}
      {shown.map((one) => (
        <Bar key={`${one.counted}/${one.variant?.id ?? ""}`} one={one} rule={rule} />
      ))}
      {all.length > shown.length && (
        <Group>
          <Button variant="default" h={44} onClick={() => setWhole(true)}>
            {t("taken.more", { count: all.length })}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Bar({ one, rule }: { one: Taken; rule: Rule }) {
  const texts = useTexts();
  const { t, permille } = texts;
  const part = share(one);
  const name = one.variant?.name ?? nameOf(one, rule, texts);
  return (
    <div>
      <Group justify="space-between" gap="xs" align="baseline">
        {name && (
          <Text size="sm" className="wrap" style={{ flex: "1 1 160px" }}>
            {name}
          </Text>
        )}
        <Text size="sm" className="figures">
          {amountText(one, rule, texts)} · {permille(part)}
        </Text>
      </Group>
      <div className="bar" data-full={part === 1000} role="img" aria-label={`${name ?? ""} ${permille(part)}`.trim()}>
        <span style={{ width: `${part / 10}%` }} />
      </div>
      {part === 1000 && (
        <Group mt={4}>
          <Mark tone="warning" icon={IconCircleX}>
            {t("taken.gone")}
          </Mark>
        </Group>
      )}
    </div>
  );
}

/** What is counted, where the numbers do not say it. */
function nameOf({ counted }: Taken, rule: Rule, { t }: Texts): string | null {
  if (counted === "packets") return t("taken.drawn_packets");
  if (counted === "drawn") return t("taken.drawn");
  if (counted !== "money") return null;
  return t(rule.deal.type === "red_packets" ? "taken.spent" : "taken.budget");
}

function amountText({ counted, taken, total }: Taken, rule: Rule, { t, money, number }: Texts): string {
  const currency = rule.limits?.budget?.currency;
  if ((counted === "money" || counted === "drawn") && currency) return t("taken.money", { taken: money({ amount: taken, currency }), total: money({ amount: total, currency }) });
  if (counted === "packets") return t("taken.packets", { taken: number(taken), count: total });
  if (counted === "pieces") return t("taken.pieces", { taken: number(taken), count: total });
  return t(rule.deal.type === "bundle" ? "taken.sets" : "taken.orders", { taken: number(taken), count: total });
}
