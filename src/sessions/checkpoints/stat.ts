/** What lstat(2) tells of what stands at a path. */
import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { systemCode } from "../../core/errors.ts";
import { type BytePath, type FileState, forSystem } from "./file-state.ts";
import type { Stamp } from "./folder-index.ts";

const formatMask = 0o170000;

/** What stands there, by its mode. */
export const isFolder = ({ mode }: Stats): boolean => (mode & formatMask) === 0o040000;
export const isFile = ({ mode }: Stats): boolean => (mode & formatMask) === 0o100000;
export const isLink = ({ mode }: Stats): boolean => (mode & formatMask) === 0o120000;

/** Permission bits. */
export const permissions = ({ mode }: Stats): number => mode & 0o7777;

/** Null where nothing stands; `unknown` where that cannot be told, as in a folder that may not be entered. */
export const statOf = (place: BytePath): Stats | null | "unknown" => statAt(forSystem(place));

/** The same of a path as the system takes it. */
export function statAt(path: string | Buffer): Stats | null | "unknown" {
  try {
    return lstatSync(path, quietly) ?? null;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === "ENOTDIR" || code === "ENOENT" ? null : "unknown";
  }
}

const quietly = { throwIfNoEntry: false } as const;

/** Where a link leads. */
export function linkState(place: BytePath): NonNullable<FileState> {
  try {
    const target = readlinkSync(forSystem(place), { encoding: "buffer" });
    return { type: "link", target: target.toString("latin1") };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { type: "out", why: "unreadable", mark: "link" };
  }
}

/** A socket, a pipe or a device. */
export const special = (at: Stats): NonNullable<FileState> => ({
  type: "out",
  why: "special",
  mark: markOf(at),
});

/** What tells one thing that is not captured from another. Of folders what happens in them is not told. */
export const markOf = (at: Stats): string =>
  isFile(at) ? `${at.size} ${at.mtimeMs}` : `${at.mode & formatMask} ${at.ino}`;

export const stampOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp => ({
  size,
  mtime: mtimeMs,
  ctime: ctimeMs,
  ino,
});

/** Whether a stamp is what lstat(2) says now. */
export const isStamped = (a: Stamp, at: Stats): boolean =>
  a.mtime === at.mtimeMs && a.ctime === at.ctimeMs && a.size === at.size && a.ino === at.ino;

/** Whether its content cannot have changed, though its permissions may. */
export const isUntouched = (known: Stamp, at: Stats): boolean =>
  known.mtime === at.mtimeMs && known.size === at.size && known.ino === at.ino;

/** Times are at least as fine as a kernel tick where they have fractions of a ms; on some file systems they are seconds. */
const fineMs = 50;
const coarseMs = 2_500;

/** Whether it was changed so shortly before it was read that a later change might leave its stamp as it is. */
export function isRacy({ mtimeMs, ctimeMs }: Stats, readAt: number): boolean {
  const isFine = mtimeMs % 1 !== 0 || ctimeMs % 1 !== 0;
  return Math.max(mtimeMs, ctimeMs) >= readAt - (isFine ? fineMs : coarseMs);
}
