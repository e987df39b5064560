// Which screen belongs to the address, and whether one may see it.
import { Button, Center, Loader, Stack, Title } from "@mantine/core";
import { useEffect } from "react";
import { useSession } from "./data/queries";
import { dayOf } from "./data/rounds";
import { navigate, useRoute } from "./data/router";
import { useTexts } from "./i18n";
import { NotLoaded } from "./parts/errors";
import { PLACES, Shell } from "./parts/shell";
import { CampaignScreen } from "./screens/campaign";
import { Editor } from "./screens/campaign-editor";
import { Campaigns } from "./screens/campaigns";
import { CarrierScreen } from "./screens/carrier";
import { Carriers } from "./screens/carriers";
import { HubScreen } from "./screens/hub";
import { Hubs } from "./screens/hubs";
import { Members } from "./screens/members";
import { Orders } from "./screens/orders";
import { Picking } from "./screens/picking";
import { ProductScreen } from "./screens/product";
import { Products } from "./screens/products";
import { Returns } from "./screens/returns";
import { Reviews } from "./screens/reviews";
import { RoundScreen } from "./screens/round";
import { Rounds } from "./screens/rounds";
import { PlanRounds } from "./screens/rounds-plan";
import { SettingsScreen } from "./screens/settings";
import { SignIn } from "./screens/sign-in";
import { Stock } from "./screens/stock";
import { Traffic } from "./screens/traffic";

export function App() {
  const session = useSession();
  const { t } = useTexts();
  useTitle();
  if (session.isPending) {
    return (
      <Center mih="100vh" role="status" aria-label={t("common.loading")}>
        <Loader type="dots" />
      </Center>
    );
  }
  if (!session.data) return <NotLoaded error={session.error} retry={() => void session.refetch()} />;
  const { me } = session.data;
  if (!me) return <SignIn />;
  if (me.role === "courier") return <Elsewhere title={t("courier.title")} address="/courier" open={t("courier.open")} />;
  if (me.role === "hub") return <Elsewhere title={t("hub.title")} address="/hub" open={t("hub.open")} />;
  return (
    <Shell me={me}>
      <Screen isOwner={me.role === "owner"} />
    </Shell>
  );
}

/** The console has nothing that a courier or hub staff may see. */
function Elsewhere({ title, address, open }: { title: string; address: string; open: string }) {
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack align="center">
        <Title order={1} size="h3" fw={600}>
          {title}
        </Title>
        <Button component="a" href={address} size="md">
          {open}
        </Button>
      </Stack>
    </Center>
  );
}

function useTitle() {
  const { segments } = useRoute();
  const { t } = useTexts();
  const place = PLACES.find(({ path }) => path === (segments[0] ?? "orders"));
  useEffect(() => {
    document.title = place ? `${t(place.label)} · Sesame` : "Sesame";
  }, [place, t]);
}

function Screen({ isOwner }: { isOwner: boolean }) {
  const { segments, search } = useRoute();
  const [place = "orders", id, part] = segments;
  switch (place) {
    case "orders":
      return <Orders openId={id} />;
    case "picking":
      return <Picking />;
    case "returns":
      return <Returns openId={id} />;
    case "stock":
      return <Stock />;
    case "products":
      return id ? <ProductScreen key={id} id={id} /> : <Products />;
    case "campaigns":
      if (!id) return <Campaigns />;
      if (id === "new") return <Editor key="new" id={null} day={search.get("day")} />;
      return part === "edit" ? <Editor key={id} id={id} day={null} /> : <CampaignScreen key={id} id={id} />;
    case "reviews":
      return <Reviews />;
    case "members":
      return <Members />;
    case "carriers":
      return id ? <CarrierScreen key={id} id={id === "new" ? null : id} isOwner={isOwner} /> : <Carriers isOwner={isOwner} />;
    case "hubs":
      return id ? <HubScreen key={id} id={id} /> : <Hubs />;
    case "rounds":
      if (!id) return <Rounds />;
      return id === "plan" ? <PlanRounds day={dayOf(search)} /> : <RoundScreen key={id} id={id} />;
    case "traffic":
      return <Traffic />;
    case "settings":
      return <SettingsScreen isOwner={isOwner} />;
    default:
      return <NoSuchPlace />;
  }
}

function NoSuchPlace() {
  const { t } = useTexts();
  return (
    <Center py="xl">
      <Stack align="center">
        <Title order={2}>{t("missing.title")}</Title>
        <Button onClick={() => navigate("/orders")}>{t("missing.back")}</Button>
      </Stack>
    </Center>
  );
}
