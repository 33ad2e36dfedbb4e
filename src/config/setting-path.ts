/** Dotted names of settings as people write them, and values as a command line gives them. By the settings' own schema. */
import { TauError } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import type { Json } from "../core/message.ts";

/** A node of the settings' JSON Schema. */
export type SchemaNode = {
  type?: string;
  description?: string;
  enum?: readonly unknown[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
};

/** A setting: the way to it, and what may stand there. */
export type SettingPath = { steps: string[]; node: SchemaNode };

/** What prints every setting. */
const advice = "tau config schema prints every setting";

/** The JSON Schema of the settings, as data. */
export async function settingsJsonSchema(): Promise<SchemaNode> {
  const [z, { settingsSchema }] = await Promise.all([import("zod"), import("./settings.ts")]);
  return z.toJSONSchema(settingsSchema, { io: "input" }) as SchemaNode;
}

/**
 * Finds the setting of a dotted name. Names of models and hosts hold dots themselves (`models.openai/gpt-5.1.price.input`):
 * where any name may stand, the shortest is taken that leaves a setting after it.
 * @throws TauError `usage` when there is none, with the nearest names
 */
export function settingPath(name: string, schema: SchemaNode): SettingPath {
  const parts = name.split(".");
  const found = name === "" ? null : follow(parts, schema);
  if (found) return found;
  let known = schema;
  let at = 0;
  // As far as the name is one, to say what may stand there.
  for (; at < parts.length; at += 1) {
    const next = follow(parts.slice(0, at + 1), schema);
    if (next === null) break;
    known = next.node;
  }
  const names = Object.keys(known.properties ?? {});
  const before = parts.slice(0, at).join(".");
  const near = nearestNames(parts[at] ?? "", names).map((one) => (before ? `${before}.${one}` : one));
  const hint =
    near.length > 0
      ? `did you mean ${near.join(" or ")}?`
      : names.length > 0 && before !== ""
        ? `${before} has ${names.join(", ")}`
        : advice;
  throw new TauError("usage", `there is no setting ${name || '""'}`, hint);
}

function follow(parts: readonly string[], node: SchemaNode): SettingPath | null {
  const [part, ...rest] = parts;
  if (part === undefined) return { steps: [], node };
  const property = Object.hasOwn(node.properties ?? {}, part) ? node.properties?.[part] : undefined;
  const below = property && follow(rest, property);
  if (below) return { ...below, steps: [part, ...below.steps] };
  const any = node.additionalProperties;
  if (typeof any !== "object") return null;
  for (let length = 1; length <= parts.length; length += 1) {
    const inner = follow(parts.slice(length), any);
    if (inner) return { ...inner, steps: [parts.slice(0, length).join("."), ...inner.steps] };
  }
  return null;
}

/**
 * What the words of a command line mean as a value of the setting: text where text stands, else JSON; a list is given as
 * words or as one JSON list. Whether the value is allowed is for the schema to say.
 * @throws TauError `usage` when several words are given for what is no list
 */
export function settingValue(
  name: string,
  { type, enum: words }: SchemaNode,
  given: readonly string[],
): Json {
  const [first = "", ...more] = given;
  if (type === "array") {
    const list = more.length === 0 ? json(first) : undefined;
    return Array.isArray(list) ? list : [...given];
  }
  if (more.length > 0)
    throw new TauError(
      "usage",
      `${name} takes one value, not ${given.length}`,
      "quote it if it holds spaces",
    );
  if (type === "string" || words !== undefined) return first;
  const value = json(first);
  return value === undefined ? first : value;
}

/** Undefined for what is no JSON. */
function json(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
