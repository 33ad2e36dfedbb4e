/**
 * Tokens of a request by its parts, before it is sent. Uncalibrated: in estimated tokens, which `calibration.ts` turns
 * into a family's own. Each function looks at one message or list only, so that a caller who keeps what it got pays for
 * what is new, never for the whole history.
 */
import type { Json, Message, Part, TextPart } from "../core/message.ts";
import type { Dialect, ToolSpec } from "../core/model.ts";
import { familyOf } from "./calibration.ts";
import { renderFunctions } from "./chat-format.ts";
import { estimateTokens } from "./estimate.ts";
import { fileTokens, imageTokens } from "./media-tokens.ts";
import type { CountText } from "./tokenizer.ts";

/** Who the request goes to, and how text is counted: `estimateTokens` unless someone wants it exact. */
export type TokenTarget = { dialect: Dialect; model: string; count?: CountText | undefined };

/** Tokens around the content, measured at the vendors' own count endpoints; those of the whole request apart. */
const framing: {
  [D in Dialect]: {
    request: number;
    message: number;
    call: number;
    result: number;
    tools: number;
    tool: number;
  };
} = {
  // tools: the instructions Anthropic puts before a tool list (platform.claude.com/docs, "Tool use", pricing: 346).
  messages: { request: 4, message: 4, call: 12, result: 12, tools: 346, tool: 12 },
  "chat-completions": { request: 3, message: 4, call: 8, result: 4, tools: 8, tool: 8 },
  responses: { request: 4, message: 4, call: 8, result: 4, tools: 8, tool: 8 },
  "generate-content": { request: 0, message: 1, call: 6, result: 6, tools: 4, tool: 6 },
};

/** Tokens of one message, framing included. */
export function estimateMessage(message: Message, target: TokenTarget): number {
  const parts = message.parts.reduce((sum, part) => sum + estimatePart(part, target), 0);
  return parts + framing[target.dialect].message;
}

/** Tokens of one part of a message. */
export function estimatePart(part: Part, target: TokenTarget): number {
  const count = target.count ?? estimateTokens;
  const { call, result } = framing[target.dialect];
  switch (part.type) {
    case "text":
      return count(part.text);
    case "reasoning":
      // Encrypted thoughts travel as base64 of about four bytes a token; readable ones count as their text.
      return part.text !== "" ? count(part.text) : Math.ceil(lengthOf(part.opaque?.data) * (3 / 16));
    case "tool_call":
      return call + count(part.name) + count(part.malformed ?? JSON.stringify(part.input));
    case "tool_result":
      return result + part.content.reduce((sum, piece) => sum + estimatePart(piece, target), 0);
    case "image":
      return imageTokens(part, target.dialect, target.model);
    case "file":
      return fileTokens(part, target.dialect);
    case "opaque":
      return Math.ceil(lengthOf(part.opaque.data) / 4);
  }
}

/** Bytes of a JSON value, near enough. */
function lengthOf(data: Json | undefined): number {
  return data === undefined ? 0 : JSON.stringify(data).length;
}

/** Tokens of a tool list; 0 for none. OpenAI's rendering is known; the other vendors' is close to the schemas' JSON. */
export function estimateTools(tools: readonly ToolSpec[], target: TokenTarget): number {
  if (tools.length === 0) return 0;
  const count = target.count ?? estimateTokens;
  const { tools: list, tool: each } = framing[target.dialect];
  if (familyOf(target.model) === "openai") {
    const functions = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      parameters: inputSchema,
    }));
    return list + count(renderFunctions(functions));
  }
  return tools.reduce(
    (sum, tool) =>
      sum + each + count(tool.name) + count(tool.description) + count(JSON.stringify(tool.inputSchema)),
    list,
  );
}

/** Tokens of the system prompt, framing of the whole request included. */
export function estimateSystem(system: readonly TextPart[], target: TokenTarget): number {
  const count = target.count ?? estimateTokens;
  const { request, message } = framing[target.dialect];
  const text = system.reduce((sum, part) => sum + count(part.text), 0);
  return request + (system.length > 0 ? message + text : 0);
}
