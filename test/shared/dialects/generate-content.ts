import type { Expectations } from "./expectations.ts";

/** The written list of this dialect. */
export const expectations: Expectations = { rules: [], exceptions: [] };
