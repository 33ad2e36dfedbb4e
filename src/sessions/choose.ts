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

/** How many of the sessions an ambiguous id may mean are named. */
const named = 5;

/**
 * The session whose id begins with `prefix`.
 * @throws TauError `usage` when there is none, or more than one, with their titles
 */
export async function findSession(store: Store, prefix: string): Promise<SessionSummary> {
  if (prefix.trim() === "")
    throw new TauError("usage", "an empty id is no session's", "tau sessions list --all");
  const found = await store.list({ idPrefix: prefix, limit: named + 1 });
  const [first, second] = found;
  if (!first) throw new TauError("usage", `there is no session ${prefix}`, "tau sessions list --all");
  if (!second) return first;
  const lines = found
    .slice(0, named)
    .map(({ id, title }) => `${id}  ${(title ?? "").slice(0, 60)}`.trimEnd());
  throw new TauError(
    "usage",
    `more than one session begins with ${prefix}`,
    ["give more of the id:", ...lines, ...(found.length > named ? ["..."] : [])].join("\n     "),
  );
}
