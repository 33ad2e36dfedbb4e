/** Loading a file that is to be changed, with everything a replacement has to keep. */
import { open, stat } from "node:fs/promises";
import { systemCode } from "../../core/errors.ts";
import { type FileHash, type FileState, hashOf } from "../file-state.ts";
import { refuse } from "../outcome.ts";
import { missing, realTarget, shown } from "../paths.ts";
import { formatBytes } from "../truncate.ts";
import type { Keep } from "./atomic-write.ts";

/** Larger files are neither hashed nor edited; `read` streams them. */
export const MAX_EDIT_BYTES = 16 * 1024 * 1024;

/** A regular file in memory. */
export type LoadedFile = {
  /** Where its bytes are: symbolic links resolved. */
  real: string;
  bytes: Buffer;
  hash: FileHash;
  keep: Keep;
};

/**
 * Loads a file; null when there is none.
 * @throws TauError for a folder, a device or a file larger than `MAX_EDIT_BYTES`.
 */
export async function loadIfPresent(cwd: string, path: string): Promise<LoadedFile | null> {
  const real = realTarget(path);
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(real);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
  const name = shown(cwd, path);
  if (stats.isDirectory()) throw refuse(`${name} is a folder.`, "Name a file in it; ls lists them.");
  // Opening a pipe or a device could block for ever or act on hardware.
  if (!stats.isFile()) throw refuse(`${name} is not a regular file.`);
  if (stats.size > MAX_EDIT_BYTES) {
    throw refuse(
      `${name} is ${formatBytes(stats.size)}; files over ${formatBytes(MAX_EDIT_BYTES)} are not edited here.`,
      "Change it with a command (sed, a script).",
    );
  }
  const handle = await open(real, "r");
  try {
    const bytes = await handle.readFile();
    const keep = { mode: stats.mode & 0o7777, owner: { uid: stats.uid, gid: stats.gid } };
    return { real, bytes, hash: hashOf(bytes), keep };
  } finally {
    await handle.close();
  }
}

/** Loads a file that must exist. @throws TauError, with the nearest names when it does not. */
export async function load(cwd: string, path: string): Promise<LoadedFile> {
  const file = await loadIfPresent(cwd, path);
  if (file === null) throw await missing(cwd, path);
  return file;
}

/** @throws TauError when the file was not read in this session, or has changed since. */
export function requireFresh(
  files: FileState,
  file: LoadedFile,
  name: string,
  need: "read" | "unchanged",
): void {
  switch (files.freshness(file.real, file.hash)) {
    case "current":
      return;
    case "unread":
      if (need === "unchanged") return;
      throw refuse(`${name} has not been read in this session.`, "Read it first, then change it.");
    case "changed":
      throw refuse(
        `${name} has changed since it was read; nothing was written.`,
        "Read it again, then change it.",
      );
  }
}
