/** Command-line options of `tau` and `tau exec`, checked, and what they mean as a settings layer. */
import * as z from "zod";
import { seconds } from "../config/duration.ts";
import type { Settings } from "../config/settings.ts";
import { TauError } from "../core/errors.ts";
import { compatDialects, objectDialects } from "./print/compat/dialects.ts";

const positive = z.coerce.number("must be a number").positive("must be above zero");
const duration = z.coerce.number("must be a number").pipe(seconds);
const count = z.coerce
  .number("must be a number")
  .int("must be a whole number")
  .positive("must be above zero");

const runOptions = z.object({
  model: z.string().min(1, "needs a name, such as openai/gpt-5").optional(),
  effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).optional(),
  mode: z.enum(["plan", "ask", "edit", "full"]).optional(),
  allow: z.array(z.string()).default([]),
  deny: z.array(z.string()).default([]),
  maxCost: positive.optional(),
  maxTokens: count.optional(),
  maxSteps: count.optional(),
  onLimit: z.enum(["wait", "fallback", "exit"]).optional(),
  fallback: z.array(z.string()).optional(),
  continue: z.boolean().default(false),
  requireEvidence: z.boolean().default(false),
  resume: z.union([z.string(), z.literal(true)]).optional(),
  cwd: z.string().optional(),
});

const execOptions = runOptions.extend({
  output: z.enum(["text", "json", "stream-json"]).optional(),
  json: z.boolean().default(false),
  outputSchema: z.string().optional(),
  compat: z.enum(compatDialects).optional(),
  timeout: duration.optional(),
  networkTimeout: duration.optional(),
  idleTimeout: duration.optional(),
  image: z.array(z.string()).default([]),
  verify: z.string().optional(),
  requireModel: z.boolean().default(false),
  record: z.string().optional(),
  replay: z.string().optional(),
  stdin: z.boolean().optional(),
  maxTurns: count.optional(),
});

/** Options common to `tau` and `tau exec`. */
export type RunOptions = z.infer<typeof runOptions>;
/** Options of `tau exec`. */
export type ExecOptions = Omit<z.infer<typeof execOptions>, "maxTurns">;

/** @throws TauError `usage` naming the option that is wrong. */
export const parseRunOptions = (raw: object): RunOptions => checked(runOptions.safeParse(raw));
/** @throws TauError `usage` naming the option that is wrong, or the two that do not go together. */
export function parseExecOptions(raw: object): ExecOptions {
  const { maxTurns, ...options } = checked(execOptions.safeParse(raw));
  const { compat, maxSteps } = options;
  const format = options.json ? "stream-json" : options.output;
  if (compat !== undefined && format === "text")
    throw refusal(
      `--compat ${compat} prints JSON, so it does not go with --output text`,
      "leave --output out",
    );
  if (compat !== undefined && format === "json" && !objectDialects.includes(compat))
    throw refusal(
      `${compat} has no single object for a whole run, so --output json does not go with --compat ${compat}`,
      "leave --output out: its format is one line an event",
    );
  if (maxTurns === undefined) return options;
  if (compat === undefined)
    throw refusal("--max-turns is another tool's option", "--max-steps N does the same here");
  if (maxSteps !== undefined) throw refusal("--max-turns and --max-steps are the same limit", "give one");
  return { ...options, maxSteps: maxTurns };
}

function checked<Value>(result: z.ZodSafeParseResult<Value>): Value {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const option = String(issue?.path[0] ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new TauError("usage", `--${option} ${issue?.message ?? "is not valid"}`, "tau exec --help");
}

const refusal = (message: string, hint: string): TauError => new TauError("usage", message, hint);

/** The flags layer: the strongest one. */
export function settingsOf(options: RunOptions): Settings {
  const { maxCost, maxTokens, maxSteps } = options;
  return {
    ...(options.model !== undefined && { model: options.model }),
    ...(options.effort !== undefined && { effort: options.effort }),
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.onLimit !== undefined && { onLimit: options.onLimit }),
    ...(options.requireEvidence && { evidence: "require" as const }),
    ...(options.fallback !== undefined && { fallback: options.fallback }),
    ...((maxCost !== undefined || maxTokens !== undefined) && {
      budgets: {
        run: {
          ...(maxCost !== undefined && { usd: maxCost }),
          ...(maxTokens !== undefined && { tokens: maxTokens }),
        },
      },
    }),
    ...(maxSteps !== undefined && { limits: { steps: maxSteps } }),
  };
}
