/** `tau auth logout`: takes keys out of credentials.json. */
import { readCredentials } from "../../config/credentials.ts";
import { removeKey } from "../../config/save-credentials.ts";
import { TauError } from "../../core/errors.ts";
import { nearestNames } from "../../core/likeness.ts";
import { providers } from "../../providers/registry.ts";
import { ownPaths } from "../ledger.ts";
import { print, say } from "../print/streams.ts";

/** Whether every key goes. */
export type LogoutOptions = { all?: boolean };

/** @throws TauError `usage` when it is not clear which key, or there is none. */
export async function logout(wanted: string | undefined, { all }: LogoutOptions): Promise<void> {
  const paths = ownPaths();
  const stored = Object.keys(await readCredentials(paths));
  for (const id of chosen(wanted, all ?? false, stored)) {
    await removeKey(paths, id, Date.now);
    print(`The key of ${id} is no longer in credentials.json`);
    const variable = providers
      .find((entry) => entry.id === id)
      ?.keys.find((one) => process.env[one.variable]?.trim())?.variable;
    if (variable !== undefined) say(`tau: ${variable} is still set in the environment\n`);
  }
}

function chosen(wanted: string | undefined, all: boolean, stored: readonly string[]): readonly string[] {
  if (all) return stored;
  if (wanted === undefined) {
    if (stored.length === 1) return stored;
    const hint =
      stored.length === 0
        ? "tau auth status shows the keys there are"
        : `there are ${stored.join(", ")}, or --all`;
    throw new TauError("usage", stored.length === 0 ? "no key is kept" : "which provider's key?", hint);
  }
  if (stored.includes(wanted)) return [wanted];
  const near = nearestNames(wanted, stored);
  throw new TauError(
    "usage",
    `no key of ${wanted} is kept`,
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : "tau auth status shows the keys there are",
  );
}
