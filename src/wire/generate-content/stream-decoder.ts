/** The event stream of `streamGenerateContent?alt=sse` as model events. */
import type { Json, Part } from "../../core/message.ts";
import type { ModelError, ModelEvent } from "../../core/model.ts";
import type { Usage } from "../../core/usage.ts";
import type { Peer, StreamDecoder } from "../codec.ts";
import { opaqueFields } from "../dialect-data.ts";
import { boundedRaw } from "../http-failure.ts";
import { arrayOf, isObject, type JsonObject, objectOf, otherFields, stringOf } from "../json.ts";
import { type EventReader, jsonStreamDecoder, truncated } from "../json-stream.ts";
import { madeUpId, scopeOf } from "./call-id.ts";
import { type CallIds, decodePart, isMedia, opaquePart } from "./decode-part.ts";
import { decodeError } from "./error.ts";
import { decodeFinish, finishWord } from "./finish-reason.ts";
import { applyPartialArg } from "./partial-args.ts";
import { decodeUsage, hasCounts } from "./usage.ts";

/** Fields of a chunk that are read, or that say nothing a later call needs. */
const chunkFields = new Set([
  "candidates",
  "usageMetadata",
  "modelVersion",
  "responseId",
  "createTime",
  "promptFeedback",
  "error",
]);
/** Fields of a candidate that are read, or are statistics about the answer. What remains becomes an opaque part. */
const candidateFields = new Set([
  "content",
  "finishReason",
  "finishMessage",
  "index",
  "tokenCount",
  "avgLogprobs",
  "logprobsResult",
  "score",
  "safetyRatings",
]);
const textFields = new Set(["text", "thought"]);

/** Text that may still grow: the API cuts one text into parts wherever a chunk ends. */
type OpenText = { index: number; thought: boolean; text: string; fields: JsonObject | undefined };
/** A call whose arguments arrive in pieces. */
type OpenCall = { index: number; id: string; name: string; args: JsonObject; fields: JsonObject };

/** Decodes the stream of one response. The finish reason is the terminal sign; the body's end makes it final. */
export function streamDecoder(peer: Peer): StreamDecoder {
  return jsonStreamDecoder(new ContentReader(peer));
}

/** Reads the chunks of one answer (its first candidate). */
export class ContentReader implements EventReader {
  done = false;
  readonly #peer: Peer;
  #started = false;
  #scope = "";
  #next = 0;
  #calls = 0;
  #madeUp = 0;
  #text: OpenText | undefined;
  #call: OpenCall | undefined;
  #told: Usage | undefined;
  #finish: string | undefined;
  #finishMessage: string | undefined;
  #blocked = false;
  readonly #ids: CallIds = {
    call: () => madeUpId(this.#scope, this.#madeUp++),
    result: () => madeUpId(this.#scope, this.#madeUp++),
  };

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  read(payload: Json, raw: string, out: ModelEvent[]): void {
    const chunk = objectOf(payload);
    if (isObject(chunk.error)) {
      this.fail(decodeError({ status: 200, headers: {}, body: raw }), out);
      return;
    }
    if (!this.#started) this.#start(chunk, raw, out);
    if (
      chunk.candidates === undefined &&
      chunk.usageMetadata === undefined &&
      chunk.promptFeedback === undefined
    ) {
      out.push({ type: "unknown", dialect: "generate-content", data: payload });
      return;
    }
    const rest = otherFields(chunk, chunkFields);
    if (rest !== undefined) out.push({ type: "unknown", dialect: "generate-content", data: rest });
    for (const candidate of arrayOf(chunk.candidates)) this.#candidate(objectOf(candidate), out);
    const blocked = isObject(chunk.promptFeedback) ? stringOf(chunk.promptFeedback.blockReason) : undefined;
    if (blocked !== undefined) {
      this.#blocked = true;
      this.#finish = blocked;
    }
    if (isObject(chunk.usageMetadata)) this.#count(chunk.usageMetadata, out);
  }

  finish(out: ModelEvent[]): void {
    const word = this.#finish;
    const finish = word === undefined ? undefined : this.#blocked ? "refusal" : decodeFinish(word);
    if (word === undefined) this.fail(truncated, out);
    else if (finish === undefined) {
      this.fail(
        { code: "unknown", message: `The answer ended for a reason this version does not know: ${word}.` },
        out,
      );
    } else if (finish === "broken") {
      const why = this.#finishMessage === undefined ? "" : `: ${this.#finishMessage}`;
      const message = `The provider broke the answer off (${word})${why}`;
      // Nothing is wrong with the request; the same one asked again is mostly answered.
      this.fail({ code: "truncated", message, raw: boundedRaw(word) }, out);
    } else {
      this.#closeText(out);
      this.#closeCall(out, false);
      this.done = true;
      out.push({
        type: "end",
        reason: finish === "stop" && this.#calls > 0 ? "tool_calls" : finish,
        raw: word,
      });
    }
  }

  fail(error: ModelError, out: ModelEvent[]): void {
    this.#closeText(out);
    this.#closeCall(out, false);
    this.done = true;
    out.push({ type: "error", error });
  }

  #start(chunk: JsonObject, raw: string, out: ModelEvent[]): void {
    this.#started = true;
    const id = stringOf(chunk.responseId);
    const model = stringOf(chunk.modelVersion);
    this.#scope = id ?? scopeOf(raw);
    out.push({
      type: "start",
      ...(id === undefined ? {} : { responseId: id }),
      ...(model === undefined ? {} : { model }),
    });
  }

  #candidate(candidate: JsonObject, out: ModelEvent[]): void {
    // Tau never asks for more than one candidate; others are kept but are not the answer.
    if (typeof candidate.index === "number" && candidate.index > 0) {
      out.push({ type: "unknown", dialect: "generate-content", data: { candidates: [candidate] } });
      return;
    }
    const content = isObject(candidate.content) ? candidate.content : undefined;
    for (const part of arrayOf(content?.parts)) if (isObject(part)) this.#part(part, out);
    const rest = otherFields(candidate, candidateFields);
    for (const key in rest) {
      this.#closeText(out);
      const fields = { candidate: { [key]: rest[key] ?? null } };
      this.#whole(
        { type: "opaque", kind: key, opaque: opaqueFields(this.#peer, "generate-content", fields) },
        out,
      );
    }
    const word = finishWord(candidate.finishReason);
    if (word !== undefined) {
      this.#finish = word;
      this.#closeText(out);
    }
    this.#finishMessage = stringOf(candidate.finishMessage) ?? this.#finishMessage;
  }

  #part(part: JsonObject, out: ModelEvent[]): void {
    if (typeof part.text === "string") {
      this.#addText(part.text, part.thought === true, part, out);
      return;
    }
    this.#closeText(out);
    if (isObject(part.functionCall)) {
      this.#addCall(part, part.functionCall, out);
      return;
    }
    const known = part.functionResponse === undefined && isMedia(part);
    this.#whole(known ? decodePart(part, "part", this.#peer, this.#ids) : opaquePart(part, this.#peer), out);
  }

