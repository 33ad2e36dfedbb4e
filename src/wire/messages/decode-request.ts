/** The body of `POST /v1/messages`, as clients of the gateway send it, as a model request. */
import type { Json, Message, Part, Role, TextPart } from "../../core/message.ts";
import type { ModelRequest, ToolChoice, ToolSpec } from "../../core/model.ts";
import { type Peer, WireError } from "../codec.ts";
import { opaqueFields } from "../dialect-data.ts";
import {
  expectArray,
  expectBoolean,
  expectNumber,
  expectObject,
  expectString,
  fieldsBeyond,
  isObject,
  type JsonObject,
  optional,
  otherFields,
} from "../json.ts";
import { decodeCache } from "./cache.ts";
import { decodeBlock, decodeText } from "./decode-block.ts";
import { decodeThinking, effortOf } from "./reasoning.ts";

const requestFields = new Set([
  "model",
  "max_tokens",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "temperature",
  "top_p",
  "stop_sequences",
  "stream",
  "messages",
]);
const toolFields = new Set(["type", "name", "description", "input_schema", "strict", "cache_control"]);
const outputFields = new Set(["effort", "format"]);

/** @throws WireError naming the path that is wrong. */
export function decodeRequest(body: Json, peer: Peer): ModelRequest {
  const root = expectObject(body, "body");
  const extra = fieldsBeyond(root, requestFields);
  const tools = decodeTools(root.tools, extra);
  const choice = decodeChoice(root.tool_choice);
  const temperature = optional(root.temperature, "temperature", expectNumber);
  const topP = optional(root.top_p, "top_p", expectNumber);
  const stop = optional(root.stop_sequences, "stop_sequences", expectStrings);
  const output = decodeOutput(root, extra);
  const reasoning = decodeReasoning(root, extra);
  return {
    // Vertex and Bedrock name the model in the URL.
    model: optional(root.model, "model", expectString) ?? peer.model,
    system: decodeSystem(root.system, "system", peer),
    messages: expectArray(root.messages, "messages").flatMap((message, at) =>
      decodeMessage(expectObject(message, `messages[${at}]`), `messages[${at}]`, peer),
    ),
    tools,
    ...choice,
    maxOutputTokens: expectNumber(root.max_tokens, "max_tokens"),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop === undefined ? {} : { stop }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(output === undefined ? {} : { output }),
    stream: optional(root.stream, "stream", expectBoolean) ?? false,
    ...(Object.keys(extra).length === 0 ? {} : { extra: { dialect: "messages", fields: extra } }),
  };
}

function expectStrings(value: Json | undefined, path: string): string[] {
  return expectArray(value, path).map((item, at) => expectString(item, `${path}[${at}]`));
}

function decodeSystem(system: Json | undefined, path: string, peer: Peer): TextPart[] {
  if (system === undefined || system === null || system === "") return [];
  if (typeof system === "string") return [{ type: "text", text: system }];
  return expectArray(system, path).map((block, at) =>
    decodeText(expectObject(block, `${path}[${at}]`), `${path}[${at}]`, peer),
  );
}

function decodeMessage(message: JsonObject, path: string, peer: Peer): Message[] {
  const role = expectString(message.role, `${path}.role`);
  if (role === "system") return [decodeSystemMessage(message, path, peer)];
  if (role !== "user" && role !== "assistant") {
    throw new WireError(`${path}.role`, `expected "user" or "assistant", got "${role}"`);
  }
  const content = message.content;
  if (typeof content === "string") return [{ role, parts: [{ type: "text", text: content }] }];
  const parts = expectArray(content, `${path}.content`).map((block, at) =>
    decodeBlock(expectObject(block, `${path}.content[${at}]`), `${path}.content[${at}]`, peer),
  );
  if (role === "assistant") return [{ role, parts }];
  return splitResults(parts);
}

/** Tool results travel in user messages; Tau gives them messages of their own. */
function splitResults(parts: Part[]): Message[] {
  const messages: Message[] = [];
  for (const part of parts) {
    const role: Role = part.type === "tool_result" ? "tool" : "user";
    const last = messages.at(-1);
    if (last?.role === role) last.parts.push(part);
    else messages.push({ role, parts: [part] });
  }
  return messages;
}

