/** Bodies of `POST /responses` as requests. What has no word in the vocabulary is kept in `extra`. */
import type { Json } from "../../core/message.ts";
import type { Effort, ModelRequest, ToolChoice, ToolSpec } from "../../core/model.ts";
import { type Peer, WireError } from "../codec.ts";
import {
  expectArray,
  expectBoolean,
  expectNumber,
  expectObject,
  expectString,
  isObject,
  type JsonObject,
  optional,
  otherFields,
} from "../json.ts";
import { decodeHistory } from "./history-decoder.ts";
import { defaultInclude, encryptedReasoning } from "./request-encoder.ts";

const named: ReadonlySet<string> = new Set([
  "model",
  "instructions",
  "input",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "max_output_tokens",
  "temperature",
  "top_p",
  "reasoning",
  "text",
  "prompt_cache_key",
  "store",
  "include",
  "stream",
]);
const toolFields: ReadonlySet<string> = new Set(["type", "name", "description", "parameters", "strict"]);
const formatFields: ReadonlySet<string> = new Set(["type", "name", "schema", "strict"]);
const efforts: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

/** @throws WireError naming the place that cannot be understood. */
export function decodeRequest(body: Json, peer: Peer): ModelRequest {
  const top = expectObject(body, "body");
  const extra: JsonObject = otherFields(top, named) ?? {};
  const instructions = optional(top.instructions, "instructions", expectString);
  const history = decodeHistory(top.input, peer);
  const tools = decodeTools(top.tools, extra);
  const toolChoice = decodeToolChoice(top.tool_choice, extra);
  const parallelToolCalls = optional(top.parallel_tool_calls, "parallel_tool_calls", expectBoolean);
  const maxOutputTokens = optional(top.max_output_tokens, "max_output_tokens", expectNumber);
  const temperature = optional(top.temperature, "temperature", expectNumber);
  const topP = optional(top.top_p, "top_p", expectNumber);
  const output = decodeText(top.text, extra);
  const cacheKey = optional(top.prompt_cache_key, "prompt_cache_key", expectString);
  const reasoning = decodeReasoning(top, extra);
  return {
    model: expectString(top.model, "model"),
    system: [
      ...(instructions === undefined ? [] : [{ type: "text" as const, text: instructions }]),
      ...history.system,
    ],
    messages: history.messages,
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(output === undefined ? {} : { output }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    stream: top.stream === true,
    ...(Object.keys(extra).length === 0 ? {} : { extra: { dialect: "responses", fields: extra } }),
  };
}

function decodeTools(value: Json | undefined, extra: JsonObject): ToolSpec[] {
  if (value === undefined || value === null) return [];
  const tools: ToolSpec[] = [];
  const others: JsonObject[] = [];
  expectArray(value, "tools").forEach((item, at) => {
    const tool = expectObject(item, `tools[${at}]`);
    if (tool.type !== "function") {
      others.push(tool);
      return;
    }
    const name = expectString(tool.name, `tools[${at}].name`);
    tools.push({
      name,
      description: optional(tool.description, `tools[${at}].description`, expectString) ?? "",
      inputSchema: optional(tool.parameters, `tools[${at}].parameters`, expectObject) ?? {},
      ...(tool.strict === true ? { strict: true } : {}),
    });
    const rest = otherFields(tool, toolFields);
    if (rest !== undefined) others.push({ type: "function", name, ...rest });
  });
  if (others.length > 0) extra.tools = others;
  return tools;
}

function decodeToolChoice(value: Json | undefined, extra: JsonObject): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "auto" || value === "none" || value === "required") return value;
  if (isObject(value) && value.type === "function" && typeof value.name === "string")
    return { name: value.name };
  if (!isObject(value)) throw new WireError("tool_choice", "expected auto, none, required or an object");
  extra.tool_choice = value;
  return undefined;
}

function decodeText(value: Json | undefined, extra: JsonObject): ModelRequest["output"] {
  const text = optional(value, "text", expectObject);
  if (text === undefined) return undefined;
  const { format, ...rest } = text;
  const own: JsonObject = otherFields(rest, new Set()) ?? {};
  let output: ModelRequest["output"];
  if (isObject(format) && format.type === "json_schema") {
    output = {
      name: expectString(format.name, "text.format.name"),
      schema: expectObject(format.schema, "text.format.schema"),
      ...(typeof format.strict === "boolean" ? { strict: format.strict } : {}),
    };
    if (otherFields(format, formatFields) !== undefined) own.format = format;
  } else if (isObject(format) && format.type !== "text") {
    own.format = format;
  }
  if (Object.keys(own).length > 0) extra.text = own;
  return output;
}

/**
 * Effort and summary, and with them `store` and `include`: what they say only counts as said where it is not what
 * the encoder would write by itself. An absent `store` is the API's default, true.
 */
function decodeReasoning(top: JsonObject, extra: JsonObject): ModelRequest["reasoning"] {
  const fields = optional(top.reasoning, "reasoning", expectObject);
  let reasoning: ModelRequest["reasoning"];
  if (fields !== undefined) {
    const { effort, summary, ...rest } = fields;
    const own: JsonObject = otherFields(rest, new Set()) ?? {};
    reasoning = {};
    if (typeof effort === "string" && isEffort(effort)) reasoning.effort = effort;
    else if (typeof effort === "string") own.effort = effort;
    if (typeof summary === "string") reasoning.visible = true;
    if (typeof summary === "string" && summary !== "auto") own.summary = summary;
    if (Object.keys(own).length > 0) extra.reasoning = own;
  }
  const stored = top.store !== false;
  if (stored) extra.store = true;
  const include = optional(top.include, "include", expectArray) ?? [];
  if (
    reasoning === undefined &&
    !stored &&
    JSON.stringify(include) === JSON.stringify([encryptedReasoning])
  ) {
    reasoning = {};
  }
  const usual = defaultInclude(reasoning === undefined ? {} : { reasoning }, stored);
  if (JSON.stringify(include) !== JSON.stringify(usual)) extra.include = include;
  return reasoning;
}

function isEffort(value: string): value is Effort {
  return efforts.has(value);
}
