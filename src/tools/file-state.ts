/** Which files this session has read, and what they held then: the guard against writing over what nobody looked at. */
import { createHash } from "node:crypto";
import type { Json } from "../core/message.ts";

/** SHA-256 of a file's bytes, hex. */
export type FileHash = string;

/** A file as a tool left it or saw it; kept in `facts.files` of a result, so that a resumed session knows them again. */
export type SeenFile = {
  /** Absolute, symbolic links resolved. */
  path: string;
  hash: FileHash;
};

/** The `facts` of a result that left these files so; `hashes` is what the loop's measure of progress reads. */
export function fileFacts(files: SeenFile[]): { files: SeenFile[]; hashes: FileHash[] } {
  return { files, hashes: files.map(({ hash }) => hash) };
}

/** The files in a result's `facts`, read back from a ledger; anything of another shape is passed over. */
export function filesInFacts(facts: { [key: string]: Json } | undefined): SeenFile[] {
  const files = facts?.files;
  if (!Array.isArray(files)) return [];
  return files.flatMap((file) => {
    if (typeof file !== "object" || file === null || Array.isArray(file)) return [];
    const { path, hash } = file;
    return typeof path === "string" && typeof hash === "string" ? [{ path, hash }] : [];
  });
}

/** Whether a file may be written on the strength of what the session knows about it. */
export type Freshness = "current" | "changed" | "unread";

/** The hash files are compared by. */
export function hashOf(bytes: Uint8Array): FileHash {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What one session knows of files. `read` adds to it, and so does every tool that writes. */
export class FileState {
  readonly #seen = new Map<string, FileHash>();

  /** The session has seen, or has itself written, these contents. Also how a resumed session's facts are put back. */
  record(file: SeenFile): void {
    this.#seen.set(file.path, file.hash);
  }

  /** The file is gone or was moved away. */
  forget(path: string): void {
    this.#seen.delete(path);
  }

  /** Compares what a file holds now with what the session saw last. */
  freshness(path: string, hash: FileHash): Freshness {
    const seen = this.#seen.get(path);
    if (seen === undefined) return "unread";
    return seen === hash ? "current" : "changed";
  }
}
