/** The answers of a script: a JSON file, options, or both; options win. Never a key. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { messageOf, TauError } from "../../core/errors.ts";

const name = z.string().min(1);

/** What the file may hold. */
export const answersSchema = z.strictObject({
  provider: name.optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  keyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable, never a key itself")
    .optional(),
  model: name.optional(),
  mode: z.enum(["plan", "ask", "edit", "full"]).optional(),
  dailyBudget: z.number().positive().nullable().optional(),
  theme: name.optional(),
  profile: name.optional(),
  check: z.boolean().optional(),
});

/** Checked answers. `dailyBudget` null: no cap. */
export type Answers = z.infer<typeof answersSchema>;

/** Longer than any answers. */
const maxBytes = 64 * 1024;

/**
 * Reads a file of answers.
 * @throws TauError `config` naming each path in it that is wrong; values are not repeated, one may be a key
 */
export function readAnswers(file: string): Answers {
  const place = file === "-" ? "standard input" : file;
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new TauError(
      "config",
      `cannot read the answers in ${place}: ${messageOf(error)}`,
      "tau onboard --answers FILE, or - for standard input",
    );
  }
  if (text.length > maxBytes)
    throw new TauError(
      "config",
      `${place} is too long for answers`,
      "tau onboard --answers FILE; docs/getting-started.md shows one",
    );
  return parseAnswers(text, place);
}

/** @throws TauError as {@link readAnswers} */
export function parseAnswers(text: string, place: string): Answers {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TauError(
      "config",
      `${place} holds no JSON`,
      'such as {"provider": "anthropic", "mode": "ask"}',
    );
  }
  const result = answersSchema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      const isKey = issue.keys.some((one) => /^(api)?_?-?keys?$|token|secret/i.test(one));
      const known = Object.keys(answersSchema.shape).join(", ");
      return `${place}: there is no answer ${issue.keys.join(", ")}; ${isKey ? "a key stands in no such file: use keyEnv, or --key-stdin" : `known are ${known}`}`;
    }
    return `${place}: ${issue.path.join(".") || "the whole"}: ${issue.message.replace(/^Invalid (input|option): /, "")}`;
  });
  throw new TauError("config", lines.join("\n"), "tau onboard --help, docs/getting-started.md");
}
