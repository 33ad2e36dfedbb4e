/** A request body of the dialect, as the server side receives it. */
import type { Json } from "../../core/message.ts";
import type { ModelRequest, ToolChoice, ToolSpec } from "../../core/model.ts";
import { type Peer, WireError } from "../codec.ts";
import {
  arrayOf,
  expectArray,
  expectBoolean,
  expectNumber,
  expectObject,
  expectString,
  isObject,
  type JsonObject,
  objectOf,
  optional,
} from "../json.ts";
import { readCache } from "./cache-control.ts";
import { readMessages } from "./decode-messages.ts";
import { readEffort } from "./effort.ts";
import { textOr } from "./values.ts";

/** Fields this vocabulary has a place for; all others are `extra`. */
const known = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "functions",
  "function_call",
  "parallel_tool_calls",
  "response_format",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "stop",
  "reasoning_effort",
  "reasoning",
  "thinking",
  "prompt_cache_key",
  "stream",
  "stream_options",
]);

/** @throws WireError naming the path that is wrong. */
export function decodeRequest(body: Json, peer: Peer): ModelRequest {
  const object = expectObject(body, "body");
  const { tools, foreign } = readTools(object);
  const { system, messages } = readMessages(expectArray(object.messages, "messages"), peer);
  const { reasoning, rest } = readEffort(object);
  const choice = readToolChoice(object);
  const output = readOutput(object.response_format);
  const fields: JsonObject = { ...rest };
  if (foreign.length > 0) fields.tools = foreign;
  if (choice.foreign !== undefined) fields.tool_choice = choice.foreign;
  if (output === undefined && isObject(object.response_format))
    fields.response_format = object.response_format;
  const { include_usage: _asked, ...streamOptions } = objectOf(object.stream_options);
  if (Object.keys(streamOptions).length > 0) fields.stream_options = streamOptions;
  for (const [key, value] of Object.entries(object)) {
    // What Tau sends itself where the field exists.
    if (key === "store" && value === false) continue;
    if (!known.has(key) && value !== null) fields[key] = value;
  }

  const limit =
    optional(object.max_completion_tokens, "max_completion_tokens", expectNumber) ??
    optional(object.max_tokens, "max_tokens", expectNumber);
  const parallel = optional(object.parallel_tool_calls, "parallel_tool_calls", expectBoolean);
  const temperature = optional(object.temperature, "temperature", expectNumber);
  const topP = optional(object.top_p, "top_p", expectNumber);
  const stop = optional(object.stop, "stop", readStop);
  const cacheKey = textOr(object.prompt_cache_key);
  return {
    model: expectString(object.model, "model"),
    system,
    messages,
    tools,
    ...(choice.choice === undefined ? {} : { toolChoice: choice.choice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop === undefined ? {} : { stop }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(output === undefined ? {} : { output }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    stream: optional(object.stream, "stream", expectBoolean) ?? false,
    ...(Object.keys(fields).length === 0 ? {} : { extra: { dialect: "chat-completions", fields } }),
  };
}

function readStop(value: Json | undefined, path: string): string[] {
  if (typeof value === "string") return [value];
  return expectArray(value, path).map((entry, at) => expectString(entry, `${path}[${at}]`));
}

/** Functions become tools, under their old name too; tools of other types (built-in ones) are kept as they are. */
function readTools(body: JsonObject): { tools: ToolSpec[]; foreign: Json[] } {
  const tools: ToolSpec[] = [];
  const foreign: Json[] = [];
  for (const [at, entry] of (optional(body.tools, "tools", expectArray) ?? []).entries()) {
    const tool = expectObject(entry, `tools[${at}]`);
    if (tool.type !== undefined && tool.type !== "function") foreign.push(entry);
    else tools.push({ ...readFunction(tool.function, `tools[${at}].function`), ...readCache(tool) });
  }
  for (const [at, entry] of arrayOf(body.functions).entries()) {
    tools.push(readFunction(entry, `functions[${at}]`));
  }
  return { tools, foreign };
}

function readFunction(value: Json | undefined, path: string): ToolSpec {
  const fn = expectObject(value, path);
  const strict = optional(fn.strict, `${path}.strict`, expectBoolean);
  return {
    name: expectString(fn.name, `${path}.name`),
    description: optional(fn.description, `${path}.description`, expectString) ?? "",
    // "Omitting parameters defines a function with an empty parameter list."
    inputSchema: optional(fn.parameters, `${path}.parameters`, expectObject) ?? {
      type: "object",
      properties: {},
    },
    ...(strict === undefined ? {} : { strict }),
  };
}

function readToolChoice(body: JsonObject): { choice?: ToolChoice; foreign?: Json } {
  const value = body.tool_choice ?? body.function_call;
  if (value === undefined || value === null) return {};
  if (value === "auto" || value === "none" || value === "required") return { choice: value };
  // Mistral's word.
  if (value === "any") return { choice: "required" };
  if (!isObject(value)) throw new WireError("tool_choice", "must be auto, none, required or an object");
  const name =
    textOr(objectOf(value.function).name) ?? (value.type === undefined ? textOr(value.name) : undefined);
  return name === undefined ? { foreign: value } : { choice: { name } };
}

function readOutput(value: Json | undefined): ModelRequest["output"] {
  const format = objectOf(value);
  if (format.type !== "json_schema") return undefined;
  const path = "response_format.json_schema";
  const spec = expectObject(format.json_schema, path);
  const strict = optional(spec.strict, `${path}.strict`, expectBoolean);
  return {
    name: expectString(spec.name, `${path}.name`),
    schema: optional(spec.schema, `${path}.schema`, expectObject) ?? {},
    ...(strict === undefined ? {} : { strict }),
  };
}
