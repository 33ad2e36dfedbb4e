/** Structured answers: the final text must be JSON that fits the schema the user gave. */
import { messageOf, TauError } from "../core/errors.ts";
import type { Json, JsonSchema } from "../core/message.ts";

/** A compiled output schema. */
export type OutputSchema = {
  schema: JsonSchema;
  check(text: string): { ok: true; value: Json } | { ok: false; problem: string };
};

/**
 * Compiles a JSON Schema.
 * @throws TauError `config` when the text is not a schema zod can read.
 */
export async function compileOutputSchema(text: string, source: string): Promise<OutputSchema> {
  const { z } = await import("zod");
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema !== "object" || schema === null || Array.isArray(schema))
      throw new Error("it is not an object");
    const type = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    return {
      schema: schema as JsonSchema,
      check(answer) {
        let value: Json;
        try {
          value = JSON.parse(stripFence(answer)) as Json;
        } catch (error) {
          return { ok: false, problem: `it is not JSON: ${messageOf(error)}` };
        }
        const result = type.safeParse(value);
        return result.success ? { ok: true, value } : { ok: false, problem: z.prettifyError(result.error) };
      },
    };
  } catch (error) {
    throw new TauError(
      "config",
      `${source} is not a usable JSON Schema: ${messageOf(error)}`,
      "correct the schema file",
    );
  }
}

/** Models without native structured output like to wrap JSON in a Markdown fence. */
function stripFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n```\s*$/.exec(text)?.[1] ?? text;
}

/** What the model is told once when its answer does not fit. */
export function schemaRepair(problem: string): string {
  return `Your answer must be one JSON value that fits the output schema, and nothing else; ${problem}\nAnswer again with the corrected JSON only.`;
}
