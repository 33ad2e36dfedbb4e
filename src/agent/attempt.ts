/** What one attempt at a model call has said so far, and what it comes to if it ends here. */
import type { CostParts, DurableEvent, EphemeralEvent } from "../core/event.ts";
import type { Part, ToolCallPart } from "../core/message.ts";
import type { ModelError, ModelEvent, PartHeader } from "../core/model.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import { promptTokens, totalTokens, zeroUsage } from "../core/usage.ts";
import { priceParts, priceUsage } from "../meter/price.ts";
import { estimateTokens } from "../models/estimate.ts";
import type { AgentRun, Target } from "./run.ts";

type AssistantMessage = Extract<DurableEvent, { type: "assistant.message" }>;

/** What a call came to. */
export type Answer = {
  parts: Part[];
  usage: Usage;
  cost: NanoUsd | null;
  /** What `cost` is made of, where the model's prices are known. */
  costParts: CostParts | null;
  end: AssistantMessage["end"];
  target: Target;
  /** The encoded request; null of an upstream that encodes none. */
  body: string | null;
  /** As the upstream named itself. */
  answeredBy: string;
  requestId: string | null;
  attempt: number;
  timings: AssistantMessage["timings"];
};

type OpenPart = { part: Part; text: string };

/** Collects the events of one attempt. */
export class Attempt {
  readonly #run: Pick<AgentRun, "now" | "session">;
  readonly #target: Target;
  readonly #number: number;
  readonly #startedAt: number;
  #body: string | null = null;
  #begun = false;
  #firstPartMs: number | null = null;
  readonly #open = new Map<number, OpenPart>();
  readonly #parts = new Map<number, Part>();
  /** Ids of calls by the index of their part; unique in the session. */
  readonly #callIds = new Map<number, string>();
  #usage: Usage = zeroUsage;
  #reportedCost: NanoUsd | null = null;
  #answeredBy: string | null = null;
  #requestId: string | null = null;
  #end: AssistantMessage["end"] | null = null;

  constructor(run: Pick<AgentRun, "now" | "session">, target: Target, number: number) {
    this.#run = run;
    this.#target = target;
    this.#number = number;
    this.#startedAt = run.now();
  }

  /** Takes in the body that leaves. */
  sent(body: string): void {
    this.#body = body;
  }

  /** Takes an event in. A tool call that is complete is returned, as the answer will have it. */
  take(event: ModelEvent): ToolCallPart | null {
    switch (event.type) {
      case "start":
        this.#begun = true;
        this.#answeredBy = event.model ?? null;
        this.#requestId = event.requestId ?? event.responseId ?? null;
        return null;
      case "part.start":
        this.#firstPartMs ??= this.#run.now() - this.#startedAt;
        this.#open.set(event.index, { part: this.#opened(event.index, event.part), text: "" });
        return null;
      case "part.delta": {
        const open = this.#open.get(event.index);
        if (open) open.text += event.delta;
        return null;
      }
      case "part.end": {
        this.#open.delete(event.index);
        const { part } = event;
        if (part.type !== "tool_call") {
          this.#parts.set(event.index, part);
          return null;
        }
        const id = this.#callId(event.index, part.id);
        const call = id === part.id ? part : { ...part, id };
        this.#parts.set(event.index, call);
        return call;
      }
      case "usage":
        this.#usage = event.usage;
        this.#reportedCost = event.cost ?? this.#reportedCost;
        return null;
      case "end":
        this.#end = { reason: event.reason, ...(event.raw !== undefined && { raw: event.raw }) };
        return null;
      case "error":
        this.#end = { reason: event.error.code === "aborted" ? "aborted" : "error", error: event.error };
        return null;
      case "unknown":
        return null;
    }
  }

  /** The live event of an event just taken, if people see it. */
  live(event: ModelEvent, step: number): EphemeralEvent | null {
    if (event.type !== "part.delta") return null;
    const part = this.#open.get(event.index)?.part;
    const { delta } = event;
    switch (part?.type) {
      case "text":
        return { type: "text.delta", step, delta };
      case "reasoning":
        return { type: "reasoning.delta", step, delta };
      case "tool_call":
        return { type: "tool.input.delta", step, callId: part.id, name: part.name, delta };
      default:
        return null;
    }
  }

  /** The attempt as an answer, cut off where it is. */
  result(): Answer {
    const at = this.#startedAt;
    return {
      parts: this.#allParts(),
      usage: this.#usage,
      // Nothing used costs nothing, but for a model whose price is unknown even that stays unknown.
      cost: this.#reportedCost ?? priceUsage(this.#usage, this.#target.info.price, { at }),
      costParts: priceParts(this.#usage, this.#target.info.price, { at }),
      end: this.#end ?? { reason: "error", error: cutShort },
      target: this.#target,
      body: this.#body,
      answeredBy: this.#answeredBy ?? this.#target.info.id,
      requestId: this.#requestId,
      attempt: this.#number,
      timings: { startedAt: at, firstPartMs: this.#firstPartMs, totalMs: this.#run.now() - at },
    };
  }

  /**
   * What the reservation is replaced by. An attempt that was cut before its last usage report has been billed all the
   * same, so its prompt and what arrived of the answer count at least by estimate; one that never began costs nothing.
   */
  spent(estimatedPrompt: number): { cost: NanoUsd | null; tokens: number } {
    const { usage, cost } = this.result();
    const complete = this.#end !== null && this.#end.error === undefined;
    if (complete || !(this.#begun || this.#firstPartMs !== null)) return { cost, tokens: totalTokens(usage) };
    const arrived = estimateTokens(
      [...this.#open.values()].map((open) => open.text).join("") + JSON.stringify([...this.#parts.values()]),
    );
    const missing = promptTokens(usage) > 0 ? 0 : estimatedPrompt;
    const billed = {
      ...usage,
      input: usage.input + missing,
      output: this.#parts.size + this.#open.size > 0 ? Math.max(usage.output, arrived) : usage.output,
    };
    return {
      cost: this.#reportedCost ?? priceUsage(billed, this.#target.info.price, { at: this.#startedAt }),
      tokens: totalTokens(billed),
    };
  }

  /** Parts in the order they began; those that never ended are kept as far as they came, but for opaque ones. */
  #allParts(): Part[] {
    const cut = [...this.#open]
      .filter(([, open]) => open.part.type !== "opaque")
      .map(([index, open]): [number, Part] => [index, cutPart(open)]);
    return [...this.#parts, ...cut].sort(([a], [b]) => a - b).map(([, part]) => part);
  }

  #opened(index: number, header: PartHeader): Part {
    switch (header.type) {
      case "text":
        return { type: "text", text: "" };
      case "reasoning":
        return { type: "reasoning", text: "" };
      case "tool_call":
        return {
          type: "tool_call",
          id: this.#callId(index, header.id),
          name: header.name,
          input: {},
          malformed: "",
        };
      case "opaque":
      case "image":
      case "file":
        return { type: "opaque", kind: header.type, opaque: { provider: "", model: "", data: null } };
    }
  }

  #callId(index: number, wanted: string): string {
    const known = this.#callIds.get(index);
    if (known !== undefined) return known;
    const id = this.#run.session.callIds.unique(wanted, new Set(this.#callIds.values()));
    this.#callIds.set(index, id);
    return id;
  }
}

const cutShort: ModelError = { code: "truncated", message: "the upstream's stream ended without a word" };

function cutPart({ part, text }: OpenPart): Part {
  if (part.type === "text" || part.type === "reasoning") return { ...part, text };
  return part.type === "tool_call" ? { ...part, malformed: text } : part;
}
