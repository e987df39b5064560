// Who is visited, where, and what to know about it.
import { isOpen } from "@sesame/shared/rounds";
import { IconNavigation, IconPhone } from "@tabler/icons-react";
import { useEffect } from "react";
import { look } from "../data/position";
import { geoLink } from "../data/round";
import type { Round, Stop } from "../data/wire";
import { useTexts } from "../i18n";
import { Address, Times } from "./bits";

export function StopCard({ round, stop }: { round: Round; stop: Stop }) {
  const { t } = useTexts();
  // The place of the door is known by the time that something is done at it.
  useEffect(look, [stop.number]);
  const geo = geoLink(stop);
  const open = stop.parcels.filter(isOpen).length;
  return (
    <section className="stop-card">
      <p className="stop-head">
        <span className="place">{round.order.indexOf(stop.number) + 1}</span>
        {open > 0 && <strong>{t("stop.parcels", { count: open })}</strong>}
      </p>
      <h2>{stop.name}</h2>
      <Address stop={stop} />
      <Times stop={stop} />
      <div className="pair">
        {geo && (
          <a className="button" href={geo}>
            <IconNavigation aria-hidden />
            {t("stop.navigate")}
          </a>
        )}
        {stop.phone && (
          <a className="button" href={`tel:${stop.phone.replace(/[^+\d]/g, "")}`}>
            <IconPhone aria-hidden />
            {t("stop.call")}
          </a>
        )}
      </div>
    </section>
  );
}
