/** The work of apply_patch: everything is planned in memory first, then all files are written, or none. */
import { lstatSync } from "node:fs";
import type { Display, ToolResult } from "../../core/tool.ts";
import { type FileState, fileFacts, hashOf, type SeenFile } from "../file-state.ts";
import { refuse } from "../outcome.ts";
import { absolute, missing, realTarget, shown } from "../paths.ts";
import type { Keep } from "./atomic-write.ts";
import { displayDiff } from "./display-diff.ts";
import { type LoadedFile, load, loadIfPresent, requireFresh } from "./load.ts";
import type { Tier } from "./match.ts";
import type { FileChange, Patch } from "./patch-parse.ts";
import { applyChunks } from "./patch-text.ts";
import { type Replacement, replaceFiles } from "./replace-files.ts";
import { decode, encode } from "./source.ts";

/** One file as the patch found it and as it leaves it. */
type Planned = Replacement & { before: LoadedFile | null };

const newFile: Keep = { mode: null, owner: null };

/**
 * Applies a patch. The caller holds the locks of all its files.
 * @throws TauError; then no file has been changed (or, if the disk failed half way, all have been put back).
 */
export async function patchFiles(files: FileState, cwd: string, patch: Patch): Promise<ToolResult> {
  if (patch.changes.length === 0) throw refuse("No files were modified.", "The patch has no hunks.");
  const plan = new Plan(files, cwd);
  const done: string[] = [];
  for (const change of patch.changes) done.push(await plan.apply(change));
  const planned = plan.files();
  await replaceFiles(planned);
  const seen: SeenFile[] = [];
  for (const { real, bytes } of planned) {
    if (bytes === null) files.forget(real);
    else seen.push({ path: real, hash: hashOf(bytes) });
  }
  for (const file of seen) files.record(file);
  const lax = [...new Set(plan.tiers.filter((tier) => tier !== "exact"))];
  const notes = [
    ...patch.warnings,
    ...(lax.length === 0 ? [] : [`Some lines matched only ignoring ${lax.join(", ")}.`]),
  ];
  return {
    output: `Success. Updated the following files:\n${done.join("\n")}`,
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
    display: planned.map(displayOf),
    facts: {
      ...fileFacts(seen),
      deleted: planned.flatMap(({ real, bytes }) => (bytes === null ? [real] : [])),
    },
  };
}

/** What the patch would change. @throws TauError when it does not apply. */
export async function previewPatch(files: FileState, cwd: string, patch: Patch): Promise<Display[]> {
  const plan = new Plan(files, cwd);
  for (const change of patch.changes) await plan.apply(change);
  return plan.files().map(displayOf);
}

function displayOf({ name, before, bytes }: Planned): Display {
  const text = (content: Buffer | null) => (content === null ? "" : decode(content).text);
  return displayDiff(name, text(before?.bytes ?? null), text(bytes));
}

/** The files of a patch as they would be after the changes so far. */
class Plan {
  readonly tiers: Tier[] = [];
  readonly #files: FileState;
  readonly #cwd: string;
  readonly #planned = new Map<string, Planned>();

  constructor(files: FileState, cwd: string) {
    this.#files = files;
    this.#cwd = cwd;
  }

  files(): Planned[] {
    return [...this.#planned.values()].filter(({ before, bytes }) => before !== null || bytes !== null);
  }

  /** Plans one change and returns its line of the answer. */
  async apply(change: FileChange): Promise<string> {
    switch (change.type) {
      case "add":
        await this.#add(change.path, Buffer.from(change.lines.map((line) => `${line}\n`).join("")), newFile);
        return `A ${change.path}`;
      case "delete": {
        const file = await this.#existing(change.path);
        this.#refuseLink(change.path);
        file.bytes = null;
        return `D ${change.path}`;
      }
      case "update": {
        const file = await this.#existing(change.path);
        const bytes = this.#updated(file, change);
        if (change.moveTo === null) {
          file.bytes = bytes;
          return `M ${change.path}`;
        }
        this.#refuseLink(change.path);
        file.bytes = null;
        await this.#add(change.moveTo, bytes, file.keep);
        return `M ${change.moveTo}`;
      }
    }
  }

  #updated(file: Planned, { chunks }: { chunks: Parameters<typeof applyChunks>[1] }): Buffer {
    const bytes = file.bytes ?? Buffer.alloc(0);
    if (chunks.length === 0) return bytes;
    const source = decode(bytes);
    if (source.encoding === "bytes")
      throw refuse(
        `${file.name} is not valid UTF-8.`,
        "Use edit: it matches bytes exactly and leaves the rest alone.",
      );
    const { text, tiers } = applyChunks(source, chunks, file.name);
    this.tiers.push(...tiers);
    return encode({ ...source, text });
  }

  async #existing(path: string): Promise<Planned> {
    const target = absolute(this.#cwd, path);
    const known = this.#planned.get(realTarget(target));
    if (known?.bytes === null) throw await missing(this.#cwd, target);
    if (known !== undefined) return known;
    const file = await load(this.#cwd, target);
    const name = shown(this.#cwd, target);
    // Context lines are checked against the file as it is, so unread files may be patched; known ones must be as known.
    requireFresh(this.#files, file, name, "unchanged");
    const planned = { real: file.real, name, before: file, bytes: file.bytes, keep: file.keep };
    this.#planned.set(file.real, planned);
    return planned;
  }

  /** Writing goes through a link; whether removing one means the link or its target only its owner knows. */
  #refuseLink(path: string): void {
    if (lstatSync(absolute(this.#cwd, path), { throwIfNoEntry: false })?.isSymbolicLink())
      throw refuse(`${path} is a symbolic link.`, "Remove or move it with a command.");
  }

  async #add(path: string, bytes: Buffer, keep: Keep): Promise<void> {
    const target = absolute(this.#cwd, path);
    const real = realTarget(target);
    const name = shown(this.#cwd, target);
    const known = this.#planned.get(real);
    const before = known === undefined ? await loadIfPresent(this.#cwd, target) : known.before;
    if (known === undefined ? before !== null : known.bytes !== null)
      throw refuse(
        `${name} already exists; nothing was changed.`,
        "Use '*** Update File', or delete it first in the same patch.",
      );
    this.#planned.set(real, { real, name, before, bytes, keep: before?.keep ?? keep });
  }
}
