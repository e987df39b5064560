// Finding products and their articles while a campaign is edited.
import { Button, Group, Loader, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { Product } from "@sesame/shared/api/types";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { articlesOf, keepArticles, useFoundProducts, useNamedProduct, type Article } from "../data/campaigns";
import { useTexts } from "../i18n";
import { Picture } from "../parts/bits";
import { Refused } from "../parts/errors";

const SEARCH_DELAY_MS = 250;

/** A field that finds products, and what is shown of each. */
export function ProductSearch({ label, children }: { label: string; children: (product: Product) => ReactNode }) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), SEARCH_DELAY_MS);
  const query = useFoundProducts(search);
  const found = search ? (query.data?.items ?? []) : [];
  return (
    <div>
      <TextInput
        type="search"
        size="md"
        maw={560}
        label={label}
        maxLength={200}
        autoComplete="off"
        leftSection={query.isFetching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        // Enter would send the form that this is in.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      <Refused error={query.error} />
      <div role="status">
        {search && query.isSuccess && found.length === 0 && (
          <Text size="sm" c="dimmed" mt={4}>
            {t("goods.none_found")}
          </Text>
        )}
      </div>
      {found.length > 0 && (
        <Paper withBorder p="sm" mt="xs" mah={360} style={{ overflowY: "auto" }} bg="var(--color-ground)">
          <Stack gap="sm">
            {found.map(({ id }) => (
              <Found key={id} id={id}>
                {children}
              </Found>
            ))}
          </Stack>
        </Paper>
      )}
    </div>
  );
}

function Found({ id, children }: { id: string; children: (product: Product) => ReactNode }) {
  const product = useNamedProduct(id).data;
  if (!product) return <div style={{ minHeight: 48 }} />;
  return <div>{children(product)}</div>;
}

/** A thing that was found, with a button that adds it. */
export function FoundLine({ image, name, note, isThere, add }: { image: string; name: string; note?: string; isThere: boolean; add: () => void }) {
  const { t } = useTexts();
  return (
    <Group wrap="nowrap" gap="sm">
      <Picture src={image} alt="" size={40} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" className="wrap">
          {name}
        </Text>
        {note && (
          <Text size="sm" c="dimmed" className="wrap figures">
            {note}
          </Text>
        )}
      </div>
      <Button variant="default" h={44} px="sm" disabled={isThere} aria-label={t("goods.add", { name: note ? `${name}, ${note}` : name })} onClick={add}>
        <IconPlus size={18} aria-hidden />
      </Button>
    </Group>
  );
}

/** Finds articles; those that are `taken` cannot be added again. */
export function ArticleSearch({ taken, add }: { taken: Set<string>; add: (articles: Article[]) => void }) {
  const { t, local } = useTexts();
  const client = useQueryClient();
  const take = (articles: Article[]) => {
    keepArticles(client, articles);
    add(articles);
  };
  return (
    <ProductSearch label={t("articles.find")}>
      {(product) => {
        const articles = articlesOf(product);
        const free = articles.filter(({ variant }) => !taken.has(variant));
        return (
          <Stack gap="xs">
            {articles.map((article) => (
              <FoundLine key={article.variant} image={article.image} name={local(article.title)} note={[article.options, article.sku].filter(Boolean).join(" · ")} isThere={taken.has(article.variant)} add={() => take([article])} />
            ))}
            {free.length > 1 && (
              <Group>
                <Button variant="default" h={44} onClick={() => take(free)}>
                  {t("articles.add_all", { count: free.length })}
                </Button>
              </Group>
            )}
          </Stack>
        );
      }}
    </ProductSearch>
  );
}
