// Switches of optional work: where they stand, and what is done with them.
import type { SwitchEntry, SwitchList, SwitchPlan, SwitchPlans, SwitchRelease, SwitchThrow, WorkKind } from "@sesame/shared/api/types";
import { useQuery } from "@tanstack/react-query";
import { read } from "./api";
import { useWrite } from "./queries";
import { momentOf } from "./zones";

const REFRESH_MS = 5_000;

export const useSwitches = () =>
  useQuery({ queryKey: ["switches"], queryFn: ({ signal }) => read<SwitchList>("/switches", signal), refetchInterval: REFRESH_MS });

/** The switch of a kind of work while that is shed; nothing while it is served or not known yet. */
export function useShed(work: WorkKind): SwitchEntry | null {
  const found = useSwitches().data?.items.find((one) => one.work === work);
  return found?.position === "shed" ? found : null;
}

export const useThrow = (work: WorkKind) => useWrite<SwitchThrow, SwitchEntry>((body) => ({ method: "POST", path: `/switches/${work}/throw`, body }));
export const useRelease = (work: WorkKind) => useWrite<SwitchRelease, SwitchEntry>((body) => ({ method: "POST", path: `/switches/${work}/release`, body }));
export const usePlan = (work: WorkKind) => useWrite<SwitchPlans, SwitchEntry>((body) => ({ method: "PUT", path: `/switches/${work}/plans`, body }));

export type Fault = "skipped" | "twice" | "time" | "order" | "nothing" | null;

/** What is wrong with a plan, before it is sent. */
export function faultOf(plan: SwitchPlan, now: number): Fault {
  if (plan.type === "around") return plan.before_minutes + plan.after_minutes === 0 ? "nothing" : null;
  const [from, until] = [momentOf(plan.from, plan.time_zone), momentOf(plan.until, plan.time_zone)];
  for (const found of [from, until]) {
    if (found === null) return "time";
    if (typeof found !== "number") return found;
  }
  return (until as number) <= (from as number) || (until as number) <= now ? "order" : null;
}
