// Places on parcels' way: how many lie at each, the fullest first.
import { Button, Stack, Text, Title } from "@mantine/core";
import type { Hub } from "@sesame/shared/hubs";
import { IconScan } from "@tabler/icons-react";
import { byLoad, lyingAt, useHubs } from "../data/hubs";
import { useLink } from "../data/router";
import { useTexts } from "../i18n";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { Load } from "../parts/load";

export function Hubs() {
  const { t } = useTexts();
  const query = useHubs();
  return (
    <Stack>
      <Title order={1} size="h2">
        {t("nav.hubs")}
      </Title>
      {query.isPending ? (
        <Loading rows={4} height={72} />
      ) : !query.data ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.data.hubs.length === 0 ? (
        <Empty title={t("hubs.none")} hint={t("hubs.none_hint")} />
      ) : (
        <>
          {query.isError && (
            <Text role="status" c="var(--color-warning-text)">
              {t("rounds.stale")}
            </Text>
          )}
          <Places hubs={query.data.hubs} />
        </>
      )}
    </Stack>
  );
}

function Places({ hubs }: { hubs: readonly Hub[] }) {
  const { t } = useTexts();
  const count = lyingAt(hubs);
  const most = Math.max(...hubs.map(({ parcels }) => parcels));
  return (
    <>
      {count === 0 ? (
        <Empty title={t("hubs.nothing")} hint={t("hubs.nothing_hint")}>
          <Button component="a" href="/hub/" variant="default" h={44} leftSection={<IconScan size={18} aria-hidden />}>
            {t("hub.open")}
          </Button>
        </Empty>
      ) : (
        <Text role="status">{t("hubs.sum", { count })}</Text>
      )}
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("hubs.list")}>
        {byLoad(hubs).map((hub) => (
          <li key={hub.id} data-hub={hub.id}>
            <Place hub={hub} most={most} />
          </li>
        ))}
      </Stack>
    </>
  );
}

function Place({ hub, most }: { hub: Hub; most: number }) {
  return (
    <a className="card" {...useLink(`/hubs/${hub.id}`)}>
      <Load name={hub.name} count={hub.parcels} most={most}>
        <Text component="span" size="sm" c="dimmed" className="mono">
          {hub.code}
        </Text>
      </Load>
    </a>
  );
}
