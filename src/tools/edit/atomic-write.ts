/** Replacing a file so that a reader, a crash or a full disk sees the old contents or the new, never a part. */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemCode } from "../../core/errors.ts";

/** What a replaced file keeps. */
export type Keep = {
  /** Permission bits; null for a new file, which gets what the umask leaves of 0666. */
  mode: number | null;
  /** The owner to keep where the system allows it. */
  owner: { uid: number; gid: number } | null;
};

/** New contents that lie on disk beside the file and wait to take its place. */
export type Staged = {
  /** Puts them in place. */
  commit(): Promise<void>;
  /** Throws them away; nothing after a commit. */
  discard(): Promise<void>;
};

/** How many leftover temporary files of dead processes are stepped over. */
const MAX_NAMES = 100;

/**
 * Writes `bytes` to a temporary file beside `path` and makes them durable. `path` must be real: renaming over a
 * symbolic link would replace the link. A file with several hard links is parted from its other names, which is the
 * price of never showing half a file.
 * @throws the file system's error, with nothing left behind.
 */
export async function stage(path: string, bytes: Uint8Array, keep: Keep): Promise<Staged> {
  const folder = dirname(path);
  await makeFolder(folder);
  const { handle, name } = await openNew(folder, keep.mode);
  try {
    await handle.writeFile(bytes);
    if (keep.owner !== null) await giveTo(handle, keep.owner);
    // After the owner, because chown clears set-id bits; explicitly, because the umask took bits at open.
    if (keep.mode !== null) await handle.chmod(keep.mode);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(name, { force: true });
    throw error;
  }
  await handle.close();
  return {
    commit: async () => {
      await rename(name, path);
      await syncFolder(folder);
    },
    discard: () => rm(name, { force: true }),
  };
}

/** Stages and commits one file. */
export async function replaceFile(path: string, bytes: Uint8Array, keep: Keep): Promise<void> {
  const staged = await stage(path, bytes, keep);
  try {
    await staged.commit();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** Node's recursive mkdir reports a read-only file system as a missing folder; step by step the real reason is seen. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return;
    if (systemCode(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    // Once more with the same care: another tool call may be making the same folders.
    await makeFolder(folder);
  }
}

async function openNew(folder: string, mode: number | null): Promise<{ handle: FileHandle; name: string }> {
  for (let n = 0; ; n += 1) {
    const name = join(folder, `.tau-${n}.tmp`);
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
      return { handle: await open(name, flags, mode ?? 0o666), name };
    } catch (error) {
      if (systemCode(error) !== "EEXIST" || n === MAX_NAMES) throw error;
    }
  }
}

async function giveTo(handle: FileHandle, owner: { uid: number; gid: number }): Promise<void> {
  const now = await handle.stat();
  if (now.uid === owner.uid && now.gid === owner.gid) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    // Only root may give files away; anyone else who may write the folder ends up owning the new file.
    if (systemCode(error) !== "EPERM") throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, constants.O_RDONLY);
  } catch (error) {
    // Windows cannot open a folder, and a folder may be writable without being readable.
    if (["EISDIR", "EPERM", "EACCES"].includes(systemCode(error) ?? "")) return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems refuse to sync a folder; the rename itself has happened.
    if (!["EINVAL", "ENOTSUP", "EPERM"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}
