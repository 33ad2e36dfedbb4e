/** Local calendar days, for day caps and cost reports. Pure: the zone comes in as its offset. */

/** Minutes east of UTC at an instant (Unix ms); a front end gives `(at) => -new Date(at).getTimezoneOffset()`. */
export type UtcOffset = (at: number) => number;

/** The spans a cost report covers. */
export type Period = "today" | "week" | "month" | "all";

const dayMs = 86_400_000;

/** The local calendar day of an instant, `2026-11-24`. */
export function dayOf(at: number, offset: UtcOffset): string {
  return new Date(at + offset(at) * 60_000).toISOString().slice(0, 10);
}

/** The first instant of the period that `at` is in: local midnight, Monday (ISO 8601), or the first of the month; 0 for `all`. */
export function periodStart(period: Period, at: number, offset: UtcOffset): number {
  if (period === "all") return 0;
  const wall = new Date(at + offset(at) * 60_000);
  const midnight = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate());
  const first = {
    today: midnight,
    week: midnight - ((wall.getUTCDay() + 6) % 7) * dayMs,
    month: Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1),
  }[period];
  // The offset then may differ from now's: a change of clocks may lie between. Its own guess is close enough to ask again.
  const guess = first - offset(at) * 60_000;
  return first - offset(guess) * 60_000;
}
