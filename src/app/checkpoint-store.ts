/** Where a project's checkpoints are kept, and opening them. */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { TauPaths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import { TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import { markerFile } from "../sessions/checkpoints/marker-file.ts";
import type { ProjectCheckpoints } from "../sessions/checkpoints/project.ts";
import type { StoreFile } from "../sessions/checkpoints/stores.ts";
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
  const { now } = place;
  const store = await openStore(place);
  await store.recover();
  // It goes through all that is stored: once a day is often enough for limits in days.
  if (now() - store.sweptAt > dayMs) {
    await store.sweep(keepSince(place));
    await collect(place);
  }
  return store;
}

/** Takes away stores of other projects that are too old or have no room. @returns those that are gone */
export async function collect({
  paths,
  settings,
  now,
}: Omit<StorePlace, "root" | "home">): Promise<StoreFile[]> {
  const { removeStore, storesIn, surplus } = await import("../sessions/checkpoints/stores.ts");
  const limits = { keepSince: keepSince({ settings, now }), maxBytes: totalBytes(settings), now: now() };
  const gone: StoreFile[] = [];
  for (const store of surplus(storesIn(join(paths.data, checkpointsFolder)), limits))
    if (await removeStore(store)) gone.push(store);
  return gone;
}

/** What was recorded before it, in Unix ms, is forgotten. */
export const keepSince = ({ settings, now }: Pick<StorePlace, "settings" | "now">): number =>
  now() - (settings.keepDays ?? defaultCheckpoints.keepDays) * dayMs;

/** Bytes that the stores of all projects may take together: a few projects may be at their limit. */
export const totalBytes = ({ maxProjectBytes }: StorePlace["settings"]): number =>
  5 * (maxProjectBytes ?? defaultCheckpoints.maxProjectBytes);

/** A restore of the project's files whose process ended in the middle of it, in words; null for none. */
export async function cutOffText(paths: TauPaths, root: string): Promise<string | null> {
  const store = storeFile(paths, root);
  if (!existsSync(markerFile(store))) return null;
  const { markerOf } = await import("../sessions/checkpoints/marker.ts");
  const marker = markerOf(store);
  if (marker === null || thisProcess().isAlive(marker.pid, marker.started)) return null;
  const count = marker.paths === 1 ? "1 file" : `${marker.paths} files`;
  return `Putting back ${count} was cut off when its process ended. tau checkpoints finish does the rest, tau checkpoints finish --undo takes it back; the next change of files finishes it, too.`;
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
