/** The answers that the tests of a fixture's own source expect, as far as their notation can be read. */
import type { Json } from "../../src/core/message.ts";
import { type Body, bodiesIn, isBody } from "./dialects/expectations.ts";

/** One expected answer. What the notation leaves open (a matcher, another kind of snapshot) is absent. */
export type RecordedAnswer = {
  text: string;
  calls?: { name: string; input: Json }[];
  usage?: { prompt: number; output: number };
};

/** Reads pydantic-ai's `ModelResponse` snapshots and the texts in the AI SDK's content snapshots. */
export function recordedAnswers(file: Json): RecordedAnswer[] {
  if (!isBody(file)) return [];
  const snapshots = bodiesIn(file.snapshots);
  const responses: Body[] = [];
  for (const snapshot of snapshots) collectResponses(snapshot.value ?? null, responses);
  return [
    ...responses.flatMap(fromModelResponse),
    ...snapshots.flatMap((snapshot) => fromContent(String(snapshot.subject), snapshot.text)),
  ];
}

function collectResponses(value: Json, into: Body[]): void {
  if (Array.isArray(value)) for (const item of value) collectResponses(item, into);
  if (!isBody(value)) return;
  if (value.$type === "ModelResponse") into.push(value);
  else for (const item of Object.values(value)) collectResponses(item, into);
}

function fromModelResponse(response: Body): RecordedAnswer[] {
  const parts = bodiesIn(response.parts);
  const texts = parts.filter((part) => part.$type === "TextPart").map((part) => part.content);
  if (texts.some((text) => typeof text !== "string")) return [];
  const calls = parts
    .filter((part) => part.$type === "ToolCallPart")
    .map((part) => ({
      name: String(part.tool_name),
      input: typeof part.args === "string" ? (JSON.parse(part.args || "{}") as Json) : (part.args ?? {}),
    }));
  const usage = response.usage;
  const counted =
    isBody(usage) && typeof usage.input_tokens === "number" && typeof usage.output_tokens === "number"
      ? { usage: { prompt: usage.input_tokens, output: usage.output_tokens } }
      : {};
  return [{ text: texts.join(""), calls, ...counted }];
}

/**
 * The AI SDK's snapshots are printed values with unescaped strings, so only their layout can be trusted: items of the
 * list begin and end at one indentation, their fields stand two further in.
 */
function fromContent(subject: string, printed: Json | undefined): RecordedAnswer[] {
  if (typeof printed !== "string" || !/result\.content\)$|convertReadableStreamToArray/.test(subject))
    return [];
  const indent = /^\n(\s*)\[/.exec(printed)?.[1];
  if (indent === undefined) return [];
  const items = printed.split(`\n${indent}  {\n`).slice(1);
  const texts = items.flatMap((item) => {
    const body = item.slice(0, item.lastIndexOf(`\n${indent}  },`));
    const field = (name: string) => {
      const from = `\n${body}`.indexOf(`\n${indent}    "${name}": "`);
      if (from === -1) return undefined;
      const start = from + `\n${indent}    "${name}": "`.length;
      const rest = `\n${body}\n`.slice(start);
      const end = rest.search(new RegExp(`",\\n(?:${indent}    "|$)`));
      // Inline snapshots are indented as a whole, inside strings too.
      return end === -1 ? undefined : rest.slice(0, end).replaceAll(`\n${indent}`, "\n");
    };
    if (field("type") === "text") return field("text") ?? [];
    if (field("type") === "text-delta") return field("delta") ?? [];
    return [];
  });
  return texts.length === 0 ? [] : [{ text: texts.join("") }];
}
