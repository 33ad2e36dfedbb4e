/** The API's own schema language (an OpenAPI 3.0 subset) as JSON Schema: what older clients send. */
import type { Json, JsonSchema } from "../../core/message.ts";
import { isObject, type JsonObject } from "../json.ts";

/** Keywords whose value is a map of schemas, a list of schemas, or one schema. */
const maps = new Set(["properties", "$defs", "defs"]);
const lists = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const singles = new Set(["items", "additionalProperties"]);
/** int64 fields, which protobuf's JSON writes as strings. */
const counts = new Set(["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"]);

/**
 * A schema as JSON Schema: type names in lower case, `nullable` as a type of its own, counts as numbers.
 * https://ai.google.dev/api/caching#Schema
 */
export function jsonSchemaOf(schema: JsonObject): JsonSchema {
  const out: JsonSchema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "nullable" || key === "propertyOrdering" || key === "property_ordering") continue;
    if (maps.has(key) && isObject(value)) {
      out[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, converted(inner)]));
    } else if (lists.has(key) && Array.isArray(value)) out[key] = value.map(converted);
    else if (singles.has(key)) out[key] = converted(value);
    else if (counts.has(key) && typeof value === "string") out[key] = Number(value);
    else out[key] = value;
  }
  if (typeof out.type === "string") {
    const type = out.type.toLowerCase();
    out.type = schema.nullable === true ? [type, "null"] : type;
  }
  return out;
}

function converted(value: Json): Json {
  return isObject(value) ? jsonSchemaOf(value) : value;
}
