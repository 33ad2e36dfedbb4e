/** Chunks of an answer, streamed or whole, to model events. */
import type { Json } from "../../core/message.ts";
import type { ModelError, ModelEvent } from "../../core/model.ts";
import type { NanoUsd, Usage } from "../../core/usage.ts";
import type { Peer } from "../codec.ts";
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from "../json.ts";
import type { ChatCompat } from "./compat.ts";
import { errorOf } from "./errors.ts";
import { endReason, finishFailure } from "./finish.ts";
import { readUrl } from "./media.ts";
import { stamp } from "./opaque.ts";
import { Speech } from "./speech.ts";
import { type Run, ThinkTagSplitter } from "./think-tags.ts";
import { ToolCalls } from "./tool-calls.ts";
import { UnknownFields } from "./unknown.ts";
import { readCost, readUsage } from "./usage.ts";
import { numberOr, textOr } from "./values.ts";

/** Reads the chunks of one answer. Feed it, take the events, end it once. */
export class ChunkReader {
  readonly #peer: Peer;
  readonly #compat: ChatCompat;
  readonly #speech: Speech;
  readonly #calls: ToolCalls;
  readonly #unknown = new UnknownFields();
  readonly #tags: ThinkTagSplitter | undefined;
  #events: ModelEvent[] = [];
  /** Events before `start`: Azure's first chunk has a filter report but no id and no model yet. */
  #early: ModelEvent[] | undefined = [];
  #parts = 0;
  #responseId = "";
  #usage: { usage: Usage; cost: NanoUsd | undefined } | undefined;
  #finish: string | undefined;
  #native: string | undefined;
  #done = false;

  constructor(peer: Peer, compat: ChatCompat) {
    this.#peer = peer;
    this.#compat = compat;
    this.#tags = compat.thinkTags ? new ThinkTagSplitter() : undefined;
    const emit = (event: ModelEvent) => this.#emit(event);
    const nextIndex = () => this.#parts++;
    this.#speech = new Speech(emit, nextIndex, peer);
    this.#calls = new ToolCalls(emit, nextIndex, peer);
  }

  /** Whether the terminal event has been given. */
  get done(): boolean {
    return this.#done;
  }

  /** Whether the server has said why it stopped. */
  get finished(): boolean {
    return this.#finish !== undefined;
  }

  /** The events since the last time. */
  take(): ModelEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** One chunk; of a whole body, the body with each `message` as the `delta`. */
  chunk(chunk: JsonObject): void {
    if (this.#early !== undefined) this.#begin(chunk);
    this.#keep(this.#unknown.find("chunk", chunk));
    let failure: Json | undefined = chunk.error ?? undefined;
    for (const choice of arrayOf(chunk.choices)) {
      if (!isObject(choice)) continue;
      if ((numberOr(choice.index) ?? 0) !== 0) {
        // Answers beside the first: nobody in Tau asks for them, so they are kept but not told.
        this.#keep({ type: "unknown", dialect: "chat-completions", name: "choice", data: choice });
        continue;
      }
      this.#choice(choice);
      failure ??= choice.error ?? undefined;
    }
    this.#countUsage(chunk);
    if (isObject(chunk.x_groq)) failure ??= chunk.x_groq.error ?? undefined;
    if (failure !== undefined && failure !== "") this.fail(errorOf(failure, chunk));
    else if (this.#finish !== undefined) this.#failOn(this.#finish, chunk);
  }

  /** The answer is complete. */
  end(): void {
    if (this.#done) return;
    this.#close(false);
    const ending = endReason({
      finish: this.#finish,
      native: this.#native,
      calledTools: this.#calls.any,
      refused: this.#speech.refused,
    });
    this.#emit({ type: "end", ...ending });
    this.#done = true;
  }

  /** The answer ends in a failure; what came before it stays. */
  fail(error: ModelError): void {
    if (this.#done) return;
    this.#close(true);
    this.#emit({ type: "error", error });
    this.#done = true;
  }

  #begin(chunk: JsonObject): void {
    const id = textOr(chunk.id);
    const model = textOr(chunk.model);
    if (id === undefined && model === undefined && arrayOf(chunk.choices).length === 0) return;
    this.#responseId = id ?? "";
    this.#start({
      type: "start",
      ...(id === undefined ? {} : { responseId: id }),
      ...(model === undefined ? {} : { model }),
    });
  }

  #start(event: ModelEvent): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#events.push(event, ...early);
  }

  #emit(event: ModelEvent): void {
    if (this.#early !== undefined) this.#early.push(event);
    else this.#events.push(event);
  }

