/**
 * What stands at a path, as checkpoints know it. Paths and link targets are byte strings (one character a byte, latin1):
 * names on a file system are bytes, and what is no UTF-8 has to come back as it was.
 */
import type { LeftOut } from "../../core/checkpoint.ts";

/** A path in bytes: relative to the project's root without a leading slash, or absolute outside it. */
export type BytePath = string;

/** What stands at a path; null for nothing. */
export type FileState =
  | null
  /** `mode`: permission bits (07777). `blob`: its content in the store; equal contents have equal numbers. */
  | { type: "file"; mode: number; size: number; blob: number }
  | { type: "link"; target: string }
  | { type: "folder"; mode: number }
  /** Something whose content is not captured. `mark` changes when it changes, as far as that is known. */
  | { type: "out"; why: LeftOut; mark: string };

/** Whether two states are the same. Of what is not captured only that can be told which `mark` shows. */
export function sameState(a: FileState, b: FileState): boolean {
  if (a === null || b === null) return a === b;
  switch (a.type) {
    case "file":
      return b.type === "file" && a.blob === b.blob && a.mode === b.mode;
    case "link":
      return b.type === "link" && a.target === b.target;
    case "folder":
      return b.type === "folder" && a.mode === b.mode;
    case "out":
      return b.type === "out" && a.mark === b.mark;
  }
}

/** The blob of a state, where it has one. */
export const blobOf = (state: FileState): number | null => (state?.type === "file" ? state.blob : null);

/** A string of Node's (UTF-16) as bytes. */
export const toBytes = (text: string): BytePath => Buffer.from(text, "utf8").toString("latin1");

/** Bytes as people read them; what is no UTF-8 shows as a replacement character. */
export const readable = (path: BytePath): string => Buffer.from(path, "latin1").toString("utf8");

/** Bytes as Node's file functions take them. ASCII, nearly every path, costs no copy. */
export function forSystem(path: BytePath): string | Buffer {
  return isAscii(path) ? path : Buffer.from(path, "latin1");
}

/** Whether it is the same in bytes and in UTF-16. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** The folder a relative path stands in; empty for the root. */
export function folderOf(path: BytePath): BytePath {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/** Where a byte path is on this machine. */
export function placeOf(root: BytePath, path: BytePath): BytePath {
  if (path.startsWith("/")) return path;
  return path === "" ? root : `${root}/${path}`;
}
