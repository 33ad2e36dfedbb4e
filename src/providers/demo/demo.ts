/** `demo/*`: a scripted model that needs no key and no network, and drives the real loop and tools. */
import type { ModelName } from "../../core/event.ts";
import type { ModelEvent, ModelRequest } from "../../core/model.ts";
import type { Upstream } from "../../core/upstream.ts";
import type { Usage } from "../../core/usage.ts";
import { zeroUsage } from "../../core/usage.ts";
import { freePrice } from "../../models/catalogue.ts";
import type { ModelInfo } from "../../models/model-info.ts";
import { decide, type Move } from "./script.ts";

/** What is known of the demo model. Its price is zero because it runs here, not because nobody knows it. */
export const demoModelInfo: ModelInfo = {
  provider: "demo",
  id: "fix",
  name: "Demo (scripted, offline)",
  entry: null,
  contextWindow: 128_000,
  maxInput: null,
  maxOutput: 8_192,
  capabilities: { vision: false, files: false, tools: true, structuredOutput: false, temperature: false },
  reasoning: null,
  knowledge: null,
  deprecated: false,
  price: freePrice,
  priceSource: null,
};

/** Runs between two deltas; a front end may slow the demo down to reading speed with it. */
export type Pace = (signal: AbortSignal) => Promise<void>;

/** The upstream of `demo/...`. Usage is estimated at four characters a token. */
export function makeDemoUpstream(name: ModelName, pace: Pace = async () => undefined): Upstream {
  return {
    name,
    provider: "demo",
    stream: (request, { signal }) => play(request, signal, pace),
  };
}

async function* play(request: ModelRequest, signal: AbortSignal, pace: Pace): AsyncGenerator<ModelEvent> {
  const move = decide(
    request.messages,
    request.toolChoice === "none" ? [] : request.tools.map((tool) => tool.name),
  );
  const calls = request.messages
    .flatMap(({ parts }) => parts)
    .filter(({ type }) => type === "tool_call").length;
  yield { type: "start", responseId: `demo-${request.messages.length}`, model: request.model };
  for (const event of eventsOf(move, `demo_call_${calls + 1}`)) {
    if (event.type === "part.delta") await pace(signal);
    if (signal.aborted) {
      yield { type: "error", error: { code: "aborted", message: "The request was aborted." } };
      return;
    }
    yield event;
  }
  yield { type: "usage", usage: usageOf(request, move) };
  yield { type: "end", reason: move.call === null ? "stop" : "tool_calls", raw: "demo" };
}

function* eventsOf({ text, call }: Move, id: string): Generator<ModelEvent> {
  yield { type: "part.start", index: 0, part: { type: "text" } };
  for (const delta of text.match(/\s*\S+\s*/g) ?? []) yield { type: "part.delta", index: 0, delta };
  yield { type: "part.end", index: 0, part: { type: "text", text } };
  if (call === null) return;
  const { name, input } = call;
  yield { type: "part.start", index: 1, part: { type: "tool_call", id, name } };
  for (const delta of JSON.stringify(input).match(/[\s\S]{1,12}/g) ?? []) {
    yield { type: "part.delta", index: 1, delta };
  }
  yield { type: "part.end", index: 1, part: { type: "tool_call", id, name, input } };
}

function usageOf({ system, tools, messages }: ModelRequest, move: Move): Usage {
  const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);
  return { ...zeroUsage, input: tokens([system, tools, messages]), output: tokens(move) };
}
