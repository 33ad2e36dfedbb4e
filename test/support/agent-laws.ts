/** The laws of the loop as checks over requests and entries. */
import { expect } from "vitest";
import type { Json, Message } from "../../src/core/message.ts";
import type { ModelRequest } from "../../src/core/model.ts";
import { type AnyCodec, loadCodec } from "../../src/wire/codecs.ts";

/** Law "pairing": each call has exactly one result, in the tool message right after its answer, in its order. */
export function assertPaired(messages: readonly Message[]): void {
  const seen = new Set<string>();
  for (const [index, { role, parts }] of messages.entries()) {
    const calls = parts.flatMap((part) => (part.type === "tool_call" ? [part.id] : []));
    const results = parts.flatMap((part) => (part.type === "tool_result" ? [part.callId] : []));
    if (calls.length > 0) {
      expect(role).toBe("assistant");
      const next = messages[index + 1];
      expect(next?.role, `the message after the calls ${calls}`).toBe("tool");
      expect(next?.parts.flatMap((part) => (part.type === "tool_result" ? [part.callId] : []))).toEqual(
        calls,
      );
      for (const id of calls) expect(seen.has(id), `call id ${id} twice`).toBe(false);
      for (const id of calls) seen.add(id);
    }
    if (results.length > 0) {
      expect(role).toBe("tool");
      expect(messages[index - 1]?.role).toBe("assistant");
    }
  }
}

const dialects = ["messages", "chat-completions", "responses", "generate-content"] as const;

/**
 * The request as a dialect writes it, as a flat list of pieces: system prompt, tools, then the conversation block by
 * block, without cache breakpoints. A conversation that grew is a longer list that begins with the same pieces.
 */
function encoded(codec: AnyCodec, request: ModelRequest): string[] {
  return piecesOf(codec.encodeRequest(request, { provider: "test", model: "model" }));
}

const unmarked = (value: unknown): string =>
  JSON.stringify(value, (key, item: unknown) => (key === "cache_control" ? undefined : item));

function piecesOf(body: { [key: string]: Json }): string[] {
  const list = body.messages ?? body.input ?? body.contents;
  if (!Array.isArray(list)) throw new Error("the body has no conversation");
  const head = [body.system ?? body.instructions ?? body.systemInstruction ?? null, body.tools ?? null];
  return [
    ...head.map(unmarked),
    ...list.flatMap((item) => {
      if (typeof item !== "object" || item === null || Array.isArray(item)) return [unmarked(item)];
      const { content, parts, ...rest } = item;
      const blocks = content ?? parts;
      // Content of one text may be written short, as that text.
      const all = Array.isArray(blocks) ? blocks : [blocks];
      return [unmarked(rest), ...all.map((block) => unmarked(shortened(block)))];
    }),
  ];
}

function shortened(block: Json | undefined): Json | undefined {
  if (typeof block !== "object" || block === null || Array.isArray(block)) return block;
  return block.type === "text" && typeof block.text === "string" ? block.text : block;
}

/** Law "prefix": in each dialect, each request begins with the one before it. */
export async function assertPrefixes(requests: readonly ModelRequest[]): Promise<void> {
  for (const dialect of dialects) {
    const codec = await loadCodec(dialect);
    let before: string[] = [];
    for (const [index, request] of requests.entries()) {
      const pieces = encoded(codec, request);
      const departs = before.findIndex((piece, at) => pieces[at] !== piece);
      if (departs >= 0)
        expect(pieces[departs], `${dialect}: request ${index}, piece ${departs}`).toBe(before[departs]);
      before = pieces;
    }
  }
}
