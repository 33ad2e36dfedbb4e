/**
 * For the tables of cases (`every-*.test.ts`): whether they run against entries that do nothing, so that a case that
 * passes all the same is found. `node scripts/mutate-tables.mjs` runs them so.
 */

/** Whether each case's own entry is to do nothing. */
export const doesNothing = process.env.MUTATE_TABLES === "1";

/** How long a case waits for what is to happen: what never will is not waited for long. */
export const patient = { timeout: doesNothing ? 3_000 : 30_000 };
