/** Adding an item to a list in a JSONC text, and taking one out: the rest of the text stays as it is. */
import type { JSONPath } from "jsonc-parser";

/** The text with one more item in a list, which is made where it is not there; null when it is in it already. */
export async function withItem(text: string, steps: JSONPath, item: string): Promise<string | null> {
  const { jsonc, items, formattingOptions } = await read(text, steps);
  if (items?.includes(item)) return null;
  const edits =
    items !== null && items.length > 0
      ? jsonc.modify(text, [...steps, items.length], item, { formattingOptions, isArrayInsertion: true })
      : jsonc.modify(text, steps, [item], { formattingOptions });
  return jsonc.applyEdits(text, edits);
}

/** The text without an item of a list; null when it is not in it. */
export async function withoutItem(text: string, steps: JSONPath, item: string): Promise<string | null> {
  const { jsonc, items, formattingOptions } = await read(text, steps);
  const at = items?.indexOf(item) ?? -1;
  return at < 0
    ? null
    : jsonc.applyEdits(text, jsonc.modify(text, [...steps, at], undefined, { formattingOptions }));
}

async function read(text: string, steps: JSONPath) {
  const jsonc = await import("jsonc-parser");
  const root = jsonc.parseTree(text, undefined, { allowTrailingComma: true });
  const node = root && jsonc.findNodeAtLocation(root, steps);
  const items = node?.type === "array" ? (node.children ?? []).map(({ value }): unknown => value) : null;
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: text.includes("\r\n") ? "\r\n" : "\n" };
  return { jsonc, items, formattingOptions };
}
