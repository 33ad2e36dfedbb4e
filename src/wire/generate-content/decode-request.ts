/** The body of a generateContent call, as clients of the gateway send it, as a model request. */
import type { Json, Message, Part, Role, TextPart } from "../../core/message.ts";
import type { ModelRequest, ToolChoice, ToolSpec } from "../../core/model.ts";
import { type Peer, WireError } from "../codec.ts";
import {
  arrayOf,
  expectArray,
  expectNumber,
  expectObject,
  expectString,
  fieldsBeyond,
  isObject,
  type JsonObject,
  optional,
  otherFields,
} from "../json.ts";
import { madeUpId } from "./call-id.ts";
import { type CallIds, decodePart } from "./decode-part.ts";
import { foreignSignature } from "./encode-request.ts";
import { jsonSchemaOf } from "./schema.ts";
import { decodeThinking } from "./thinking.ts";

const requestFields = new Set([
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
  "model",
]);
const configFields = new Set(["maxOutputTokens", "temperature", "topP", "stopSequences", "thinkingConfig"]);
const outputFields = new Set(["responseMimeType", "responseJsonSchema", "responseSchema"]);
const declarationFields = new Set(["name", "description", "parametersJsonSchema", "parameters"]);

/**
 * Model and streaming are in the URL, so `model` is the peer's and `stream` is false; the caller sets what it read
 * there. Field names in snake case are understood too, as Google's own servers do.
 * @throws WireError naming the path that is wrong.
 */
export function decodeRequest(body: Json, peer: Peer): ModelRequest {
  const root = camel(expectObject(body, "body"));
  const extra = fieldsBeyond(root, requestFields);
  const tools = decodeTools(root.tools, extra);
  const toolChoice = decodeChoice(root.toolConfig, extra);
  const config = decodeConfig(root.generationConfig, extra);
  return {
    model: peer.model,
    system: decodeSystem(root.systemInstruction, peer),
    messages: decodeContents(root.contents, peer),
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...config,
    stream: false,
    ...(Object.keys(extra).length === 0 ? {} : { extra: { dialect: "generate-content", fields: extra } }),
  };
}