  #addText(text: string, thought: boolean, part: JsonObject, out: ModelEvent[]): void {
    // A signature usually comes on an empty text after the text it signs; two of them are two parts.
    const fields = otherFields(part, textFields);
    if (text === "" && fields === undefined) return;
    let open = this.#text;
    const fits = open?.thought === thought && (fields === undefined || open.fields === undefined);
    if (open === undefined || !fits) {
      this.#closeText(out);
      open = { index: this.#next++, thought, text: "", fields: undefined };
      this.#text = open;
      out.push({ type: "part.start", index: open.index, part: { type: thought ? "reasoning" : "text" } });
    }
    if (fields !== undefined) open.fields = fields;
    if (text === "") return;
    open.text += text;
    out.push({ type: "part.delta", index: open.index, delta: text });
  }

  #closeText(out: ModelEvent[]): void {
    const open = this.#text;
    if (open === undefined) return;
    this.#text = undefined;
    const opaque =
      open.fields === undefined ? {} : { opaque: opaqueFields(this.#peer, "generate-content", open.fields) };
    const part: Part = { type: open.thought ? "reasoning" : "text", text: open.text, ...opaque };
    out.push({ type: "part.end", index: open.index, part });
  }

  #addCall(part: JsonObject, call: JsonObject, out: ModelEvent[]): void {
    const name = stringOf(call.name);
    if (name !== undefined && name !== "") {
      this.#closeCall(out, true);
      const { functionCall: _, ...fields } = part;
      const args = isObject(call.args) ? call.args : {};
      const open: OpenCall = {
        index: this.#next++,
        id: stringOf(call.id) ?? this.#ids.call(name),
        name,
        args: call.willContinue === true ? { ...args } : args,
        fields,
      };
      this.#call = open;
      out.push({ type: "part.start", index: open.index, part: { type: "tool_call", id: open.id, name } });
    }
    const open = this.#call;
    if (open === undefined) {
      if (Object.keys(call).length > 0) this.#whole(opaquePart(part, this.#peer), out);
      return;
    }
    for (const piece of arrayOf(call.partialArgs)) applyPartialArg(open.args, objectOf(piece));
    if (call.willContinue !== true) this.#closeCall(out, true);
  }

  #closeCall(out: ModelEvent[], complete: boolean): void {
    const open = this.#call;
    if (open === undefined) return;
    this.#call = undefined;
    this.#calls += 1;
    const { index, id, name, args, fields } = open;
    const json = JSON.stringify(args);
    // A call whose last piece never came must not look like one that did.
    const text = complete ? json : json.slice(0, -1);
    out.push({ type: "part.delta", index, delta: text });
    const opaque =
      Object.keys(fields).length === 0
        ? {}
        : { opaque: opaqueFields(this.#peer, "generate-content", fields) };
    const input = complete ? { input: args } : { input: {}, malformed: text };
    out.push({ type: "part.end", index, part: { type: "tool_call", id, name, ...input, ...opaque } });
  }

  #whole(part: Part, out: ModelEvent[]): void {
    const index = this.#next++;
    if (part.type === "opaque")
      out.push({ type: "part.start", index, part: { type: "opaque", kind: part.kind } });
    else if (part.type === "image" || part.type === "file") {
      out.push({ type: "part.start", index, part: { type: part.type } });
    }
    out.push({ type: "part.end", index, part });
  }

  /** The counts of a chunk are totals so far, and the last ones are right even where they leave some out. */
  #count(usage: JsonObject, out: ModelEvent[]): void {
    if (!hasCounts(usage)) return;
    const counts = decodeUsage(usage);
    // Every chunk repeats the counts.
    const told = this.#told;
    if (
      told?.input === counts.input &&
      told.cacheRead === counts.cacheRead &&
      told.output === counts.output &&
      told.reasoning === counts.reasoning
    ) {
      return;
    }
    this.#told = counts;
    out.push({ type: "usage", usage: counts });
  }
}
