/** Changing a settings file by hand of a program: comments, order and line ends stay, and nothing wrong is written. */
import type { Node } from "jsonc-parser";
import { TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import type { Json } from "../core/message.ts";
import { rewriteFile } from "./rewrite-file.ts";
import { parseSettings, type SettingsFile } from "./settings-file.ts";
import type { Steps } from "./settings-steps.ts";

/** One change; undefined takes the setting out. */
export type SettingEdit = { steps: Steps; value: Json | undefined };

/**
 * Writes the changes into a settings file, which is made when it is not there. `check` may refuse what would stand there.
 * @throws TauError `config` when the file is wrong, `usage` when it would be; then it is left as it was
 */
export async function editSettings(
  path: string,
  edits: readonly SettingEdit[],
  now: Clock,
  check: (file: SettingsFile) => void | Promise<void> = () => undefined,
): Promise<void> {
  await rewriteFile(path, now, async (text) => {
    if (text === null && edits.every(({ value }) => value === undefined)) return null;
    if (text !== null && text.trim() !== "") await parseSettings(text, path);
    const edited = await editedText(text === null || text.trim() === "" ? "{}\n" : text, edits);
    try {
      await check(await parseSettings(edited, path));
    } catch (error) {
      throw asRefusal(error, path);
    }
    return edited === text ? null : edited;
  });
}

/** What would be wrong stands in no file, so there is no line of it to point to. */
function asRefusal(error: unknown, path: string): unknown {
  if (!(error instanceof TauError)) return error;
  const lines = error.message
    .split("\n")
    .map((line) => (line.startsWith(`${path}:`) ? line.slice(path.length).replace(/^(:\d+)*: /, "") : line));
  return new TauError("usage", lines.join("\n"), error.hint);
}

/** The text with the changes in it. Objects that are left empty by one go too. */
export async function editedText(text: string, edits: readonly SettingEdit[]): Promise<string> {
  const jsonc = await import("jsonc-parser");
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: text.includes("\r\n") ? "\r\n" : "\n" };
  const changed = (before: string, steps: Steps, value: Json | undefined): string =>
    jsonc.applyEdits(before, jsonc.modify(before, [...steps], value, { formattingOptions }));
  let edited = text;
  for (const { steps, value } of edits) {
    if (value !== undefined) {
      edited = changed(edited, steps, value);
      continue;
    }
    for (let length = steps.length; length > 0; length -= 1) {
      const root = jsonc.parseTree(edited);
      const node = root && jsonc.findNodeAtLocation(root, [...steps.slice(0, length)]);
      if (node === undefined) continue;
      if (length < steps.length && (node.type !== "object" || (node.children ?? []).length > 0)) break;
      edited = withoutProperty(jsonc, edited, node);
    }
  }
  return edited;
}

/**
 * The text without a property and its comma, and without its line when nothing else stands there. The parser's own
 * removal takes comments of the neighbours along.
 */
function withoutProperty(jsonc: typeof import("jsonc-parser"), text: string, value: Node): string {
  const property = value.parent;
  if (property === undefined) return text;
  const end = property.offset + property.length;
  const siblings = property.parent?.children ?? [];
  const before = siblings[siblings.indexOf(property) - 1];
  const after = commaAfter(jsonc, text, end);
  const comma = after ?? (before ? commaAfter(jsonc, text, before.offset + before.length) : null);
  const cut = (from: string, start: number, stop: number): string => from.slice(0, start) + from.slice(stop);
  // From the back, so that offsets hold.
  const spans = [[property.offset, end], ...(comma === null ? [] : [[comma, comma + 1]])];
  const left = spans
    .toSorted(([a = 0], [b = 0]) => b - a)
    .reduce((from, [start = 0, stop = 0]) => cut(from, start, stop), text);
  const at = property.offset - (comma !== null && comma < property.offset ? 1 : 0);
  const lineStart = left.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = left.indexOf("\n", at);
  const isBlank = lineEnd !== -1 && lineStart > 0 && left.slice(lineStart, lineEnd).trim() === "";
  return isBlank ? cut(left, lineStart, lineEnd + 1) : left;
}

/** Where the comma after a place stands; null when something else comes first. */
function commaAfter(jsonc: typeof import("jsonc-parser"), text: string, from: number): number | null {
  const scanner = jsonc.createScanner(text, true);
  scanner.setPosition(from);
  // 5 is SyntaxKind.CommaToken, a const enum that has no value at run time.
  return scanner.scan() === 5 ? scanner.getTokenOffset() : null;
}
