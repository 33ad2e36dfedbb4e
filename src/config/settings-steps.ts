/** The way to a value in a settings file. */
import type { Node } from "jsonc-parser";

/** The way to a value: keys and list positions, outermost first. */
export type Steps = readonly (string | number)[];

/** The property of an object by its key. */
export const propertyOf = (object: Node, key: string | number): Node | undefined =>
  object.children?.find((property) => property.children?.[0]?.value === key);

/** The value at the end of the way, or the last one on it that is there. */
export function nodeAt(root: Node, steps: Steps): Node {
  let node = root;
  for (const step of steps) {
    const next = typeof step === "number" ? node.children?.[step] : propertyOf(node, step)?.children?.[1];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** `a.b[0]`; the whole of the file is "the file". */
export function dotted(steps: Steps): string {
  const text = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return text.replace(/^\./, "") || "the file";
}
