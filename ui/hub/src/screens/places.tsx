// Where this device is used: chosen once, kept until another place is chosen.
import { Act, Head, Say } from "@sesame/shared/phone/bits";
import { go } from "@sesame/shared/phone/route";
import { IconBuildingWarehouse, IconChevronRight, IconCloudOff } from "@tabler/icons-react";
import { choosePlace, hubsOf, phone } from "../data/hub";
import type { Place } from "../data/log";
import type { Hub } from "../data/wire";
import { useTexts } from "../i18n";
import { useHub } from "../parts/state";

export function Places({ place }: { place: Place | null }) {
  const { t, error } = useTexts();
  const { kept, listError } = useHub();
  const hubs = hubsOf(kept);
  const choose = async (hub: Hub) => {
    if (await choosePlace(hub)) go();
  };
  return (
    <main className="screen">
      <Head title={t("place.title")} {...(place && { back: () => history.back() })} />
      {hubs?.length ? (
        <>
          <p className="quiet">{t("place.hint")}</p>
          <ul className="cards">
            {hubs.map((hub) => (
              <li key={hub.id}>
                <button type="button" className="card" aria-current={hub.id === place?.id ? "true" : undefined} onClick={() => void choose(hub)}>
                  <span className="grow">
                    <strong className="large block">{hub.name}</strong>
                    <span className="quiet">{t("place.parcels", { count: hub.parcels })}</span>
                  </span>
                  <IconChevronRight aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : hubs || listError ? (
        <Say
          icon={hubs ? <IconBuildingWarehouse size={48} aria-hidden /> : <IconCloudOff size={48} aria-hidden />}
          title={hubs ? t("place.none") : error(listError)}
          hint={t(hubs ? "place.none_hint" : "place.offline")}
        >
          <Act onAct={phone.refresh}>{t("common.retry")}</Act>
        </Say>
      ) : (
        <div className="stack" role="status" aria-label={t("common.loading")}>
          <div className="skeleton" />
          <div className="skeleton" />
        </div>
      )}
    </main>
  );
}
