// Which goods a rule is about: categories, products, sellers, and products that are not meant.
import { Button, Checkbox, Group, Stack, Text, Title } from "@mantine/core";
import type { Product } from "@sesame/shared/api/types";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { RuleDraft } from "../data/campaign-draft";
import { useNamedProduct } from "../data/campaigns";
import { recall, remember } from "../data/preferences";
import { useTexts } from "../i18n";
import { useFormState, type RuleProps } from "../parts/campaign-form";
import { FoundLine, ProductSearch } from "./campaign-search";

type Goods = RuleDraft["goods"];

export function GoodsScope({ rule, set }: RuleProps) {
  const { t } = useTexts();
  const { settings } = useFormState();
  const { goods } = rule;
  const change = (part: Partial<Goods>) => set({ goods: { ...goods, ...part } });
  const namesArticles = rule.kind === "prices" || rule.kind === "presale" || rule.kind === "bundle";
  const isAll = Object.values(goods).every((list) => list.length === 0);
  return (
    <Stack gap="md">
      <div>
        <Title order={3} size="h5">
          {t("goods.title")}
        </Title>
        <Text size="sm" c="dimmed">
          {t(!isAll ? "goods.narrow" : namesArticles ? "goods.all_named" : "goods.all")}
        </Text>
      </div>
      <Categories ids={goods.categories} set={(categories) => change({ categories })} />
      <Products label={t("goods.products")} ids={goods.products} set={(products) => change({ products })} />
      {settings.sellers.length > 1 && (
        <Checkbox.Group label={t("goods.sellers")} value={goods.sellers} onChange={(sellers) => change({ sellers })}>
          <Group mt="xs">
            {settings.sellers.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} styles={{ body: { minHeight: 44, alignItems: "center" } }} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
      <Products label={t("goods.except")} ids={goods.except} set={(except) => change({ except })} />
    </Stack>
  );
}

type ListProps = { ids: string[]; set: (ids: string[]) => void };

function Chosen({ name, remove }: { name: string; remove: () => void }) {
  const { t } = useTexts();
  return (
    <Button variant="default" radius="xl" h={44} maw="100%" rightSection={<IconX size={16} aria-hidden />} aria-label={t("goods.remove", { name })} onClick={remove}>
      <span className="clip">{name}</span>
    </Button>
  );
}

function ChosenProduct({ id, remove }: { id: string; remove: () => void }) {
  const { local } = useTexts();
  const product = useNamedProduct(id).data;
  return <Chosen name={product ? local(product.title) : id} remove={remove} />;
}

function Products({ label, ids, set }: ListProps & { label: string }) {
  const { t, local } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <div role="group" aria-label={label}>
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        {ids.map((id) => (
          <ChosenProduct key={id} id={id} remove={() => set(ids.filter((one) => one !== id))} />
        ))}
        {!isOpen && <Opener label={t("goods.find_product")} open={() => setOpen(true)} />}
      </Group>
      {isOpen && (
        <ProductSearch label={t("goods.find_product")}>
          {(product) => <FoundLine image={product.variants[0]?.image ?? ""} name={local(product.title)} note={product.brand} isThere={ids.includes(product.id)} add={() => set([...ids, product.id])} />}
        </ProductSearch>
      )}
    </div>
  );
}

function Opener({ label, open }: { label: string; open: () => void }) {
  return (
    <Button variant="default" h={44} onClick={open}>
      {label}
    </Button>
  );
}

const NAMES = "category-names";

/** The names of categories that were chosen in this browser: no list of the server has them. */
const categoryName = (id: string) => recall<Record<string, string>>(NAMES, {})[id] ?? id;

function keepCategory({ id, name }: { id: string; name: string }): void {
  remember(NAMES, { ...recall<Record<string, string>>(NAMES, {}), [id]: name });
}

function Categories({ ids, set }: ListProps) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const add = (category: { id: string; name: string }) => {
    keepCategory(category);
    set([...ids, category.id]);
  };
  return (
    <div role="group" aria-label={t("goods.categories")}>
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {t("goods.categories")}
        </Text>
        {ids.map((id) => (
          <Chosen key={id} name={categoryName(id)} remove={() => set(ids.filter((one) => one !== id))} />
        ))}
        {!isOpen && <Opener label={t("goods.find_category")} open={() => setOpen(true)} />}
      </Group>
      {isOpen && <ProductSearch label={t("goods.find_category")}>{(product) => <CategoryLine product={product} ids={ids} add={add} />}</ProductSearch>}
    </div>
  );
}

function CategoryLine({ product, ids, add }: { product: Product; ids: string[]; add: (category: { id: string; name: string }) => void }) {
  const { t, local } = useTexts();
  const { category } = product;
  if (!category) {
    return (
      <Text size="sm" c="dimmed">
        {t("goods.no_category", { name: local(product.title) })}
      </Text>
    );
  }
  return <FoundLine image={product.variants[0]?.image ?? ""} name={category.name} note={local(product.title)} isThere={ids.includes(category.id)} add={() => add(category)} />;
}
