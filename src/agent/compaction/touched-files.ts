/** Which files a session's tools read and changed, by the tools' own inputs: facts no summary may lose. */
import type { Json } from "../../core/message.ts";

/** Files of each kind that are named at most; the ones touched last are kept. */
const namedFiles = 200;

/** Follows the calls of a session. */
export class TouchedFiles {
  /** In the order of their last touch. */
  readonly #files = new Map<string, "read" | "changed">();

  /** Takes in a call that was started. */
  add(name: string, input: Json): void {
    if (typeof input !== "object" || input === null || Array.isArray(input)) return;
    if (name === "apply_patch" && typeof input.patch === "string") {
      for (const [, path] of input.patch.matchAll(
        /^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/gm,
      ))
        if (path) this.#touch(path, "changed");
      return;
    }
    if (typeof input.path !== "string") return;
    if (name === "read") this.#touch(input.path, "read");
    if (name === "edit" || name === "write") this.#touch(input.path, "changed");
  }

  /** The files of each kind; one that was changed is not listed as read. */
  lists(): { read: string[]; changed: string[] } {
    const of = (kind: "read" | "changed"): string[] =>
      [...this.#files].flatMap(([path, how]) => (how === kind ? [path] : [])).slice(-namedFiles);
    return { read: of("read"), changed: of("changed") };
  }

  #touch(path: string, how: "read" | "changed"): void {
    const before = this.#files.get(path);
    this.#files.delete(path);
    this.#files.set(path, before === "changed" ? before : how);
  }
}
