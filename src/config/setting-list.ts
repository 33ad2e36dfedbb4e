/** Every setting there is, by the settings' own schema: what people choose from. */
import type { SchemaNode } from "./setting-path.ts";

/** A setting that can be written as one value. */
export type KnownSetting = {
  /** Dotted. */
  key: string;
  /** What it is for; empty where the schema does not say. */
  about: string;
  kind: "choice" | "number" | "text" | "list";
  /** Of a choice, as they are written. */
  choices: string[];
};

/** Parts of the file that are about the file, or hold what only an editor should touch. */
const leftOut = ["$schema", "profiles"];

/**
 * The settings, in the order of the schema.
 * @param named names that stand in tables whose names people choose: `providers` to `["openai", "mine"]`
 */
export function knownSettings(
  schema: SchemaNode,
  named: (table: string) => readonly string[],
): KnownSetting[] {
  return below(schema, [], "", named).filter(({ key }) => !leftOut.includes(key.split(".")[0] ?? ""));
}

function below(
  node: SchemaNode,
  steps: readonly string[],
  about: string,
  named: (table: string) => readonly string[],
): KnownSetting[] {
  const key = steps.join(".");
  const words = node.description ?? about;
  if (node.properties !== undefined)
    return Object.entries(node.properties).flatMap(([name, inner]) =>
      below(inner, [...steps, name], steps.length === 0 ? "" : words, named),
    );
  const any = node.additionalProperties;
  if (typeof any === "object")
    return named(key).flatMap((name) => below(any, [...steps, name], words, named));
  const choices = choicesOf(node);
  if (choices !== null) return [{ key, about: words, kind: "choice", choices }];
  if (node.type === "array") return [{ key, about: words, kind: "list", choices: [] }];
  const isNumber = node.type === "number" || node.type === "integer";
  return [{ key, about: words, kind: isNumber ? "number" : "text", choices: [] }];
}

function choicesOf({ type, enum: words }: SchemaNode): string[] | null {
  if (type === "boolean") return ["true", "false"];
  return words?.every((word) => typeof word === "string") ? [...words] : null;
}
