/**
 * How OpenAI's chat models are shown a request. The format is not published, but it is known to the token: tools are
 * rendered as a TypeScript namespace, and counts of requests with and without them fix the framing.
 * @see https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
 */
import type { Json } from "../core/message.ts";

/** A function as the model is told of it. */
export type FunctionSpec = { name: string; description?: string | undefined; parameters?: Json | undefined };

/** A function list as OpenAI's models see it. */
export function renderFunctions(functions: readonly FunctionSpec[]): string {
  const blocks = functions.map(({ name, description, parameters }) => {
    const comment = description ? `// ${description}\n` : "";
    const properties = entriesOf(asObject(parameters)?.properties);
    const type =
      properties.length === 0
        ? `type ${name} = () => any;`
        : `type ${name} = (_: {\n${renderProperties(asObject(parameters) ?? {}, 0)}\n}) => any;`;
    return `${comment}${type}\n`;
  });
  return ["namespace functions {", "", ...blocks, "} // namespace functions"].join("\n");
}

type Schema = { [key: string]: Json };

function asObject(value: Json | undefined): Schema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function entriesOf(value: Json | undefined): [string, Schema][] {
  return Object.entries(asObject(value) ?? {}).map(([name, schema]) => [name, asObject(schema) ?? {}]);
}

function renderProperties(schema: Schema, indent: number): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return entriesOf(schema.properties)
    .flatMap(([name, property]) => {
      // Descriptions below the second level are not shown to the model.
      const shown = typeof property.description === "string" && property.description !== "" && indent < 2;
      const mark = required.includes(name) ? "" : "?";
      const line = `${name}${mark}: ${renderType(property, indent)},`;
      return shown ? [`// ${property.description}`, line] : [line];
    })
    .map((line) => " ".repeat(indent) + line)
    .join("\n");
}

function renderType(schema: Schema, indent: number): string {
  if (Array.isArray(schema.anyOf)) {
    return schema.anyOf.map((part) => renderType(asObject(part) ?? {}, indent)).join(" | ");
  }
  const choices = Array.isArray(schema.enum)
    ? schema.enum.map((value) => JSON.stringify(value)).join(" | ")
    : "";
  switch (schema.type) {
    case "string":
      return choices || "string";
    case "number":
    case "integer":
      return choices || "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array": {
      const items = asObject(schema.items);
      return `${items === null ? "any" : renderType(items, indent)}[]`;
    }
    case "object":
      return `{\n${renderProperties(schema, indent + 2)}\n}`;
    default:
      return choices || "any";
  }
}
