/** The ignore files of a project, each read when something below it is asked about. */
import { readFileSync } from "node:fs";
import { systemCode } from "../../core/errors.ts";
import { type BytePath, folderOf, forSystem, placeOf } from "./file-state.ts";
import { type IgnoreFile, isIgnored, parseIgnore } from "./ignore.ts";

/** The rules as they are during one look. */
export class IgnoreRules {
  readonly #root: BytePath;
  readonly #outer: readonly string[];
  readonly #known = new Map<BytePath, readonly IgnoreFile[]>();

  /** @param outer the user's and the repository's own ignore files, weakest first */
  constructor(root: BytePath, outer: readonly string[]) {
    this.#root = root;
    this.#outer = outer;
  }

  /** Whether something in a folder that is not ignored is. */
  ignores(path: BytePath, isFolder: boolean): boolean {
    return isIgnored(this.#of(folderOf(path)), path, isFolder);
  }

  #of(folder: BytePath): readonly IgnoreFile[] {
    const known = this.#known.get(folder);
    if (known) return known;
    const above =
      folder === ""
        ? this.#outer.flatMap((path) => ignoreFileAt(path, "") ?? [])
        : this.#of(folderOf(folder));
    const base = folder === "" ? "" : `${folder}/`;
    const own = ignoreFileAt(placeOf(this.#root, `${base}.gitignore`), base);
    const rules = own === null ? above : [...above, own];
    this.#known.set(folder, rules);
    return rules;
  }
}

function ignoreFileAt(place: BytePath, base: string): IgnoreFile | null {
  try {
    return parseIgnore(base, readFileSync(forSystem(place), "latin1"));
  } catch (error) {
    // Nearly no folder has one; one that cannot be read, or is a folder, says nothing.
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
