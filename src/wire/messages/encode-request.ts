/** A model request as the body of `POST /v1/messages`. */
import type { Json, Message } from "../../core/message.ts";
import type { ModelRequest, ToolChoice, ToolSpec } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { replayable } from "../dialect-data.ts";
import { arrayOf, isObject, type JsonObject, withExtra } from "../json.ts";
import { joinToolMessages } from "../tool-runs.ts";
import { encodeCache } from "./cache.ts";
import { encodePart, encodeText } from "./encode-block.ts";
import { encodeEffort, encodeThinking } from "./reasoning.ts";

/** The API demands a cap. This one every model still served accepts; whoever knows the model sets a better one. */
export const defaultMaxTokens = 8192;

/**
 * The request body. `messages` comes last, so that a longer conversation only adds to the end of the bytes.
 * Fields of `extra` stand over the computed ones; its `tools` replace those of the same name and follow the others.
 */
export function encodeRequest(request: ModelRequest, peer: Peer): JsonObject {
  const extra = request.extra?.dialect === "messages" ? request.extra.fields : {};
  const { tools: extraTools, ...extraFields } = extra;
  const maxTokens = request.maxOutputTokens ?? defaultMaxTokens;
  const system = request.system.flatMap((part) => encodeText(part, peer) ?? []);
  const tools = mergeTools(request.tools.map(encodeTool), arrayOf(extraTools));
  const choice = tools.length === 0 ? undefined : encodeChoice(request.toolChoice, request.parallelToolCalls);
  const thinking = encodeThinking(request.reasoning, maxTokens);
  const outputConfig: JsonObject = {
    ...encodeEffort(request.reasoning?.effort),
    ...(request.output === undefined
      ? {}
      : { format: { type: "json_schema", schema: request.output.schema } }),
  };
  const computed: JsonObject = {
    model: request.model,
    max_tokens: maxTokens,
    ...(system.length === 0 ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.stop === undefined ? {} : { stop_sequences: request.stop }),
    ...(request.stream ? { stream: true } : {}),
  };
  return { ...withExtra(computed, extraFields), messages: encodeMessages(request.messages, peer) };
}

function encodeTool(tool: ToolSpec): JsonObject {
  return {
    name: tool.name,
    ...(tool.description === "" ? {} : { description: tool.description }),
    input_schema: tool.inputSchema,
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...encodeCache(tool.cache),
  };
}

function mergeTools(own: JsonObject[], extra: Json[]): Json[] {
  const replaced = new Map<Json, Json>();
  const added: Json[] = [];
  for (const tool of extra) {
    const same = isObject(tool) ? own.find((one) => one.name === tool.name) : undefined;
    if (same === undefined) added.push(tool);
    else replaced.set(same, tool);
  }
  return [...own.map((tool) => replaced.get(tool) ?? tool), ...added];
}

function encodeChoice(choice: ToolChoice | undefined, parallel: boolean | undefined): JsonObject | undefined {
  // Whether calls may be parallel is a field of the choice, so saying it needs one; `none` does not take it.
  if (choice === "none") return { type: "none" };
  if (choice === undefined && parallel === undefined) return undefined;
  const disable = parallel === undefined ? {} : { disable_parallel_tool_use: !parallel };
  if (choice === undefined || choice === "auto") return { type: "auto", ...disable };
  if (choice === "required") return { type: "any", ...disable };
  return { type: "tool", name: choice.name, ...disable };
}

function encodeMessages(messages: readonly Message[], peer: Peer): JsonObject[] {
  return joinToolMessages(messages).flatMap((message) => {
    const content: Json[] = message.parts.flatMap((part) => encodePart(part, peer) ?? []);
    if (content.length === 0) return [];
    if (message.role === "assistant") return [{ role: "assistant", content }];
    return message.role === "user" && isSystem(message, peer)
      ? [{ role: "system", content: content.map(withoutRole) }]
      : [{ role: "user", content }];
  });
}

/** Operator instructions in mid-conversation: the decoder marks them on the text parts of a user message. */
function isSystem(message: Message, peer: Peer): boolean {
  return message.parts.every(
    (part) => part.type === "text" && replayable(part.opaque, peer, "messages")?.role === "system",
  );
}

function withoutRole(block: Json): Json {
  if (!isObject(block)) return block;
  const { role: _, ...rest } = block;
  return rest;
}
