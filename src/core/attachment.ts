/** What a message carries beside typed words, so that readers can show it as its author saw it. */
import { type Part, textOf } from "./message.ts";

/**
 * What was attached. A `paste`, and the `prompt` of a command from a file, stand within the text in place of their
 * labels; everything else follows the text.
 */
export type AttachmentKind =
  | "paste"
  | "prompt"
  | "image"
  | "file"
  | "folder"
  | "session"
  | "resource"
  | "command"
  | "memory";

/** That a part of a message was attached rather than typed. */
export type Attached = {
  kind: AttachmentKind;
  /** As the author saw it: `[Pasted text #1: 230 lines]`, `@src/a.ts:10-40`, `! npm test`. */
  label: string;
  /** Index of the part. An attachment of several parts (a picture and its facts) has one of these for each. */
  part: number;
};

/** A message to say: its parts, and which of them were attached. */
export type Said = { parts: Part[]; attached: Attached[] };

const isInline = ({ kind }: Attached): boolean => kind === "paste" || kind === "prompt";

/** A message of nothing but text. */
export const words = (text: string): Said => ({ parts: [{ type: "text", text }], attached: [] });

/** A message as its author saw it in the composer: pastes as their labels, nothing of what follows the text. */
export function typedText(parts: readonly Part[], attached: readonly Attached[] = []): string {
  const byPart = new Map(attached.map((one) => [one.part, one]));
  return parts
    .map((part, index) => {
      const found = byPart.get(index);
      if (found === undefined) return textOf([part]);
      return isInline(found) ? found.label : "";
    })
    .join("");
}

/** Kinds of what was done before a message and goes along with it. */
const carriedKinds: readonly AttachmentKind[] = ["command", "memory"];

/** Something done before a message is said that the message carries: a command's output, a line that was remembered. */
export type Carried = { kind: "command" | "memory"; label: string; text: string };

/** What a message carries of what was done before it. */
export function carriedIn({
  parts,
  attached,
}: {
  parts: readonly Part[];
  attached?: readonly Attached[] | undefined;
}): Carried[] {
  return (attached ?? []).flatMap(({ kind, label, part }) => {
    const found = parts[part];
    return carriedKinds.includes(kind) && found?.type === "text"
      ? [{ kind: kind === "memory" ? ("memory" as const) : ("command" as const), label, text: found.text }]
      : [];
  });
}

/** The labels of what follows the text, each once, in order. */
export function attachedLabels(attached: readonly Attached[] = []): string[] {
  return [...new Set(attached.filter((one) => !isInline(one)).map(({ label }) => label))];
}
