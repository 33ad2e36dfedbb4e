/** A fake at the upstream seam: answers from a script, remembers what it was asked and what it reported. */
import type { Json, Part } from "../../src/core/message.ts";
import type { EndReason, ModelError, ModelEvent, ModelRequest } from "../../src/core/model.ts";
import type { StreamOptions, Upstream } from "../../src/core/upstream.ts";
import type { NanoUsd, Usage } from "../../src/core/usage.ts";
import { addUsage, zeroUsage } from "../../src/core/usage.ts";

/** One answer: its events, or a function that makes them while the loop reads. */
export type Reply =
  | readonly ModelEvent[]
  | ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent> | Iterable<ModelEvent>);

/** The usage replies report unless told otherwise: a prompt of ten tokens, five of answer. */
export const smallUsage: Usage = { ...zeroUsage, input: 10, output: 5 };

/** A wish to call a tool; without an id it gets one of its position. */
export type Wish = { name: string; input?: Json; id?: string; malformed?: string };

type Saying = {
  text?: string;
  reasoning?: string;
  calls?: readonly Wish[];
  end?: EndReason;
  usage?: Usage | null;
  /** As the upstream names itself. */
  model?: string;
  cost?: NanoUsd;
};

/** Parts of an answer as a stream tells them. */
export function partEvents(parts: readonly Part[]): ModelEvent[] {
  return parts.flatMap((part, index): ModelEvent[] => {
    const end: ModelEvent = { type: "part.end", index, part };
    switch (part.type) {
      case "text":
        return [
          { type: "part.start", index, part: { type: "text" } },
          ...(part.text === "" ? [] : [{ type: "part.delta" as const, index, delta: part.text }]),
          end,
        ];
      case "reasoning":
        return [
          { type: "part.start", index, part: { type: "reasoning" } },
          { type: "part.delta", index, delta: part.text },
          end,
        ];
      case "tool_call":
        return [
          { type: "part.start", index, part: { type: "tool_call", id: part.id, name: part.name } },
          { type: "part.delta", index, delta: part.malformed ?? JSON.stringify(part.input) },
          end,
        ];
      default:
        return [{ type: "part.start", index, part: { type: "opaque", kind: part.type } }, end];
    }
  });
}

/** The parts of a saying. */
export function partsOf({ text, reasoning, calls = [] }: Saying): Part[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: "reasoning" as const, text: reasoning }]),
    ...(text === undefined ? [] : [{ type: "text" as const, text }]),
    ...calls.map(
      ({ name, input = {}, id, malformed }, position): Part => ({
        type: "tool_call",
        // Numbered anew in each answer, as some upstreams do.
        id: id ?? `call_${position}`,
        name,
        input,
        ...(malformed !== undefined && { malformed }),
      }),
    ),
  ];
}

/** A whole answer. */
export function says(saying: string | Saying): ModelEvent[] {
  const all: Saying = typeof saying === "string" ? { text: saying } : saying;
  const { calls = [], usage = smallUsage, end } = all;
  return [
    { type: "start", responseId: "r", ...(all.model !== undefined && { model: all.model }) },
    ...partEvents(partsOf(all)),
    ...(usage === null
      ? []
      : [{ type: "usage" as const, usage, ...(all.cost !== undefined && { cost: all.cost }) }]),
    { type: "end", reason: end ?? (calls.length > 0 ? "tool_calls" : "stop") },
  ];
}

/** An answer that asks for tools. */
export const asks = (...calls: Wish[]): ModelEvent[] => says({ calls });

/** A failure, after as much of an answer as `events` says. */
export function fails(
  error: ModelError | ModelError["code"],
  events: readonly ModelEvent[] = [],
): ModelEvent[] {
  const whole = typeof error === "string" ? { code: error, message: `the upstream says ${error}` } : error;
  return [...events, { type: "error", error: whole }];
}

/** Some of an answer, then silence until the run is stopped. */
export function hangsAfter(events: readonly ModelEvent[], reached: () => void = () => undefined): Reply {
  return async function* (_request, signal) {
    yield* events;
    reached();
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    yield { type: "error", error: { code: "aborted", message: "The request was aborted." } };
  };
}

/** The fake. Throws when it is asked more often than it was told answers for. */
export class ScriptedUpstream implements Upstream {
  readonly name: string;
  readonly provider: string;
  /** What it was asked, copied at that moment. */
  readonly requests: ModelRequest[] = [];
  /** Sum of what it reported, each answer's last word. */
  reported: Usage = zeroUsage;
  /** How it would write a request on the wire; without it nobody learns the bytes. */
  encode: ((request: ModelRequest) => string) | null = null;
  readonly #replies: Reply[] = [];

  constructor(name: string) {
    this.name = name;
    this.provider = name.slice(0, name.indexOf("/"));
  }

  /** Adds answers. */
  script(...replies: Reply[]): this {
    this.#replies.push(...replies);
    return this;
  }

  /** Drops the answers never asked for. */
  forget(): void {
    this.#replies.length = 0;
  }

  /** Answers never asked for. */
  get left(): number {
    return this.#replies.length;
  }

  async *stream(request: ModelRequest, { signal, sending }: StreamOptions): AsyncGenerator<ModelEvent> {
    this.requests.push(structuredClone(request));
    if (this.encode) sending?.(this.encode(request));
    const reply = this.#replies.shift();
    if (reply === undefined)
      throw new Error(`${this.name} has no answer for request ${this.requests.length}`);
    let last = zeroUsage;
    try {
      for await (const event of typeof reply === "function" ? reply(request, signal) : reply) {
        if (signal.aborted && event.type !== "error") {
          yield { type: "error", error: { code: "aborted", message: "The request was aborted." } };
          return;
        }
        if (event.type === "usage") last = event.usage;
        yield event;
      }
    } finally {
      this.reported = addUsage(this.reported, last);
    }
  }
}
