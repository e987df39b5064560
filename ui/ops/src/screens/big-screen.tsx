// The big screen: how to open it here or on a wall, and a past day again. Staff open it, owners make and revoke links.
import { ActionIcon, Button, Code, CopyButton, Group, Modal, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ScreenLink, ScreenLinkCreate, ScreenLinkList, ScreenLinkMade } from "@sesame/shared/api/types";
import { IconDeviceTv, IconLink, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useScreenLinks, useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

export function BigScreen({ isOwner }: { isOwner: boolean }) {
  const { t } = useTexts();
  const query = useScreenLinks();
  const [isMaking, making] = useDisclosure(false);
  return (
    <Stack gap="md">
      <Text>{t("screen.hint")}</Text>
      <Group gap="sm">
        <Button component="a" href="/screen" target="_blank" h={44} leftSection={<IconDeviceTv size={18} aria-hidden />}>
          {t("screen.open")}
        </Button>
        {isOwner && (
          <Button variant="default" h={44} leftSection={<IconLink size={18} aria-hidden />} onClick={making.open}>
            {t("screen.make_link")}
          </Button>
        )}
      </Group>
      {query.isPending && <Loading rows={1} />}
      {query.error && <NotLoaded error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Links links={query.data.items} isOwner={isOwner} />}
      <Replay />
      <Modal opened={isMaking} onClose={making.close} title={t("screen.make_link")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <MakeForm />
      </Modal>
    </Stack>
  );
}

function Links({ links, isOwner }: { links: ScreenLink[]; isOwner: boolean }) {
  const { t, time } = useTexts();
  const [revoked, setRevoked] = useState<ScreenLink | null>(null);
  const revoke = useWrite<number, ScreenLinkList>((id) => ({ method: "DELETE", path: `/screen/links/${id}` }));
  if (links.length === 0) return <Text c="dimmed">{t("screen.no_links")}</Text>;
  return (
    <>
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {links.map((link) => (
          <Group key={link.id} component="li" gap="md" justify="space-between" wrap="nowrap">
            <div className="wrap" style={{ minWidth: 0 }}>
              {link.name}
              <Text size="sm" c="dimmed">
                {t("screen.made", { time: time(link.made_at), name: link.made_by })}
              </Text>
            </div>
            {isOwner && (
              <ActionIcon variant="default" size={44} aria-label={t("screen.revoke_named", { name: link.name })} onClick={() => setRevoked(link)}>
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Stack>
      <Modal opened={revoked !== null} onClose={() => setRevoked(null)} title={t("screen.revoke")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack>
          <Text>{t("screen.revoke_hint", { name: revoked?.name ?? "" })}</Text>
          <Refused error={revoke.error} />
          <Button color="red" loading={revoke.isPending} onClick={() => revoked && revoke.mutate(revoked.id, { onSuccess: () => setRevoked(null) })}>
            {t("screen.revoke")}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

/** The address is shown once: only its hash is kept. */
function MakeForm() {
  const { t } = useTexts();
  const [name, setName] = useState("");
  const make = useWrite<ScreenLinkCreate, ScreenLinkMade>((body) => ({ method: "POST", path: "/screen/links", body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name });
  };
  if (make.data) {
    const { address } = make.data;
    return (
      <Stack>
        <Text>{t("screen.address_hint")}</Text>
        <Code block style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>
          {address}
        </Code>
        <CopyButton value={address}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? "screen.copied" : "screen.copy")}</Button>}
        </CopyButton>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{t("screen.link_hint")}</Text>
        <TextInput label={t("screen.wall")} required maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Refused error={make.error} />
        <Button type="submit" loading={make.isPending}>
          {t("screen.make_link")}
        </Button>
      </Stack>
    </form>
  );
}

function Replay() {
  const { t } = useTexts();
  const [day, setDay] = useState("");
  const [speed, setSpeed] = useState<number | string>(60);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    window.open(`/screen?${new URLSearchParams({ day, speed: String(speed) })}`, "_blank", "noopener");
  };
  return (
    <form onSubmit={submit}>
      <Group gap="sm" align="end">
        <TextInput type="date" label={t("screen.replay_day")} required value={day} onChange={(e) => setDay(e.currentTarget.value)} />
        <NumberInput label={t("screen.replay_speed")} min={1} max={100_000} allowDecimal={false} required value={speed} onChange={setSpeed} w={160} />
        <Button type="submit" variant="default" h={44}>
          {t("screen.replay")}
        </Button>
      </Group>
    </form>
  );
}
