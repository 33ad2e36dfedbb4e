/** One settings file: JSON with comments, checked, and where in it each value stands, for whoever complains of one. */
import { TauError } from "../core/errors.ts";
import { readText } from "./read-text.ts";
import type { Settings } from "./settings.ts";
import { nodeAt, type Steps } from "./settings-steps.ts";

/** A file that was read. */
export type SettingsFile = {
  settings: Settings;
  /** `file:line:column` of a value, as editors count; of the nearest value around it when it is not written. */
  placeOf(steps: Steps): string;
};

/** What to run when a file is wrong: it prints every setting and its values. */
const advice = "tau schema config prints every setting and what it may be";

/**
 * Reads a settings file; null when there is none.
 * @throws TauError `config` with file, line and column of everything that is wrong, and what is allowed there.
 */
export async function readSettingsFile(path: string): Promise<SettingsFile | null> {
  const text = readText(path);
  return text === null ? null : parseSettings(text, path);
}

/**
 * The settings in the text of a file; `path` names it in errors.
 * @throws TauError as {@link readSettingsFile}
 */
export async function parseSettings(text: string, path: string): Promise<SettingsFile> {
  if (text.trim() === "")
    throw new TauError("config", `${path} is empty`, "write {} into it for no settings, or remove it");
  const jsonc = await import("jsonc-parser");
  const problems: { error: number; offset: number; length: number }[] = [];
  const root = jsonc.parseTree(text, problems, { allowTrailingComma: true });
  const [problem] = problems;
  if (problem || root === undefined) {
    const what = problem ? inWords(jsonc.printParseErrorCode(problem.error)) : "no JSON";
    throw new TauError(
      "config",
      `${path}:${lineAndColumn(text, problem?.offset ?? 0)}: ${what}`,
      "tau config edit opens it: correct the JSON there (comments and trailing commas are fine)",
    );
  }
  const { settingsSchema } = await import("./settings.ts");
  const result = settingsSchema.safeParse(jsonc.getNodeValue(root));
  const placeOf = (steps: Steps): string => `${path}:${lineAndColumn(text, nodeAt(root, steps).offset)}`;
  if (result.success) return { settings: result.data, placeOf };
  const { settingsProblems } = await import("./settings-problems.ts");
  const lines = settingsProblems(result.error.issues, root)
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, text: what }) => `${path}:${lineAndColumn(text, offset)}: ${what}`);
  throw new TauError("config", lines.join("\n"), advice);
}

/** `PropertyNameExpected` as words. */
const inWords = (code: string): string => code.replace(/(?<=.)[A-Z]/g, " $&").toLowerCase();

/** `line:column` of a place in a text, both from 1. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
