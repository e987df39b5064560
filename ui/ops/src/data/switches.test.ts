import type { SwitchPlan } from "@sesame/shared/api/types";
import { expect, test } from "vitest";
import { faultOf } from "./switches";

const NOW = Date.parse("2026-11-10T12:00:00Z");
const between = (from: string, until: string, time_zone = "Europe/Berlin"): SwitchPlan => ({ type: "between", time_zone, from, until });
const around = (before_minutes: number, after_minutes: number): SwitchPlan => ({ type: "around", campaign: "campaign_1", before_minutes, after_minutes });

test("a plan says what is wrong with it before it is sent", () => {
  for (const [plan, fault] of [
    [between("2026-11-11T00:00:00", "2026-11-11T02:00:00"), null],
    // One that has begun may go on.
    [between("2026-11-10T00:00:00", "2026-11-10T13:00:01"), null],
    [between("2026-11-10T00:00:00", "2026-11-10T13:00:00"), "order"],
    [between("2026-11-11T02:00:00", "2026-11-11T02:00:00"), "order"],
    [between("2026-11-11T02:00:00", "2026-11-11T00:00:00"), "order"],
    [between("", "2026-11-11T00:00:00"), "time"],
    [between("2026-11-11T00:00:00", "soon"), "time"],
    [between("2027-03-28T02:30:00", "2027-03-28T04:00:00"), "skipped"],
    [between("2027-10-31T01:00:00", "2027-10-31T02:30:00"), "twice"],
    [around(30, 0), null],
    [around(0, 0), "nothing"],
  ] as const) {
    expect(faultOf(plan, NOW), JSON.stringify(plan)).toBe(fault);
  }
});
