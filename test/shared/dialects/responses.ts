import type { Expectations } from "./expectations.ts";

/** The written list of OpenAI Responses. */
export const expectations: Expectations = { rules: [], exceptions: [] };
