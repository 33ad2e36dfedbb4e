/**
 * The one message model inside Tau. Codecs in wire/ translate it to and from each provider's dialect;
 * everything else (loop, ledger, front ends) sees only this.
 */

/** Standard base64, no line breaks, no data-URL prefix. */
export type Base64 = string;

/** A JSON value as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON Schema document (draft 2020-12 as zod 4 prints it, or whatever a caller of the gateway sent). */
export type JsonSchema = { [key: string]: Json };

/**
 * Data only its maker understands: signatures, encrypted reasoning, item ids, citations, server-side tool blocks.
 * It is replayed only to the same provider and model, and dropped for any other.
 */
export type Opaque = { provider: string; model: string; data: Json };

/** How long a prompt-cache breakpoint lives; a codec whose dialect has no breakpoints ignores it. */
export type CacheTtl = "5m" | "1h";

type Cacheable = {
  /** A prompt-cache breakpoint after this part. */
  cache?: CacheTtl;
};

/** Plain text. `refusal` marks text in which the model declined (OpenAI's refusal content). */
export type TextPart = Cacheable & { type: "text"; text: string; refusal?: true; opaque?: Opaque };

/** Thinking. `redacted` means the provider sent only ciphertext (in `opaque`); `text` is then empty. */
export type ReasoningPart = { type: "reasoning"; text: string; redacted?: true; opaque?: Opaque };

/** The model's wish to call a tool. */
export type ToolCallPart = Cacheable & {
  type: "tool_call";
  id: string;
  name: string;
  /** The parsed arguments; `{}` when `malformed` is set. */
  input: Json;
  /** The raw argument text when it is not a complete JSON value. Such a call is never run, only answered. */
  malformed?: string;
  opaque?: Opaque;
};

/** What a tool call came to. Exactly one exists for every call in a request (law "pairing"). */
export type ToolResultPart = Cacheable & {
  type: "tool_result";
  callId: string;
  content: (TextPart | ImagePart)[];
  isError?: true;
};

/** Bytes in the request, or a place the provider fetches them from. */
export type MediaData = Base64 | { url: string };

/** A picture. */
export type ImagePart = Cacheable & {
  type: "image";
  mediaType: string;
  data: MediaData;
  name?: string;
  opaque?: Opaque;
};

/** A document (PDF, audio, anything that is not a picture). */
export type FilePart = Cacheable & {
  type: "file";
  mediaType: string;
  data: MediaData;
  name?: string;
  opaque?: Opaque;
};

/** A block this version has no word for (server-side tool calls and their results, new kinds). Kept whole, in order. */
export type OpaquePart = { type: "opaque"; kind: string; opaque: Opaque };

/** One piece of a message, in the order it was said. */
export type Part =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | ImagePart
  | FilePart
  | OpaquePart;

/** Who speaks. Tool results travel in messages of their own. */
export type Role = "user" | "assistant" | "tool";

/** One message of a conversation. */
export type Message = { role: Role; parts: Part[] };

/** All text of a list of parts, joined without separator. Reasoning is not text. */
export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** The tool calls among a list of parts, in order. */
export function toolCallsOf(parts: readonly Part[]): ToolCallPart[] {
  return parts.filter((part): part is ToolCallPart => part.type === "tool_call");
}
