// The frame around all screens: where one is, where one can go, who one is.
import { ActionIcon, AppShell, Group, Menu, Modal, NavLink, SegmentedControl, Stack, Text, VisuallyHidden, useMantineColorScheme } from "@mantine/core";
import { useDisclosure, useMediaQuery, useNetwork } from "@mantine/hooks";
import { LANGUAGES, LANGUAGE_NAMES, type Language } from "@sesame/shared/i18n";
import type { Me } from "@sesame/shared/api/types";
import { IconArrowsSplit2, IconBuildingWarehouse, IconDots, IconFlask, IconHandGrab, IconKey, IconLogout, IconMapRoute, IconPackageImport, IconPackages, IconReceipt, IconRoute, IconSettings, IconSpeakerphone, IconStar, IconTruckDelivery, IconUserCircle, IconUsers, IconWifiOff, type Icon } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWrite } from "../data/queries";
import { useLink, useRoute } from "../data/router";
import { useTexts, type Label } from "../i18n";
import { PasswordForm } from "../screens/password";
import { ShedStrip } from "./shed";

export const PLACES: { path: string; label: Label; icon: Icon }[] = [
  { path: "orders", label: "nav.orders", icon: IconReceipt },
  { path: "picking", label: "nav.picking", icon: IconHandGrab },
  { path: "returns", label: "nav.returns", icon: IconPackageImport },
  { path: "stock", label: "nav.stock", icon: IconBuildingWarehouse },
  { path: "products", label: "nav.products", icon: IconPackages },
  { path: "campaigns", label: "nav.campaigns", icon: IconSpeakerphone },
  { path: "reviews", label: "nav.reviews", icon: IconStar },
  { path: "members", label: "nav.members", icon: IconUsers },
  { path: "carriers", label: "nav.carriers", icon: IconTruckDelivery },
  { path: "hubs", label: "nav.hubs", icon: IconArrowsSplit2 },
  { path: "rounds", label: "nav.rounds", icon: IconMapRoute },
  { path: "traffic", label: "nav.traffic", icon: IconRoute },
  { path: "settings", label: "nav.settings", icon: IconSettings },
];

/** The places that a phone shows beside each other; the others are one tap further. */
const TABS = 4;

/** True at desktop size; the first render already knows. */
export function useIsWide(): boolean {
  return useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false }) ?? false;
}

function Place({ path, label, icon: Shape, asTab }: { path: string; label: Label; icon: Icon; asTab: boolean }) {
  const { t } = useTexts();
  const isHere = (useRoute().segments[0] ?? "orders") === path;
  const link = useLink(`/${path}`);
  const current = isHere ? { "aria-current": "page" as const } : {};
  if (asTab) {
    return (
      <a {...link} {...current}>
        <Shape size={22} stroke={1.6} aria-hidden />
        <span className="clip" style={{ maxWidth: "100%" }}>{t(label)}</span>
      </a>
    );
  }
  return <NavLink {...link} {...current} active={isHere} label={t(label)} leftSection={<Shape size={20} stroke={1.6} aria-hidden />} style={{ borderRadius: "var(--radius)", minHeight: 44 }} />;
}

