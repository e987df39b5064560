// A link to a page of the shop that says where its visitors come from: to copy, and as a code for print.
import { Button, CopyButton, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { codeUrl, NO_TAGS, taggedLink, type LinkTags } from "../data/traffic";
import { useSettings } from "../data/queries";
import { useTexts } from "../i18n";

const TAGS = ["source", "medium", "campaign", "content", "referral"] as const satisfies readonly (keyof LinkTags)[];

export function LinkBuilder() {
  const { t } = useTexts();
  const [page, setPage] = useState("/");
  const [tags, setTags] = useState(NO_TAGS);
  const shop = useSettings().data?.public_url ?? window.location.origin;
  const link = taggedLink(page, tags, shop);
  const isTold = Object.values(tags).some((value) => value.trim() !== "");
  return (
    <Paper withBorder p="md" bg="var(--color-raised)" component="section" aria-label={t("traffic.link")}>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t("traffic.link")}
          </Title>
          <Text c="dimmed" size="sm" style={{ maxWidth: "var(--measure)" }}>
            {t("traffic.link_hint")}
          </Text>
        </div>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
          <TextInput size="md" label={t("traffic.link_page")} value={page} onChange={(event) => setPage(event.currentTarget.value)} error={link === null && t("traffic.link_foreign")} />
          {TAGS.map((tag) => (
            <TextInput key={tag} size="md" maxLength={64} label={t(`link_tag.${tag}`)} placeholder={t(`link_example.${tag}`)} value={tags[tag]} onChange={(event) => setTags({ ...tags, [tag]: event.currentTarget.value })} />
          ))}
        </SimpleGrid>
        {link && isTold && <Made link={link} />}
      </Stack>
    </Paper>
  );
}

function Made({ link }: { link: string }) {
  const { t } = useTexts();
  return (
    <Group align="start" wrap="wrap">
      <img src={codeUrl(link)} width={160} height={160} alt={t("traffic.link_code")} style={{ background: "#fff", borderRadius: "var(--radius)" }} />
      <Stack gap="xs" style={{ flex: 1, minWidth: 240 }}>
        <Text className="mono wrap" role="status">
          {link}
        </Text>
        <Group>
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button h={44} onClick={copy} leftSection={copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}>
                {copied ? t("common.copied") : t("traffic.link_copy")}
              </Button>
            )}
          </CopyButton>
          <Button component="a" href={codeUrl(link)} download="link.svg" variant="default" h={44} leftSection={<IconDownload size={18} aria-hidden />}>
            {t("traffic.link_code_save")}
          </Button>
        </Group>
      </Stack>
    </Group>
  );
}
