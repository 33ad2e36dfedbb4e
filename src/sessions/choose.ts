/** Which session a person means. */
import { TauError } from "../core/errors.ts";
import type { SessionSummary, Store } from "../core/store.ts";

/** Sessions among which the one to continue is looked for. */
const looksBack = 20;

/**
 * The session to go on with in a folder.
 * @throws TauError `usage` when there is none
 */
export async function latestSession(store: Store, cwd: string): Promise<SessionSummary> {
  const recent = await store.list({ cwd, limit: looksBack });
  // Whoever opened Tau and left without a word does not mean that session.
  const latest = recent.find(({ turns }) => turns > 0) ?? recent[0];
  if (!latest)
    throw new TauError("usage", `there is no session of ${cwd} to go on with`, "tau sessions list --all");
  return latest;
}

/**
 * The session whose id begins with `prefix`.
 * @throws TauError `usage` when there is none, or more than one
 */
export async function findSession(store: Store, prefix: string): Promise<SessionSummary> {
  const [first, second] = await store.list({ idPrefix: prefix, limit: 2 });
  if (!first) throw new TauError("usage", `there is no session ${prefix}`, "tau sessions list --all");
  if (second)
    throw new TauError("usage", `more than one session begins with ${prefix}`, "give more of the id");
  return first;
}