/** Instructions in mid-conversation have no role in Tau: they are a user's text that remembers what it was. */
function decodeSystemMessage(message: JsonObject, path: string, peer: Peer): Message {
  const parts = decodeSystem(message.content, `${path}.content`, peer).map((part) => ({
    ...part,
    opaque: opaqueFields(peer, "messages", { role: "system" }),
  }));
  return { role: "user", parts };
}

/** Tools Tau has no word for (server-side and vendor-defined ones, unknown fields) are kept whole in `extra.tools`. */
function decodeTools(tools: Json | undefined, extra: JsonObject): ToolSpec[] {
  const specs: ToolSpec[] = [];
  const kept: Json[] = [];
  for (const [at, item] of (optional(tools, "tools", expectArray) ?? []).entries()) {
    const path = `tools[${at}]`;
    const tool = expectObject(item, path);
    if (tool.type !== undefined && tool.type !== null && tool.type !== "custom") {
      kept.push(tool);
      continue;
    }
    if (otherFields(tool, toolFields) !== undefined) kept.push(tool);
    const strict = optional(tool.strict, `${path}.strict`, expectBoolean);
    specs.push({
      name: expectString(tool.name, `${path}.name`),
      description: optional(tool.description, `${path}.description`, expectString) ?? "",
      inputSchema: expectObject(tool.input_schema, `${path}.input_schema`),
      ...(strict === undefined ? {} : { strict }),
      ...decodeCache(tool.cache_control),
    });
  }
  if (kept.length > 0) extra.tools = kept;
  return specs;
}

function decodeChoice(value: Json | undefined): { toolChoice?: ToolChoice; parallelToolCalls?: boolean } {
  const choice = optional(value, "tool_choice", expectObject);
  if (choice === undefined) return {};
  const disabled = optional(
    choice.disable_parallel_tool_use,
    "tool_choice.disable_parallel_tool_use",
    expectBoolean,
  );
  return {
    toolChoice: decodeChoiceType(choice),
    ...(disabled === undefined ? {} : { parallelToolCalls: !disabled }),
  };
}

function decodeChoiceType(choice: JsonObject): ToolChoice {
  switch (choice.type) {
    case "auto":
    case "none":
      return choice.type;
    case "any":
      return "required";
    case "tool":
      return { name: expectString(choice.name, "tool_choice.name") };
    default:
      throw new WireError("tool_choice.type", `expected "auto", "any", "tool" or "none"`);
  }
}

function decodeReasoning(root: JsonObject, extra: JsonObject): ModelRequest["reasoning"] {
  const effort = isObject(root.output_config) ? effortOf(root.output_config.effort) : undefined;
  const reasoning = decodeThinking(root.thinking, effort);
  if (reasoning === "none") return undefined;
  if (reasoning !== undefined) {
    // Effort without thinking has no word in Tau.
    if (reasoning.effort === "none" && effort !== undefined) {
      extra.output_config = { ...(isObject(extra.output_config) ? extra.output_config : {}), effort };
    }
    return reasoning;
  }
  if (root.thinking !== undefined) extra.thinking = root.thinking;
  return effort === undefined ? undefined : { effort };
}

/** `output_config.format`, or the `output_format` of its beta. The API gives the schema no name. */
function decodeOutput(root: JsonObject, extra: JsonObject): ModelRequest["output"] {
  const config = optional(root.output_config, "output_config", expectObject) ?? {};
  const known =
    effortOf(config.effort) !== undefined || config.effort === undefined || config.effort === null;
  const rest = otherFields(config, known ? outputFields : new Set(["format"]));
  if (rest !== undefined) extra.output_config = rest;
  const format = optional(config.format ?? root.output_format, "output_config.format", expectObject);
  if (format === undefined) return undefined;
  if (format.type !== "json_schema") {
    extra.output_config = { ...rest, format };
    return undefined;
  }
  return { name: "output", schema: expectObject(format.schema, "output_config.format.schema") };
}
