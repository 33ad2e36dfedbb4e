/** Structured answers: the final text must be JSON that fits the schema the user gave. */
import type { Json, JsonSchema } from "../core/message.ts";

/** A compiled output schema. */
export type OutputSchema = {
  schema: JsonSchema;
  check(text: string): { ok: true; value: Json } | { ok: false; problem: string };
};

/** What the model is told once when its answer does not fit. */
export function schemaRepair(problem: string): string {
  return `Your answer must be one JSON value that fits the output schema, and nothing else; ${problem}\nAnswer again with the corrected JSON only.`;
}
