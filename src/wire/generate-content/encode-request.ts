/** A model request as the body of `models/{model}:generateContent` and `:streamGenerateContent`. */
import type { Json, Message } from "../../core/message.ts";
import type { ModelRequest, ToolChoice } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { arrayOf, isObject, type JsonObject, withExtra } from "../json.ts";
import { joinToolMessages } from "../tool-runs.ts";
import { encodePart, encodeResult } from "./encode-part.ts";
import { isThirdGeneration } from "./model-version.ts";
import { encodeThinking } from "./thinking.ts";

/**
 * What stands for the signature of a call that another model made: without one the third generation refuses the
 * request. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const foreignSignature = "skip_thought_signature_validator";

/**
 * The request body. Model and streaming are not in it: they are in the URL. `contents` comes last, so that a longer
 * conversation only adds to the end of the bytes. Fields of `extra` stand over the computed ones; its `tools` follow,
 * and function declarations among them replace those of the same name.
 */
export function encodeRequest(request: ModelRequest, peer: Peer): JsonObject {
  const extra = request.extra?.dialect === "generate-content" ? request.extra.fields : {};
  const { tools: extraTools, ...extraFields } = extra;
  const system = request.system.flatMap((part) => encodePart(part, peer) ?? []);
  const tools = encodeTools(request, arrayOf(extraTools));
  const choice = encodeChoice(request.toolChoice);
  const config = encodeConfig(request);
  const computed: JsonObject = {
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(tools.length === 0 || choice === undefined ? {} : { toolConfig: { functionCallingConfig: choice } }),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
  };
  return { ...withExtra(computed, extraFields), contents: encodeContents(request, peer) };
}

function encodeTools(request: ModelRequest, extra: Json[]): Json[] {
  const replaced = new Map<string, Json>();
  const added: Json[] = [];
  const names = new Set(request.tools.map((tool) => tool.name));
  for (const tool of extra) {
    if (!isObject(tool) || !Array.isArray(tool.functionDeclarations)) {
      added.push(tool);
      continue;
    }
    const others = tool.functionDeclarations.filter((declaration) => {
      if (!isObject(declaration) || typeof declaration.name !== "string" || !names.has(declaration.name))
        return true;
      replaced.set(declaration.name, declaration);
      return false;
    });
    const { functionDeclarations: _, ...fields } = tool;
    if (others.length > 0) added.push({ ...fields, functionDeclarations: others });
    else if (Object.keys(fields).length > 0) added.push(fields);
  }
  if (request.tools.length === 0) return added;
  const functionDeclarations = request.tools.map(
    (tool): Json =>
      replaced.get(tool.name) ?? {
        name: tool.name,
        ...(tool.description === "" ? {} : { description: tool.description }),
        parametersJsonSchema: tool.inputSchema,
      },
  );
  return [{ functionDeclarations }, ...added];
}

function encodeChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  if (choice === undefined) return undefined;
  if (choice === "auto") return { mode: "AUTO" };
  if (choice === "none") return { mode: "NONE" };
  if (choice === "required") return { mode: "ANY" };
  return { mode: "ANY", allowedFunctionNames: [choice.name] };
}

function encodeConfig(request: ModelRequest): JsonObject {
  const thinking = encodeThinking(request.reasoning, request.model);
  return {
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { topP: request.topP }),
    ...(request.stop === undefined ? {} : { stopSequences: request.stop }),
    ...(request.output === undefined
      ? {}
      : { responseMimeType: "application/json", responseJsonSchema: request.output.schema }),
    ...(thinking === undefined ? {} : { thinkingConfig: thinking }),
  };
}

function encodeContents(request: ModelRequest, peer: Peer): JsonObject[] {
  const third = isThirdGeneration(request.model);
  const names = new Map<string, string>();
  const contents: JsonObject[] = [];
  for (const message of joinToolMessages(request.messages)) {
    for (const part of message.parts) if (part.type === "tool_call") names.set(part.id, part.name);
    const parts = encodeMessage(message, names, peer, third);
    if (parts.length > 0) contents.push({ role: message.role === "assistant" ? "model" : "user", parts });
  }
  return contents;
}

function encodeMessage(
  message: Message,
  names: ReadonlyMap<string, string>,
  peer: Peer,
  third: boolean,
): JsonObject[] {
  const parts: JsonObject[] = [];
  const media: JsonObject[] = [];
  for (const part of message.parts) {
    if (part.type === "tool_result") {
      // The API matches responses by the function's name; a result whose call is gone keeps its id as a name.
      const result = encodeResult(part, names.get(part.callId) ?? part.callId, peer, third);
      parts.push(result.response);
      media.push(...result.media);
      continue;
    }
    const encoded = encodePart(part, peer);
    if (encoded !== undefined) parts.push(encoded);
  }
  return [...(third ? signFirstCall(parts) : parts), ...media];
}

/** Only the first call of an answer carries a signature, and only its absence there is refused. */
function signFirstCall(parts: JsonObject[]): JsonObject[] {
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  return parts.map((part, at) =>
    at === first && part.thoughtSignature === undefined
      ? { ...part, thoughtSignature: foreignSignature }
      : part,
  );
}
