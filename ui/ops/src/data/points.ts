// What points are worth and what members have of them, as the screens read and change it.
import type { Member, MemberPoints, PointsAdjustment, PointsProgram, PointsProgramChange } from "@sesame/shared/api/types";
import { decimalOf, parseMoney, type Amount } from "@sesame/shared/i18n/format";
import { useQuery } from "@tanstack/react-query";
import { parsePercent, percentOf } from "./campaign-units";
import { queryString, read } from "./api";
import { usePages, useWrite } from "./queries";

export const POINTS_MAX = 1_000_000_000_000;
export const REASON_CHARS_MAX = 500;
const SPEND_MAX = 1_000_000_000;
const WORTH_MAX = 1_000_000;
const DAYS_MAX = 3_650;
const PPM = 1_000_000;

export const useProgram = () => useQuery({ queryKey: ["points", "program"], queryFn: ({ signal }) => read<PointsProgram>("/points/program", signal) });

export const useSaveProgram = () => useWrite<PointsProgramChange, PointsProgram>((body) => ({ method: "PUT", path: "/points/program", body }));

/** The member with an address; nobody is asked for while there is none. */
export const useMember = (email: string) =>
  useQuery({ queryKey: ["members", email], queryFn: ({ signal }) => read<Member>(`/members${queryString({ email })}`, signal), enabled: email !== "" });

export const useMemberPoints = (id: string) => {
  const query = usePages<MemberPoints>("points", `/members/${id}/points`, {});
  return { ...query, account: query.data?.pages[0] };
};

export const useAdjust = (id: string) => useWrite<PointsAdjustment, MemberPoints>((body) => ({ method: "POST", path: `/members/${id}/points`, body }));

/** A program as it is typed. */
export type Typed = { currency: string; spend_per_point: string; worth: string; share_max_ppm: string; points_min: string; expires_after_days: string; active: boolean; title: { en: string; de: string; zh: string } };
export type Field = Exclude<keyof Typed, "active">;

export function typedOf(program: PointsProgram): Typed {
  const money = (amount: number) => decimalOf({ amount, currency: program.currency });
  const { en, de, zh } = program.title;
  return {
    currency: program.currency,
    spend_per_point: money(program.spend_per_point),
    worth: money(program.worth),
    share_max_ppm: percentOf(program.share_max_ppm),
    points_min: String(program.points_min),
    expires_after_days: String(program.expires_after_days),
    active: program.active,
    title: { en: en ?? "", de: de ?? "", zh: zh ?? "" },
  };
}

/** A whole number of at least 0 and at most `most`; null when it is none. */
function whole(typed: string, most: number): number | null {
  const text = typed.replace(/[\s\u00a0\u202f'.,]/g, "");
  return /^\d{1,13}$/.test(text) && Number(text) <= most ? Number(text) : null;
}

/** What is sent for what was typed; else what is wrong, by field. */
export function programOf(typed: Typed, version: number): { change: PointsProgramChange; wrong: null } | { change: null; wrong: Set<Field> } {
  const money = (text: string, most: number) => {
    const amount = parseMoney(text, typed.currency)?.amount ?? 0;
    return amount >= 1 && amount <= most ? amount : null;
  };
  const spend = money(typed.spend_per_point, SPEND_MAX);
  const worth = money(typed.worth, Math.min(WORTH_MAX, spend ?? WORTH_MAX));
  const share = parsePercent(typed.share_max_ppm);
  const least = whole(typed.points_min, POINTS_MAX);
  const days = whole(typed.expires_after_days, DAYS_MAX);
  const wrong = new Set<Field>();
  if (spend === null) wrong.add("spend_per_point");
  if (worth === null) wrong.add("worth");
  if (share === null) wrong.add("share_max_ppm");
  if (least === null) wrong.add("points_min");
  if (days === null) wrong.add("expires_after_days");
  if (!typed.title.en.trim()) wrong.add("title");
  if (spend === null || worth === null || share === null || least === null || days === null || wrong.size > 0) return { change: null, wrong };
  const { currency, active } = typed;
  const title = Object.fromEntries(Object.entries(typed.title).map(([language, text]) => [language, text.trim()]).filter(([, text]) => text));
  return { change: { version, title, currency, spend_per_point: spend, worth, share_max_ppm: share, points_min: least, expires_after_days: days, active }, wrong: null };
}

/** What an order earns, and what it could be paid with at most. */
export type Example = { order: Amount; earns: number; earnsWorth: Amount; most: number; mostWorth: Amount };

/** Of an order of 49.90, to show what the numbers come to. */
const EXAMPLE_ORDER = 4_990;

export function example({ currency, spend_per_point, worth, share_max_ppm }: PointsProgramChange): Example {
  const money = (amount: number) => ({ amount, currency });
  const earns = Math.floor(EXAMPLE_ORDER / spend_per_point);
  const most = Math.floor(Math.floor((EXAMPLE_ORDER * share_max_ppm) / PPM) / worth);
  return { order: money(EXAMPLE_ORDER), earns, earnsWorth: money(earns * worth), most, mostWorth: money(most * worth) };
}
