/**
 * The machine's policy: what whoever administers the machine decides for everyone on it. It stands above every other
 * layer, and nothing a user writes, sets or passes loosens it. Where it is, no variable says: who could name another
 * file could name an empty one.
 */
import { statSync } from "node:fs";
import { TauError } from "../core/errors.ts";
import type { Mode } from "../core/permission.ts";
import type { Settings } from "./settings.ts";
import { readSettingsFile, type SettingsFile } from "./settings-file.ts";

/** Where it stands and whose it has to be. */
export type ManagedPlace = { path: string /** A user id; root's, but in tests. */; owner: number };

/** The one place on every Unix. */
export const managedPlace: ManagedPlace = { path: "/etc/tau/policy.json", owner: 0 };

/** What it says: settings as any layer has them, and the freest mode that is permitted. */
export type Managed = Pick<SettingsFile, "settings" | "placeOf"> & { freest: Mode | null };

/** Settings that tighten, or that only an administrator could mean for everyone. */
const taken: readonly (keyof Settings)[] = [
  "$schema",
  "permissions",
  "mode",
  "budgets",
  "limits",
  "disabledTools",
];

/**
 * Reads it; null where there is none.
 * @throws TauError `config` when it is not its owner's alone, cannot be read, is malformed, or says what it may not: a policy that is
 * there is never ignored
 */
export async function readManaged({ path, owner }: ManagedPlace): Promise<Managed | null> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (stats.uid !== owner || (stats.mode & 0o022) !== 0)
    throw new TauError(
      "config",
      `${path} is this machine's policy, but others than its administrator can change it`,
      `sudo chown root ${path} && sudo chmod go-w ${path}`,
    );
  const file = await readSettingsFile(path);
  if (file === null) return null;
  const { mode, ...settings } = file.settings;
  const other = Object.keys(settings).find((key) => !taken.some((one) => one === key));
  if (other !== undefined)
    throw new TauError(
      "config",
      `${file.placeOf([other])}: a machine's policy does not set ${other}`,
      `it may set ${taken.slice(1).join(", ")}`,
    );
  return { settings, placeOf: file.placeOf, freest: mode ?? null };
}