  #keep(event: ModelEvent | undefined): void {
    if (event !== undefined) this.#emit(event);
  }

  #choice(choice: JsonObject): void {
    const unknown = this.#unknown.find("choice", choice);
    if (unknown !== undefined) this.#emit({ ...unknown, data: { index: 0, ...objectOf(unknown.data) } });
    // Perplexity sends the growing message beside each delta; a few servers send a message and no delta.
    const delta = choice.delta ?? (this.#parts === 0 ? choice.message : undefined);
    if (isObject(delta)) this.#delta(delta);
    this.#finish = textOr(choice.finish_reason) ?? this.#finish;
    this.#native = textOr(choice.native_finish_reason) ?? this.#native;
  }

  #delta(delta: JsonObject): void {
    this.#keep(this.#unknown.find("delta", delta));
    const thought = textOr(delta.reasoning_content) ?? textOr(delta.reasoning);
    const details = delta.reasoning_details;
    if (Array.isArray(details)) this.#speech.think(thought, details.filter(isObject));
    else if (thought !== undefined) this.#speech.think(thought, []);
    const { content, refusal, annotations, images, tool_calls: calls } = delta;
    if (typeof content === "string") {
      if (content !== "") this.#text(content);
    } else if (Array.isArray(content)) {
      for (const item of content) this.#item(item);
    }
    if (typeof refusal === "string") this.#speech.say("refusal", refusal);
    if (Array.isArray(annotations) && annotations.length > 0) this.#speech.annotate(annotations);
    if (Array.isArray(images)) for (const image of images) this.#image(image);
    if (Array.isArray(calls)) for (const entry of calls) this.#toolCall(entry);
    // The predecessor of tool_calls, gone from new models but not from old ones.
    const legacy = delta.function_call;
    if (isObject(legacy) && (textOr(legacy.name) !== undefined || textOr(legacy.arguments) !== undefined)) {
      this.#toolCall({ index: 0, function: legacy });
    }
  }

  #text(text: string): void {
    if (this.#tags === undefined) {
      this.#calls.settle();
      this.#speech.say("text", text);
    } else {
      this.#runs(this.#tags.push(text));
    }
  }

  #runs(runs: Run[]): void {
    for (const run of runs) this.#speech.say(run.kind, run.text);
  }

  /** An item of a content array: Mistral's way to send thoughts, references and text. */
  #item(item: Json): void {
    if (!isObject(item)) {
      if (typeof item === "string") this.#text(item);
      return;
    }
    if (item.type === "text") {
      this.#text(stringOf(item.text) ?? "");
    } else if (item.type === "thinking") {
      for (const piece of arrayOf(item.thinking)) {
        this.#speech.think(textOr(objectOf(piece).text), []);
      }
    } else {
      this.#speech.part({
        type: "opaque",
        kind: textOr(item.type) ?? "content",
        opaque: stamp(this.#peer, { content: item }),
      });
    }
  }

  /** A generated picture, as OpenRouter sends it. */
  #image(image: Json): void {
    const url = textOr(objectOf(objectOf(image).image_url).url);
    if (url === undefined) {
      this.#keep({ type: "unknown", dialect: "chat-completions", name: "delta", data: { images: [image] } });
      return;
    }
    this.#speech.part({ type: "image", ...readUrl(url, "image/*") });
  }

  #toolCall(entry: Json): void {
    this.#speech.close();
    const fallbackId = (position: number) => `call_${this.#responseId.slice(-24)}_${position}`;
    if (isObject(entry) && this.#calls.add(entry, fallbackId)) return;
    this.#keep({
      type: "unknown",
      dialect: "chat-completions",
      name: "delta",
      data: { tool_calls: [entry] },
    });
  }

  #countUsage(chunk: JsonObject): void {
    // Moonshot puts it into the choice, older Groq only into x_groq.
    const first = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    let raw = chunk.usage ?? (isObject(first) ? first.usage : undefined);
    if (!isObject(raw) && isObject(chunk.x_groq)) raw = chunk.x_groq.usage;
    if (!isObject(raw) || Object.keys(raw).length === 0) return;
    const usage = readUsage(raw, this.#compat);
    const cost = readCost(raw, chunk);
    const before = this.#usage;
    if (before !== undefined && before.cost === cost && sameUsage(before.usage, usage)) return;
    this.#usage = { usage, cost };
    this.#emit({ type: "usage", usage, ...(cost === undefined ? {} : { cost }) });
  }

  #failOn(finish: string, chunk: JsonObject): void {
    const code = finishFailure(finish);
    if (code === undefined) return;
    this.fail({
      code,
      message: `The upstream stopped with "${finish}".`,
      raw: JSON.stringify(chunk).slice(0, 8192),
    });
  }

  #close(failed: boolean): void {
    if (this.#early !== undefined) this.#start({ type: "start" });
    if (this.#tags !== undefined) this.#runs(this.#tags.end());
    this.#speech.close();
    const { reason } = endReason({
      finish: this.#finish,
      native: this.#native,
      calledTools: true,
      refused: false,
    });
    this.#calls.close(failed || reason !== "tool_calls");
  }
}

function sameUsage(a: Usage, b: Usage): boolean {
  return (
    a.input === b.input &&
    a.cacheRead === b.cacheRead &&
    a.cacheWrite5m === b.cacheWrite5m &&
    a.cacheWrite1h === b.cacheWrite1h &&
    a.output === b.output &&
    a.reasoning === b.reasoning
  );
}
