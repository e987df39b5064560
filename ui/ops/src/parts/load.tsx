// How much lies somewhere: a name, a count, and a bar that can be compared with the others of its list.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { barOf } from "../data/hubs";
import { useTexts } from "../i18n";

type Props = { name: string; count: number; /** How many of them are late. */ late?: number; /** Of the longest bar. */ most: number; children: ReactNode };

/** `children` say more, below the name. The bar's late part is striped; in words it is said there. */
export function Load({ name, count, late = 0, most, children }: Props) {
  const { t } = useTexts();
  return (
    <span className="load">
      <Text component="span" fw={600} className="wrap load-name">
        {name}
      </Text>
      <span className="load-facts">{children}</span>
      <Text component="span" className="figures load-count" fw={600}>
        {t("plan.parcels_count", { count })}
      </Text>
      <span className="load-bar" aria-hidden>
        <span style={{ width: `${barOf(count, most)}%` }}>
          <span className="is-late" style={{ width: `${barOf(late, count)}%` }} />
        </span>
      </span>
    </span>
  );
}
