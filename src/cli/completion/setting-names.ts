/** The dotted names of all settings, from the published schema: zod would take longer to load than a key press may. */
import schema from "../../../docs/schema/config.schema.json" with { type: "json" };
import type { Candidate } from "./answer.ts";

type Node = {
  $ref?: string;
  description?: string;
  type?: string;
  enum?: readonly unknown[];
  anyOf?: readonly Node[];
  properties?: { [name: string]: Node };
  additionalProperties?: Node | boolean;
};

const definitions: { [name: string]: Node } = schema.$defs;

/** The node a reference leads to; what stands beside the reference goes on holding. */
function resolved(node: Node): Node {
  if (node.$ref === undefined) return node;
  const target = definitions[node.$ref.replace("#/$defs/", "")] ?? {};
  const description = node.description ?? target.description;
  return resolved({ ...target, ...(description !== undefined && { description }) });
}

/**
 * Names of everything that can be set.
 * @param own what stands in the user's file, for tables whose names people choose
 */
export function settingNames(own: unknown): Candidate[] {
  return below(schema, own, []).filter(({ value }) => value !== "$schema");
}

function below(node: Node, own: unknown, before: readonly string[]): Candidate[] {
  const { properties, additionalProperties, description } = resolved(node);
  const inner =
    properties ??
    (typeof additionalProperties === "object"
      ? Object.fromEntries(Object.keys(asObject(own)).map((name) => [name, additionalProperties]))
      : undefined);
  const itself = { value: before.join("."), ...(description !== undefined && { about: description }) };
  if (inner === undefined) return [itself];
  // A table as a whole can be read and taken out, too.
  return [
    ...(before.length > 0 ? [itself] : []),
    ...Object.entries(inner).flatMap(([name, next]) => below(next, asObject(own)[name], [...before, name])),
  ];
}

const asObject = (value: unknown): { [name: string]: unknown } =>
  typeof value === "object" && value !== null ? (value as { [name: string]: unknown }) : {};

/** What a setting may be, where that is known: the words of a choice, or true and false. */
export function valuesOf(name: string): string[] {
  let node: Node = schema;
  for (const part of name.split(".")) {
    const { properties = {}, additionalProperties } = resolved(node);
    const next = Object.hasOwn(properties, part) ? properties[part] : additionalProperties;
    if (typeof next !== "object") return [];
    node = next;
  }
  return wordsOf(node);
}

function wordsOf(node: Node): string[] {
  const { enum: words = [], type, anyOf = [] } = resolved(node);
  if (type === "boolean") return ["true", "false"];
  return [...words.filter((word) => typeof word === "string"), ...anyOf.flatMap(wordsOf)];
}
