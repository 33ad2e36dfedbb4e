/** Servers' input schemas as all four dialects take them. */
import type { Json, JsonSchema } from "../../core/message.ts";

/** Keywords that cost tokens and tell a model nothing. */
const idle = new Set(["$schema", "$id", "$comment", "title"]);
/** Keywords whose values are records of schemas: names in them are the server's, not keywords. */
const recordsOfSchemas = new Set([
  "properties",
  "$defs",
  "definitions",
  "patternProperties",
  "dependentSchemas",
]);
/** Keywords whose values are data, not schemas. */
const data = new Set(["const", "default", "enum", "examples", "required"]);
/** At the top Anthropic and OpenAI refuse these; below it they are taken. */
const choices = ["anyOf", "oneOf", "allOf"] as const;

/**
 * The schema with an object at its top and without what costs tokens for nothing. Choices at the top are laid together:
 * every property of every branch, none of them required that is not so in all; the server still checks what it gets.
 */
export function portableSchema(schema: JsonSchema): JsonSchema {
  const top = { ...target(schema) };
  let properties = recordOf(top.properties);
  const required = [namesIn(top.required)];
  for (const choice of choices) {
    const branches = listOf(top[choice]).map((branch) => target({ ...schema, ...recordOf(branch) }));
    delete top[choice];
    for (const branch of branches) properties = { ...recordOf(branch.properties), ...properties };
    const names = branches.map((branch) => namesIn(branch.required));
    if (choice === "allOf") required.push(names.flat());
    else required.push((names[0] ?? []).filter((name) => names.every((others) => others.includes(name))));
  }
  const all = [...new Set(required.flat())].filter((name) => Object.hasOwn(properties, name));
  delete top.required;
  return slim({ ...top, type: "object", properties, ...(all.length > 0 && { required: all }) });
}

/** What a schema that is only a reference into itself refers to. */
function target(schema: JsonSchema): JsonSchema {
  const path =
    typeof schema.$ref === "string" ? /^#\/(\$defs|definitions)\/([^/]+)$/.exec(schema.$ref) : null;
  const [, where = "", name = ""] = path ?? [];
  const found = path === null ? undefined : recordOf(schema[where])[name];
  if (found === undefined) return schema;
  const { $ref: _, ...rest } = schema;
  return { ...rest, ...recordOf(found) };
}

function slim(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
      if (idle.has(key)) return [];
      if (data.has(key)) return [[key, value]];
      if (recordsOfSchemas.has(key))
        return [
          [
            key,
            Object.fromEntries(Object.entries(recordOf(value)).map(([name, one]) => [name, slimmed(one)])),
          ],
        ];
      return [[key, slimmed(value)]];
    }),
  );
}

function slimmed(value: Json): Json {
  if (Array.isArray(value)) return value.map(slimmed);
  return typeof value === "object" && value !== null ? slim(value) : value;
}

const recordOf = (value: Json | undefined): JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const namesIn = (value: Json | undefined): string[] =>
  listOf(value).filter((name) => typeof name === "string");
