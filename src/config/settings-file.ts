/** One settings file: JSON with comments, checked, and where in it each value stands, for whoever complains of one. */
import type { Node } from "jsonc-parser";
import { TauError } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import { readText } from "./read-text.ts";
import type { Settings } from "./settings.ts";

/** The way to a value: keys and list positions, outermost first. */
export type Steps = readonly (string | number)[];

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
  if (text === null) return null;
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
      "correct the JSON there (comments and trailing commas are fine)",
    );
  }
  const { settingsSchema } = await import("./settings.ts");
  const result = settingsSchema.safeParse(jsonc.getNodeValue(root));
  const placeOf = (steps: Steps): string => `${path}:${lineAndColumn(text, nodeAt(root, steps).offset)}`;
  if (result.success) return { settings: result.data, placeOf };
  const { z } = await import("zod");
  const schema = z.toJSONSchema(settingsSchema, { io: "input" });
  const wrong = result.error.issues.flatMap((issue) => {
    const steps = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    const node = nodeAt(root, steps);
    if (issue.code !== "unrecognized_keys")
      return [{ offset: node.offset, text: `${dotted(steps)} ${wrongValue(issue.message, steps, node)}` }];
    const known = keysAt(schema, steps);
    return issue.keys.map((key) => {
      const near = nearestNames(key, known);
      const advised =
        near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known are ${known.join(", ")}`;
      const offset = propertyOf(node, key)?.offset ?? node.offset;
      return { offset, text: `there is no setting ${dotted([...steps, key])}; ${advised}` };
    });
  });
  const lines = wrong
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, text: what }) => `${path}:${lineAndColumn(text, offset)}: ${what}`);
  throw new TauError("config", lines.join("\n"), advice);
}

const propertyOf = (object: Node, key: string | number): Node | undefined =>
  object.children?.find((property) => property.children?.[0]?.value === key);

/** The value at the end of the way, or the last one on it that is there. */
function nodeAt(root: Node, steps: Steps): Node {
  let node = root;
  for (const step of steps) {
    const next = typeof step === "number" ? node.children?.[step] : propertyOf(node, step)?.children?.[1];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** What is wrong with a value: what it is, unless it may be a secret, and what it may be. */
function wrongValue(message: string, steps: Steps, node: Node): string {
  const allowed = message.replace(/^(Invalid input|Invalid option|Too small|Too big): /, "");
  // Headers and options of a provider may hold keys.
  if (steps.length === 0 || steps[0] === "providers") return `is not valid: ${allowed}`;
  const written =
    node.type === "object" || node.type === "array" ? `an ${node.type}` : JSON.stringify(node.value);
  return `is ${written.length > 60 ? `${written.slice(0, 60)}…` : written}: ${allowed}`;
}

/** The names a settings object may hold, by the JSON Schema. */
function keysAt(schema: object, steps: Steps): string[] {
  let here: SchemaNode = schema;
  for (const step of steps) here = here.properties?.[step] ?? asNode(here.additionalProperties) ?? {};
  return Object.keys(here.properties ?? {});
}

type SchemaNode = { properties?: Record<string, SchemaNode>; additionalProperties?: unknown };

const asNode = (value: unknown): SchemaNode | null =>
  typeof value === "object" && value !== null ? value : null;

/** `a.b[0]`; the whole of the file is "the file". */
export function dotted(steps: Steps): string {
  const text = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return text.replace(/^\./, "") || "the file";
}

/** `PropertyNameExpected` as words. */
const inWords = (code: string): string => code.replace(/(?<=.)[A-Z]/g, " $&").toLowerCase();

/** `line:column` of a place in a text, both from 1. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
