// The products: find one, see at a glance whether it sells and what it costs.
import { Group, SegmentedControl, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { ProductSummary } from "@sesame/shared/api/types";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useProducts } from "../data/queries";
import { navigate, useLink } from "../data/router";
import { useTexts } from "../i18n";
import { More, Picture, StatusMark } from "../parts/bits";
import { Empty, Loading, NotLoaded } from "../parts/errors";
import { useIsWide } from "../parts/shell";

const STATUSES = ["all", "active", "draft", "archived"] as const;

export function Products() {
  const { t } = useTexts();
  const isWide = useIsWide();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const [status, setStatus] = useState<(typeof STATUSES)[number]>("all");
  const query = useProducts({ query: search, status: status === "all" ? undefined : status });
  return (
    <Stack>
      <Title order={1} size="h2">
        {t("nav.products")}
      </Title>
      <Group>
        <TextInput type="search" aria-label={t("products.search")} placeholder={t("products.search")} size="md" style={{ flex: "1 1 220px" }} maxLength={200} leftSection={<IconSearch size={18} aria-hidden />} value={text} onChange={(e) => setText(e.currentTarget.value)} />
        <SegmentedControl size="md" aria-label={t("products.status")} value={status} onChange={(value) => setStatus(value as (typeof STATUSES)[number])} data={STATUSES.map((value) => ({ value, label: value === "all" ? t("filter.all") : t(`status.${value}`) }))} />
      </Group>
      {query.isPending ? (
        <Loading />
      ) : query.isError && query.items.length === 0 ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        <Empty title={t("products.none")} hint={t("products.none_hint")} />
      ) : (
        <>
          {isWide ? <ProductTable products={query.items} /> : <Stack gap="sm">{query.items.map((product) => <Card key={product.id} product={product} />)}</Stack>}
          <More query={query} />
        </>
      )}
    </Stack>
  );
}

function usePrice() {
  const { money } = useTexts();
  return ({ price_from: from, price_to: to }: ProductSummary) => {
    if (!from || !to) return "–";
    return from.amount === to.amount ? money(from) : `${money(from)} – ${money(to)}`;
  };
}

function ProductTable({ products }: { products: ProductSummary[] }) {
  const { t } = useTexts();
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table verticalSpacing="xs" className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("products.name")}</Table.Th>
            <Table.Th>{t("products.brand")}</Table.Th>
            <Table.Th>{t("products.status")}</Table.Th>
            <Table.Th ta="right">{t("products.variants")}</Table.Th>
            <Table.Th ta="right">{t("stock.available")}</Table.Th>
            <Table.Th ta="right">{t("products.price")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {products.map((product) => (
            <Row key={product.id} product={product} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ product }: { product: ProductSummary }) {
  const { local, number } = useTexts();
  const price = usePrice();
  const to = `/products/${product.id}`;
  const link = useLink(to);
  return (
    <Table.Tr className="row" onClick={(event) => !event.defaultPrevented && navigate(to)}>
      <Table.Td>
        <Group wrap="nowrap">
          <Picture src={product.image} alt="" size={40} />
          <div>
            <a {...link} style={{ color: "inherit" }}>
              {local(product.title)}
            </a>
            <Text size="sm" c="dimmed">
              {product.handle}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>{product.brand}</Table.Td>
      <Table.Td>
        <StatusMark state={product.status} />
      </Table.Td>
      <Table.Td ta="right">{number(product.variants)}</Table.Td>
      <Table.Td ta="right">{number(product.available)}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {price(product)}
      </Table.Td>
    </Table.Tr>
  );
}

function Card({ product }: { product: ProductSummary }) {
  const { t, local, number } = useTexts();
  const price = usePrice();
  return (
    <a className="card figures" {...useLink(`/products/${product.id}`)}>
      <Group wrap="nowrap" align="start">
        <Picture src={product.image} alt="" />
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text className="wrap">{local(product.title)}</Text>
          <Text fw={600}>{price(product)}</Text>
          <Text size="sm" c="dimmed">
            {t("stock.available")} {number(product.available)}
          </Text>
        </div>
        <StatusMark state={product.status} />
      </Group>
    </a>
  );
}
