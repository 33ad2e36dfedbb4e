/**
 * Compiles what an answer must fit. The build makes a file of its own of it: reading JSON Schemas takes all of zod, of
 * which a run without one needs a fifth.
 */
import * as z from "zod";
import { messageOf } from "../core/errors.ts";
import type { Json, JsonSchema } from "../core/message.ts";
import type { OutputSchema } from "./output-schema.ts";

/**
 * Compiles a JSON Schema.
 * @throws Error in words when the text is not a schema zod can read
 */
export function compileOutputSchema(text: string): OutputSchema {
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
}

/** Models without native structured output like to wrap JSON in a Markdown fence. */
function stripFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n```\s*$/.exec(text)?.[1] ?? text;
}
