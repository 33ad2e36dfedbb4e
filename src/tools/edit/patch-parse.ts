/**
 * The patch format of codex (`*** Begin Patch`), read as models write it: what the grammar forbids but has one meaning is
 * accepted. Pure; nothing here looks at a file.
 */
import { refuse } from "../outcome.ts";
import { withLf } from "./lines.ts";

/** A line of a chunk. Context often comes without its leading space: `bare` is then, or may be, the whole line. */
export type PatchLine =
  | {
      kind: "context";
      text: string;
      bare: string /** An empty line, which may also only separate. */;
      optional: boolean;
    }
  | { kind: "drop"; text: string }
  | { kind: "add"; text: string };

/** Lines that stand before a chunk: an `@@` line (`loose`: part of a line will do) or a chunk that only quotes context. */
export type Anchor = { lines: PatchLine[]; loose: boolean; name: string };

/** One place of a file. */
export type Chunk = {
  anchors: Anchor[];
  /** Line number of a unified diff's header, 1-based: only tells equal candidates apart. */
  hint: number | null;
  lines: PatchLine[];
  /** `*** End of File` follows. */
  atEnd: boolean;
};

/** One file of a patch, with its path as written. */
export type FileChange =
  | { type: "add"; path: string; lines: string[] }
  | { type: "delete"; path: string }
  | { type: "update"; path: string; moveTo: string | null; chunks: Chunk[] };

/** A patch and what was forgiven in reading it. */
export type Patch = { changes: FileChange[]; warnings: string[] };

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";
const END_OF_FILE = "*** End of File";
const HEADER = /^\*\*\* (Add File|Delete File|Update File): *(.+)$/;
const MOVE = /^\*\*\* Move to: *(.+)$/;
/** A marker at the very start of a line ends an update; anything else there is context that lost its space. */
const MARKER = /^\*\*\* (?:(?:Add File|Delete File|Update File|Move to): |End Patch)/;
const UNIFIED = /^-(\d+)(?:,\d+)? \+\d+(?:,\d+)?(?: *@@ ?(.*))?$/;

/** Parses a patch. @throws TauError naming the line that is wrong. */
export function parsePatch(text: string): Patch {
  const lines = unwrap(withLf(text).trim()).split("\n");
  if (lines[0]?.trim() !== BEGIN) throw refuse(`Invalid patch: the first line must be '${BEGIN}'.`);
  const warnings: string[] = [];
  if (lines.at(-1)?.trim() === END && lines.length > 1) lines.pop();
  else warnings.push(`'${END}' was missing.`);
  const reader = new PatchReader(lines, warnings.length === 0);
  return { changes: reader.changes(), warnings };
}

/** The paths a patch names, moved-to ones too, in order; none when it cannot be parsed. Never throws. */
export function patchPaths(text: string): string[] {
  let patch: Patch;
  try {
    patch = parsePatch(text);
  } catch {
    return [];
  }
  return patch.changes.flatMap((change) =>
    change.type === "update" && change.moveTo !== null ? [change.path, change.moveTo] : [change.path],
  );
}

