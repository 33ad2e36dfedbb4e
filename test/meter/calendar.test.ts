import { describe, expect, it } from "vitest";
import { dayOf, periodStart, type UtcOffset } from "../../src/meter/calendar.ts";

describe("the calendar", () => {
  /** Berlin around the end of summer time, 2026-10-25 01:00 UTC. */
  const berlin: UtcOffset = (when) => (when < Date.parse("2026-10-25T01:00:00Z") ? 120 : 60);
  it.each([
    ["today", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00.000Z"],
    ["week", "2026-10-28T12:00:00Z", "2026-10-25T23:00:00.000Z"],
    ["week", "2026-10-25T22:59:00Z", "2026-10-18T22:00:00.000Z"],
    ["month", "2026-10-31T23:30:00Z", "2026-10-31T23:00:00.000Z"],
    ["month", "2026-10-28T12:00:00Z", "2026-09-30T22:00:00.000Z"],
    ["all", "2026-10-28T12:00:00Z", "1970-01-01T00:00:00.000Z"],
  ] as const)("%s at %s begins %s", (period, now, start) => {
    expect(new Date(periodStart(period, Date.parse(now), berlin)).toISOString()).toBe(start);
  });

  it("names the local day", () => {
    expect(dayOf(Date.parse("2026-10-31T23:30:00Z"), berlin)).toBe("2026-11-01");
    expect(dayOf(Date.parse("2026-10-31T02:30:00Z"), () => -300)).toBe("2026-10-30");
  });
});