/** The places that have no tab of their own, in a menu above the bar; the tab says which of them one is at. */
function MorePlaces() {
  const { t } = useTexts();
  const here = useRoute().segments[0] ?? "orders";
  const others = PLACES.slice(TABS);
  const current = others.find(({ path }) => path === here);
  const Shape = current?.icon ?? IconDots;
  return (
    <Menu width={240} position="top-end">
      <Menu.Target>
        <button type="button" data-current={current ? true : undefined}>
          <Shape size={22} stroke={1.6} aria-hidden />
          <span className="clip" style={{ maxWidth: "100%" }}>{current ? t(current.label) : t("nav.more")}</span>
          {current && <VisuallyHidden>{t("nav.more")}</VisuallyHidden>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map((place) => (
          <OtherPlace key={place.path} {...place} isHere={place.path === here} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function OtherPlace({ path, label, icon: Shape, isHere }: { path: string; label: Label; icon: Icon; isHere: boolean }) {
  const { t } = useTexts();
  const link = useLink(`/${path}`);
  return (
    <Menu.Item component="a" {...link} aria-current={isHere ? "page" : undefined} leftSection={<Shape size={20} stroke={1.6} aria-hidden />} style={{ minHeight: 44 }}>
      {t(label)}
    </Menu.Item>
  );
}

export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const { t } = useTexts();
  const isWide = useIsWide();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "md", collapsed: { mobile: true, desktop: !isWide } }}
      footer={{ height: "calc(60px + env(safe-area-inset-bottom))", collapsed: isWide }}
      padding="md"
    >
      <a className="skip" href="#content">
        {t("nav.skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Text fw={700} size="lg" c="var(--color-accent-text)">
              Sesame
            </Text>
            {me.shop !== "Sesame" && (
              <Text c="dimmed" className="clip">
                {me.shop}
              </Text>
            )}
          </Group>
          <UserMenu me={me} />
        </Group>
      </AppShell.Header>
      {isWide && (
        <AppShell.Navbar p="sm" component="nav" aria-label={t("nav.places")}>
          <Stack gap={4}>
            {PLACES.map((place) => (
              <Place key={place.path} {...place} asTab={false} />
            ))}
          </Stack>
        </AppShell.Navbar>
      )}
      <AppShell.Main id="content">
        <Strips testMoney={me.test_money} />
        {children}
      </AppShell.Main>
      {!isWide && (
        <AppShell.Footer>
          <nav className="tabbar" aria-label={t("nav.places")}>
            {PLACES.slice(0, TABS).map((place) => (
              <Place key={place.path} {...place} asTab />
            ))}
            <MorePlaces />
          </nav>
        </AppShell.Footer>
      )}
    </AppShell>
  );
}

function Strips({ testMoney }: { testMoney: boolean }) {
  const { t } = useTexts();
  const { online } = useNetwork();
  const margins = { margin: "calc(-1 * var(--space-4)) calc(-1 * var(--space-4)) var(--space-4)" };
  return (
    <div style={margins}>
      {!online && (
        <div className="strip" role="status">
          <IconWifiOff size={16} aria-hidden /> {t("strip.offline")}
        </div>
      )}
      <ShedStrip />
      {testMoney && (
        <div className="strip">
          <IconFlask size={16} aria-hidden /> {t("strip.test_money")}
        </div>
      )}
    </div>
  );
}

function UserMenu({ me }: { me: Me }) {
  const { t, language, setLanguage } = useTexts();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [isChanging, change] = useDisclosure(false);
  const client = useQueryClient();
  const signOut = useWrite<void, void>(() => ({ method: "DELETE", path: "/session" }));
  const leave = () => signOut.mutate(undefined, { onSuccess: () => client.clear(), onSettled: () => window.location.reload() });
  return (
    <>
      <Menu width={280} position="bottom-end" closeOnItemClick={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("user.menu")}>
            <IconUserCircle size={26} stroke={1.6} color="var(--color-text)" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={600} c="var(--color-text)">
              {me.name}
            </Text>
            {me.email} · {t(`role.${me.role}`)}
          </Menu.Label>
          <Stack gap="xs" px="sm" py="xs">
            <SegmentedControl
              aria-label={t("user.language")}
              value={language}
              onChange={(value) => setLanguage(value as Language)}
              data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              fullWidth
            />
            <SegmentedControl
              aria-label={t("user.theme")}
              value={colorScheme}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
              data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
              fullWidth
            />
          </Stack>
          <Menu.Divider />
          <Menu.Item leftSection={<IconKey size={18} aria-hidden />} onClick={change.open} closeMenuOnClick>
            {t("user.change_password")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={leave}>
            {t("user.sign_out")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isChanging} onClose={change.close} title={t("user.change_password")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <PasswordForm onDone={change.close} />
      </Modal>
    </>
  );
}