/** Takes off a here-document with any word, as in a shell call. */
function unwrap(text: string): string {
  const lines = text.split("\n");
  const word = /^(?:apply_patch\s+)?<<-?\s*(['"]?)(\w+)\1\s*$/.exec(lines[0] ?? "")?.[2];
  if (word === undefined || lines.at(-1)?.trim() !== word) return text;
  return lines.slice(1, -1).join("\n").trim();
}

/** A position in the lines of a patch, moved on as its parts are read. */
class PatchReader {
  readonly #lines: readonly string[];
  readonly #closed: boolean;
  #at = 1;

  constructor(lines: readonly string[], closed: boolean) {
    this.#lines = lines;
    this.#closed = closed;
  }

  changes(): FileChange[] {
    const changes: FileChange[] = [];
    while (this.#at < this.#lines.length) {
      const line = (this.#lines[this.#at] ?? "").trim();
      this.#at += 1;
      if (line === "" || line === END || (changes.length === 0 && line.startsWith("*** Environment ID:")))
        continue;
      const [, kind, path = ""] = HEADER.exec(line) ?? [];
      if (kind === "Add File") changes.push({ type: "add", path, lines: this.#added() });
      else if (kind === "Delete File") changes.push({ type: "delete", path });
      else if (kind === "Update File") changes.push(this.#update(path));
      else {
        throw this.#wrong(
          `'${line}' is not a valid hunk header. Valid: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'`,
        );
      }
    }
    return changes;
  }

  #added(): string[] {
    const added: string[] = [];
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at] ?? "";
      if (line.startsWith("+")) added.push(line.slice(1));
      else if (line === "" && this.#lines[this.#at + 1]?.startsWith("+")) added.push("");
      else break;
    }
    if (added.length === 0 && this.#at === this.#lines.length && !this.#closed)
      throw this.#wrong("the patch ends inside '*** Add File'");
    return added;
  }

  #update(path: string): FileChange {
    const header = this.#at;
    const moveTo = MOVE.exec((this.#lines[this.#at] ?? "").trim())?.[1] ?? null;
    if (moveTo !== null) this.#at += 1;
    const chunks: Chunk[] = [];
    let open: Chunk | null = null;
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at] ?? "";
      if (MARKER.test(line)) break;
      if (line.trim() === END_OF_FILE) {
        if (open !== null) open.atEnd = true;
        open = null;
      } else if (line.startsWith("@@")) {
        if (open === null || open.lines.some((it) => it.kind !== "context" || !it.optional)) {
          open = { anchors: [], hint: null, lines: [], atEnd: false };
          chunks.push(open);
        }
        open.lines = [];
        addAnchor(open, line.slice(2).trim());
      } else if (open !== null || chunks.length === 0) {
        if (open === null) {
          // A header padded with blanks instead of the first chunk.
          if (HEADER.test(line.trim()) && !line.startsWith("+")) break;
          open = { anchors: [], hint: null, lines: [], atEnd: false };
          chunks.push(open);
        }
        const parsed = patchLine(line);
        if (parsed !== null) open.lines.push(parsed);
      } else if (line.trim() !== "") {
        if (HEADER.test(line.trim())) break;
        throw this.#wrong(`expected '@@' or a hunk header after '${END_OF_FILE}', found '${line}'`);
      }
    }
    const folded = foldContext(chunks);
    if (folded.length === 0 && moveTo === null) {
      this.#at = header;
      throw this.#wrong(`the update of '${path}' changes nothing`);
    }
    return { type: "update", path, moveTo, chunks: folded };
  }

  /** The error for the line read last; numbers are of the patch without a here-document around it. */
  #wrong(what: string): Error {
    return refuse(`Invalid patch hunk on line ${this.#at}: ${what}.`);
  }
}

function patchLine(line: string): PatchLine | null {
  switch (line[0]) {
    case "+":
      return { kind: "add", text: line.slice(1) };
    case "-":
      return { kind: "drop", text: line.slice(1) };
    case " ":
      return { kind: "context", text: line.slice(1), bare: line, optional: false };
    case "\\":
      // Unified diffs say so where the last line has no line break; the file's own state decides here.
      if (line.startsWith("\\ No newline")) return null;
  }
  return { kind: "context", text: line, bare: line, optional: line === "" };
}

function addAnchor(chunk: Chunk, text: string): void {
  const unified = UNIFIED.exec(text);
  if (unified !== null) chunk.hint = Number(unified[1]);
  const name = (unified === null ? text : (unified[2] ?? "")).replace(/\s*@@$/, "").trim();
  // "@@ ... @@" is how some models write "somewhere below"; a unified header's heading is no promise either.
  if (name === "" || name === "..." || name === "…" || unified !== null) return;
  chunk.anchors.push({
    lines: [{ kind: "context", text: name, bare: name, optional: false }],
    loose: true,
    name,
  });
}

/** Chunks without a change only say where the next one is. */
function foldContext(chunks: readonly Chunk[]): Chunk[] {
  const folded: Chunk[] = [];
  let before: Anchor[] = [];
  for (const chunk of chunks) {
    if (chunk.lines.some(({ kind }) => kind !== "context")) {
      folded.push({ ...chunk, anchors: [...before, ...chunk.anchors] });
      before = [];
      continue;
    }
    before = [...before, ...chunk.anchors];
    const lines = chunk.lines.filter((line) => line.kind === "context" && !line.optional);
    if (lines.length > 0) before.push({ lines: chunk.lines, loose: false, name: lines[0]?.text ?? "" });
  }
  return folded;
}