/** Field names in camel case, one level deep: below are schemas and arguments, whose names are the client's own. */
function camel(object: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    out[key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return out;
}

function camelObject(value: Json | undefined, path: string): JsonObject {
  return camel(expectObject(value, path));
}

/** Fields of a part whose value is an object of the API's own. */
const structures = new Set(["functionCall", "functionResponse", "inlineData", "fileData"]);

function camelPart(value: Json, path: string): JsonObject {
  const part = camelObject(value, path);
  for (const key of structures) if (isObject(part[key])) part[key] = camel(part[key]);
  if (part.thoughtSignature === foreignSignature) delete part.thoughtSignature;
  return part;
}

function decodeSystem(value: Json | undefined, peer: Peer): TextPart[] {
  const system = optional(value, "systemInstruction", (json, path) =>
    typeof json === "string" ? { parts: [{ text: json }] } : camelObject(json, path),
  );
  const noCalls: CallIds = { call: (name) => name, result: (name) => name };
  return arrayOf(system?.parts).map((item, at) => {
    const path = `systemInstruction.parts[${at}]`;
    const part = decodePart(camelPart(item, path), path, peer, noCalls);
    if (part.type !== "text") throw new WireError(path, "expected a text part");
    return part;
  });
}

function decodeContents(value: Json | undefined, peer: Peer): Message[] {
  const messages: Message[] = [];
  /** Calls of the latest answer that no result has been matched to. */
  let open: { id: string; name: string }[] = [];
  for (const [index, item] of expectArray(value, "contents").entries()) {
    const path = `contents[${index}]`;
    const content = camelObject(item, path);
    const model = roleOf(content, `${path}.role`) === "assistant";
    let ordinal = 0;
    const next = (): string => {
      ordinal += 1;
      return madeUpId(`m${index}`, ordinal - 1);
    };
    const ids: CallIds = {
      call: next,
      result: (name) => open.find((call) => call.name === name)?.id ?? open[0]?.id ?? next(),
    };
    if (model) open = [];
    const parts: Part[] = [];
    for (const [at, json] of (optional(content.parts, `${path}.parts`, expectArray) ?? []).entries()) {
      const part = decodePart(camelPart(json, `${path}.parts[${at}]`), `${path}.parts[${at}]`, peer, ids);
      if (part.type === "tool_call") open.push(part);
      if (part.type === "tool_result") open = open.filter((call) => call.id !== part.callId);
      parts.push(part);
    }
    if (model) messages.push({ role: "assistant", parts });
    else messages.push(...splitResults(parts));
  }
  return messages;
}

function roleOf(content: JsonObject, path: string): Role {
  const role = optional(content.role, path, expectString) ?? "user";
  if (role === "model") return "assistant";
  if (role === "user" || role === "function" || role === "tool") return "user";
  throw new WireError(path, `expected "user" or "model", got "${role}"`);
}

/** Function responses travel in user contents; Tau gives them messages of their own. */
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

/** Tools Tau has no word for (search, code execution, unknown fields of declarations) are kept in `extra.tools`. */
function decodeTools(value: Json | undefined, extra: JsonObject): ToolSpec[] {
  const specs: ToolSpec[] = [];
  const kept: Json[] = [];
  for (const [index, item] of (optional(value, "tools", expectArray) ?? []).entries()) {
    const { functionDeclarations, ...others } = camelObject(item, `tools[${index}]`);
    const path = `tools[${index}].functionDeclarations`;
    const keptHere: Json[] = [];
    for (const [at, json] of (optional(functionDeclarations, path, expectArray) ?? []).entries()) {
      const declaration = camelObject(json, `${path}[${at}]`);
      if (otherFields(declaration, declarationFields) !== undefined) keptHere.push(declaration);
      specs.push(decodeDeclaration(declaration, `${path}[${at}]`));
    }
    if (Object.keys(others).length > 0 || keptHere.length > 0) {
      kept.push({ ...others, ...(keptHere.length === 0 ? {} : { functionDeclarations: keptHere }) });
    }
  }
  if (kept.length > 0) extra.tools = kept;
  return specs;
}

function decodeDeclaration(declaration: JsonObject, path: string): ToolSpec {
  const schema = optional(declaration.parametersJsonSchema, `${path}.parametersJsonSchema`, expectObject);
  const own = optional(declaration.parameters, `${path}.parameters`, expectObject);
  return {
    name: expectString(declaration.name, `${path}.name`),
    description: optional(declaration.description, `${path}.description`, expectString) ?? "",
    // A function without parameters has no schema at all.
    inputSchema: schema ?? (own === undefined ? { type: "object", properties: {} } : jsonSchemaOf(own)),
  };
}

function decodeChoice(value: Json | undefined, extra: JsonObject): ToolChoice | undefined {
  const toolConfig = optional(value, "toolConfig", camelObject);
  if (toolConfig === undefined) return undefined;
  const { functionCallingConfig, ...others } = toolConfig;
  if (Object.keys(others).length > 0) extra.toolConfig = others;
  const calling = optional(functionCallingConfig, "toolConfig.functionCallingConfig", camelObject);
  if (calling === undefined) return undefined;
  const names = arrayOf(calling.allowedFunctionNames).filter((name) => typeof name === "string");
  const plain = otherFields(calling, new Set(["mode", "allowedFunctionNames"])) === undefined;
  const mode = typeof calling.mode === "string" ? calling.mode.toUpperCase() : "AUTO";
  if (plain && names.length === 0) {
    if (mode === "AUTO") return "auto";
    if (mode === "NONE") return "none";
    if (mode === "ANY") return "required";
  }
  const [name] = names;
  if (plain && mode === "ANY" && names.length === 1 && name !== undefined) return { name };
  extra.toolConfig = { ...others, functionCallingConfig: calling };
  // Other dialects come as near as they can.
  return mode === "ANY" ? "required" : mode === "NONE" ? "none" : undefined;
}

type Config = Pick<
  ModelRequest,
  "maxOutputTokens" | "temperature" | "topP" | "stop" | "reasoning" | "output"
>;

function decodeConfig(value: Json | undefined, extra: JsonObject): Config {
  const root = optional(value, "generationConfig", camelObject);
  if (root === undefined) return {};
  const at = (name: string): string => `generationConfig.${name}`;
  const config: Config = {};
  const maxOutputTokens = optional(root.maxOutputTokens, at("maxOutputTokens"), expectNumber);
  const temperature = optional(root.temperature, at("temperature"), expectNumber);
  const topP = optional(root.topP, at("topP"), expectNumber);
  if (maxOutputTokens !== undefined) config.maxOutputTokens = maxOutputTokens;
  if (temperature !== undefined) config.temperature = temperature;
  if (topP !== undefined) config.topP = topP;
  const stop = optional(root.stopSequences, at("stopSequences"), expectArray);
  if (stop !== undefined) {
    config.stop = stop.map((item, index) => expectString(item, `${at("stopSequences")}[${index}]`));
  }
  const known = new Set(configFields);
  const thinking = optional(root.thinkingConfig, at("thinkingConfig"), camelObject);
  const reasoning = decodeThinking(thinking);
  if (reasoning !== undefined) config.reasoning = reasoning;
  else known.delete("thinkingConfig");
  const output = decodeOutput(root, at);
  if (output !== undefined) {
    config.output = output;
    for (const field of outputFields) known.add(field);
  }
  const rest = otherFields(root, known);
  if (rest !== undefined) extra.generationConfig = rest;
  return config;
}

/** The API gives the schema no name. JSON without a schema has no word in Tau and stays in `extra`. */
function decodeOutput(root: JsonObject, at: (name: string) => string): ModelRequest["output"] {
  if (root.responseMimeType !== "application/json") return undefined;
  const schema = optional(root.responseJsonSchema, at("responseJsonSchema"), expectObject);
  const own = optional(root.responseSchema, at("responseSchema"), expectObject);
  if (schema !== undefined) return { name: "output", schema };
  return own === undefined ? undefined : { name: "output", schema: jsonSchemaOf(own) };
}
