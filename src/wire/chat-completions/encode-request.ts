/** A request in the dialect. Key order is fixed and `messages` stands last, so that equal prefixes are equal bytes. */
import type { Json } from "../../core/message.ts";
import type { ModelRequest, ToolSpec } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { arrayOf, type JsonObject, withExtra } from "../json.ts";
import { cacheControl, type Target } from "./cache-control.ts";
import type { ChatCompat } from "./compat.ts";
import { writeEffort } from "./effort.ts";
import { writeMessages } from "./encode-messages.ts";

/** The request body for a server with these quirks. */
export function encodeRequest(request: ModelRequest, peer: Peer, compat: ChatCompat): JsonObject {
  const caching = compat.cacheControlModels.some((prefix) => peer.model.startsWith(prefix));
  const target: Target = { peer, compat, caching };
  const extra = request.extra?.dialect === "chat-completions" ? request.extra.fields : {};
  const { tools: foreignTools, ...fields } = extra;
  const tools: Json[] = [...request.tools.map((tool) => writeTool(tool, target)), ...arrayOf(foreignTools)];
  const calls = request.messages.some((message) => message.parts.some((part) => part.type === "tool_call"));

  const body: JsonObject = { model: request.model };
  if (tools.length > 0 || (calls && compat.toolsArrayWithHistory)) body.tools = tools;
  if (request.toolChoice !== undefined && tools.length > 0)
    body.tool_choice = writeToolChoice(request.toolChoice);
  if (request.parallelToolCalls !== undefined && tools.length > 0) {
    body.parallel_tool_calls = request.parallelToolCalls;
  }
  if (request.output !== undefined) body.response_format = writeOutput(request.output);
  if (request.maxOutputTokens !== undefined) body[compat.maxTokensField] = request.maxOutputTokens;
  if (request.temperature !== undefined) body.temperature = request.temperature;
  if (request.topP !== undefined) body.top_p = request.topP;
  if (request.stop !== undefined) body.stop = request.stop;
  Object.assign(body, writeEffort(request.reasoning, compat));
  if (request.cacheKey !== undefined && compat.promptCacheKey) body.prompt_cache_key = request.cacheKey;
  if (compat.storeField) body.store = false;
  body.stream = request.stream;
  if (request.stream && compat.streamUsage) body.stream_options = { include_usage: true };
  return { ...withExtra(body, fields), messages: writeMessages(request, target) };
}

function writeTool(tool: ToolSpec, target: Target): Json {
  return {
    type: "function",
    function: {
      name: tool.name,
      description: tool.description,
      parameters: tool.inputSchema,
      ...(tool.strict === undefined || !target.compat.strictTools ? {} : { strict: tool.strict }),
    },
    ...cacheControl(target, tool.cache),
  };
}

function writeToolChoice(choice: NonNullable<ModelRequest["toolChoice"]>): Json {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
}

function writeOutput(output: NonNullable<ModelRequest["output"]>): Json {
  return {
    type: "json_schema",
    json_schema: {
      name: output.name,
      ...(output.strict === undefined ? {} : { strict: output.strict }),
      schema: output.schema,
    },
  };
}
