/** Command-line options of `tau` and `tau exec`, checked, and what they mean as a settings layer. */
import { maxTimerSeconds, tooLong } from "../config/duration.ts";
import type { Settings } from "../config/settings.ts";
import { TauError } from "../core/errors.ts";
import type { Effort } from "../core/model.ts";
import { type CompatDialect, compatDialects, objectDialects } from "./print/compat/dialects.ts";

/** What `--effort` may be. */
export const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** What `--mode` may be. */
export const modes = ["plan", "ask", "edit", "full"] as const;
/** What `--on-limit` may be. */
export const onLimits = ["wait", "fallback", "exit"] as const;
/** What `--screen` may be. */
export const screens = ["inline", "full"] as const;
/** What `--output` may be. */
export const outputs = ["text", "json", "stream-json"] as const;

/** Options common to `tau` and `tau exec`. */
export type RunOptions = {
  model: string | undefined;
  effort: Effort | undefined;
  mode: (typeof modes)[number] | undefined;
  allow: string[];
  deny: string[];
  maxCost: number | undefined;
  maxTokens: number | undefined;
  maxSteps: number | undefined;
  onLimit: (typeof onLimits)[number] | undefined;
  fallback: string[] | undefined;
  continue: boolean;
  requireEvidence: boolean;
  /** The conversation in plain lines instead of a drawn screen. */
  plain: boolean;
  /** Where the UI draws. */
  screen: (typeof screens)[number] | undefined;
  /** True: the latest session of the folder. */
  resume: string | true | undefined;
  cwd: string | undefined;
  profile: string | undefined;
};

/** Options of `tau exec`; times in seconds. */
export type ExecOptions = RunOptions & {
  output: (typeof outputs)[number] | undefined;
  json: boolean;
  outputSchema: string | undefined;
  compat: CompatDialect | undefined;
  timeout: number | undefined;
  networkTimeout: number | undefined;
  idleTimeout: number | undefined;
  image: string[];
  verify: string | undefined;
  requireModel: boolean;
  record: string | undefined;
  replay: string | undefined;
  /** Undefined: read it when something is piped in. */
  stdin: boolean | undefined;
};

/** @throws TauError `usage` naming the option that is wrong. */
export function parseRunOptions(raw: object): RunOptions {
  const options = new OptionReader(raw);
  const model = options.text("model");
  if (model === "") throw wrong("model", "needs a name, such as openai/gpt-5");
  return {
    model,
    effort: options.choice("effort", efforts),
    mode: options.choice("mode", modes),
    allow: options.list("allow") ?? [],
    deny: options.list("deny") ?? [],
    maxCost: options.positive("maxCost"),
    maxTokens: options.count("maxTokens"),
    maxSteps: options.count("maxSteps"),
    onLimit: options.choice("onLimit", onLimits),
    fallback: options.list("fallback"),
    continue: options.flag("continue") ?? false,
    requireEvidence: options.flag("requireEvidence") ?? false,
    plain: options.flag("plain") ?? false,
    screen: options.choice("screen", screens),
    resume: options.flag("resume") === true ? true : options.text("resume"),
    cwd: options.text("cwd"),
    profile: options.text("profile"),
  };
}

/** @throws TauError `usage` naming the option that is wrong, or the two that do not go together. */
export function parseExecOptions(raw: object): ExecOptions {
  const reader = new OptionReader(raw);
  const options: ExecOptions = {
    ...parseRunOptions(raw),
    output: reader.choice("output", outputs),
    json: reader.flag("json") ?? false,
    outputSchema: reader.text("outputSchema"),
    compat: reader.choice("compat", compatDialects),
    timeout: reader.seconds("timeout"),
    networkTimeout: reader.seconds("networkTimeout"),
    idleTimeout: reader.seconds("idleTimeout"),
    image: reader.list("image") ?? [],
    verify: reader.text("verify"),
    requireModel: reader.flag("requireModel") ?? false,
    record: reader.text("record"),
    replay: reader.text("replay"),
    stdin: reader.flag("stdin"),
  };
  const maxTurns = reader.count("maxTurns");
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

/**
 * Reads options as commander hands them over: text, lists of it, and true. Plain checks and no schema, because every
 * run passes here and building the schemas took longer than the rest of the command line.
 */
class OptionReader {
  readonly #raw: { readonly [name: string]: unknown };

  constructor(raw: object) {
    this.#raw = { ...raw };
  }

  text(name: string): string | undefined {
    const value = this.#raw[name];
    if (value === undefined || typeof value === "string") return value;
    throw wrong(name, "needs a value");
  }

  list(name: string): string[] | undefined {
    const value = this.#raw[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrong(name, "needs a value");
    return value.map(String);
  }

  /** Undefined when it is not given, or was given with a value. */
  flag(name: string): boolean | undefined {
    const value = this.#raw[name];
    return typeof value === "boolean" ? value : undefined;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) throw wrong(name, `must be one of ${choices.join(", ")}`);
    return chosen;
  }

  positive(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isFinite(number)) throw wrong(name, "must be a number");
    if (number <= 0) throw wrong(name, "must be above zero");
    return number;
  }

  count(name: string): number | undefined {
    const number = this.positive(name);
    if (number !== undefined && !Number.isSafeInteger(number)) throw wrong(name, "must be a whole number");
    return number;
  }

  seconds(name: string): number | undefined {
    const number = this.positive(name);
    if (number !== undefined && number > maxTimerSeconds) throw wrong(name, tooLong);
    return number;
  }
}

function wrong(name: string, what: string): TauError {
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return refusal(`--${option} ${what}`, "tau exec --help");
}

const refusal = (message: string, hint: string): TauError => new TauError("usage", message, hint);

/** The flags layer: the strongest one. */
export function settingsOf(options: RunOptions): Settings {
  const { maxCost, maxTokens, maxSteps } = options;
  return {
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.model !== undefined && { model: options.model }),
    ...(options.effort !== undefined && { effort: options.effort }),
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.screen !== undefined && { screen: options.screen }),
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
