/** Where a project's checkpoints are kept, and opening them. */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { TauPaths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import { TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import type { ProjectCheckpoints } from "../sessions/checkpoints/project.ts";
import { thisProcess } from "../sessions/process.ts";

/** What holds where the settings say nothing. */
export const defaultCheckpoints = {
  maxFileBytes: 10 * 1024 ** 2,
  maxProjectBytes: 2 * 1024 ** 3,
  keepDays: 30,
};

const dayMs = 24 * 3_600_000;

/** The folder below Tau's data that holds a store a project. */
export const checkpointsFolder = "checkpoints";

/** What opening a project's store needs. */
export type StorePlace = {
  paths: TauPaths;
  /** The project's root. */
  root: string;
  /** The user's home folder. */
  home: string;
  now: Clock;
  settings: NonNullable<Settings["checkpoints"]>;
};

/** The file that a project's checkpoints are in. */
export function storeFile(paths: TauPaths, root: string): string {
  const name = createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 32);
  return join(paths.data, checkpointsFolder, `${name}.db`);
}

/** Opens it, finishes what a kill cut off, and forgets what is too old. @throws TauError `failure` */
export async function openTidied(place: StorePlace): Promise<ProjectCheckpoints> {
  const { now, settings } = place;
  const store = await openStore(place);
  await store.recover();
  await store.sweep(now() - (settings.keepDays ?? defaultCheckpoints.keepDays) * dayMs);
  return store;
}

/** Opens it as it is. @throws TauError `failure` */
export async function openStore(place: StorePlace): Promise<ProjectCheckpoints> {
  const { paths, root, home, now, settings } = place;
  const { ProjectCheckpoints } = await import("../sessions/checkpoints/project.ts");
  return ProjectCheckpoints.open({
    file: storeFile(paths, root),
    root,
    closed: [paths.data, paths.state],
    ignoreFiles: [join(home, ".config/git/ignore"), join(root, ".git/info/exclude")],
    maxFileBytes: settings.maxFileBytes ?? defaultCheckpoints.maxFileBytes,
    maxBytes: settings.maxProjectBytes ?? defaultCheckpoints.maxProjectBytes,
    now,
    processInfo: thisProcess(),
  });
}

/** Of a wish for files where there are no checkpoints. */
export const offError = (): TauError =>
  new TauError("usage", "checkpoints are turned off", "the setting checkpoints.enabled turns them on");
