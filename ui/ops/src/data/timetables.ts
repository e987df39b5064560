// When carriers' services drive, as the screens read and change it.
import type { Timetable } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { read } from "./api";
import { useWrite } from "./queries";

export const TABLES = ["calendars", "hubs", "lines", "zones", "programmes", "closures"] as const;
export type TimetableTable = (typeof TABLES)[number];

const HEADS: Record<TimetableTable, string> = {
  calendars: "calendar,day,hours",
  hubs: "code,time_zone,calendar",
  lines: "code,from,to,calendar,cutoff,depart,arrive,capacity",
  zones: "zone,hub,time_zone,calendar,cutoff,from,to,capacity",
  programmes: "code,zone,location,weight_max_grams,calendar,order_by,ship_by,from,to,capacity",
  closures: "closed,from,until",
};

/** A table that nobody has filled in yet: its head. */
export const newTable = (table: TimetableTable) => `${HEADS[table]}\n`;

const path = (carrier: string, service: string) => `/carriers/${carrier}/services/${encodeURIComponent(service)}/timetable`;

export const useTimetable = (carrier: string, service: string) =>
  useQuery({ queryKey: ["carriers", "timetable", carrier, service], queryFn: ({ signal }) => read<Timetable>(path(carrier, service), signal), enabled: service !== "" });

export const useSaveTimetable = (carrier: string, service: string) => useWrite<Timetable, Timetable>((body) => ({ method: "PUT", path: path(carrier, service), body }));
