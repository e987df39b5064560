// What lies here, by where it goes next: what leaves soonest first, and in it what lies there longest.
import { ApiError } from "@sesame/shared/api/client";
import { grouped, isLate, readLying, whereTo, type Group, type Lying } from "@sesame/shared/hubs";
import { Act, Head, Notice, Say } from "@sesame/shared/phone/bits";
import { IconAlertTriangle, IconClock, IconCloudOff, IconPackageExport } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { askParcels } from "../data/line";
import type { Place } from "../data/log";
import { useTexts } from "../i18n";
import { Sign } from "../parts/sign";
import { Tabs } from "../parts/tabs";

/** Rows of a group at most: nobody reads on, and a phone would grow slow. */
const ROWS = 50;

type Read = Lying & { error: unknown };

export function Here({ place }: { place: Place }) {
  const { t, error } = useTexts();
  const [{ parcels, isWhole, error: problem }, again] = useParcels(place.id);
  const groups = useMemo(() => grouped(parcels), [parcels]);
  const most = Math.max(1, ...groups.map((group) => group.parcels.length));
  return (
    <main className="screen">
      <Head title={place.name} />
      {problem !== null && parcels.length === 0 ? (
        <Say icon={<IconCloudOff size={48} aria-hidden />} title={error(problem)} hint={t("here.offline")}>
          <Act onAct={again}>{t("common.retry")}</Act>
        </Say>
      ) : parcels.length === 0 && !isWhole ? (
        <div className="stack" role="status" aria-label={t("common.loading")}>
          <div className="skeleton" />
          <div className="skeleton" />
        </div>
      ) : parcels.length === 0 ? (
        <Say icon={<IconPackageExport size={48} aria-hidden />} title={t("here.none")} hint={t("here.none_hint")}>
          <Act onAct={again}>{t("here.again")}</Act>
        </Say>
      ) : (
        <>
          <p className="sum" role="status">
            {t(isWhole ? "here.count" : "here.reading", { count: parcels.length })}
          </p>
          {problem !== null && (
            <Notice tone="warning">
              {error(problem)}
              <Act onAct={again}>{t("common.retry")}</Act>
            </Notice>
          )}
          {groups.map((group) => (
            <Way key={group.key} group={group} most={most} />
          ))}
          {isWhole && (
            <Act className="" onAct={again}>
              {t("here.again")}
            </Act>
          )}
        </>
      )}
      <Tabs at="here" />
    </main>
  );
}

/** All that lies at a place, page after page; what was read stays in sight while more comes. */
function useParcels(place: string): [Read, () => void] {
  const [read, setRead] = useState<Read>({ parcels: [], isWhole: false, error: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isOver = false;
    const readAll = async () => {
      for await (const known of readLying((cursor) => askParcels(place, cursor))) {
        if (isOver) return;
        setRead({ ...known, error: null });
      }
    };
    readAll().catch((error: unknown) => {
      if (!isOver) setRead((before) => ({ ...before, error: error instanceof ApiError ? error : new Error(String(error)) }));
    });
    return () => {
      isOver = true;
    };
  }, [place, turn]);
  return [read, () => setTurn(turn + 1)];
}

function Way({ group, most }: { group: Group; most: number }) {
  const { t, when } = useTexts();
  const { direction, parcels, late } = group;
  const to = whereTo(parcels[0]!);
  return (
    <details className="lying">
      <summary>
        <span className="lying-head">
          <Sign sign={direction.kind} size={32} />
          <span className="grow">
            <span className="block quiet">{[t(`sign.${direction.kind}`), direction.line !== to && direction.line].filter(Boolean).join(" · ")}</span>
            <strong className="large block">{to || t(`big.${direction.kind}`)}</strong>
          </span>
          <strong className="sum">{parcels.length}</strong>
        </span>
        <progress value={parcels.length} max={most} aria-hidden />
        <span className="lying-facts">
          {direction.leaves !== null && (
            <span>
              <IconClock size={18} aria-hidden />
              {t("answer.leaves", { time: when(direction.leaves) })}
            </span>
          )}
          {late > 0 && (
            <span className="tag is-danger">
              <IconAlertTriangle size={16} aria-hidden />
              {t("here.late", { count: late })}
            </span>
          )}
        </span>
      </summary>
      <ol>
        {parcels.slice(0, ROWS).map((parcel) => (
          <li key={parcel.fulfillment} className="lying-row">
            <span className="grow">
              <span className="mono">{parcel.number}</span>
              <span className="block quiet">{[parcel.postal_code, parcel.city, parcel.country].filter(Boolean).join(" ")}</span>
            </span>
            <span className="lying-since">
              {parcel.since !== null && <span className="quiet">{t("here.since", { time: when(parcel.since) })}</span>}
              {isLate(parcel) && (
                <span className="tag is-danger">
                  <IconAlertTriangle size={16} aria-hidden />
                  {t("here.late", { count: 1 })}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {parcels.length > ROWS && <p className="quiet">{t("here.more", { count: parcels.length - ROWS })}</p>}
    </details>
  );
}
