/** What a decoded stream says, and what the recording says by independent readings of its raw payloads. */
import { createHash } from "node:crypto";
import type { Json, Part } from "../../src/core/message.ts";
import { textOf, toolCallsOf } from "../../src/core/message.ts";
import type { Dialect, ModelEvent } from "../../src/core/model.ts";
import { promptTokens, type Usage } from "../../src/core/usage.ts";

/** The finished parts, in order of their index. */
export function partsOf(events: readonly ModelEvent[]): Part[] {
  return events
    .filter((event) => event.type === "part.end")
    .sort((a, b) => a.index - b.index)
    .map((event) => event.part);
}

/** The last usage reported. */
export function usageOf(events: readonly ModelEvent[]): Usage | undefined {
  return events.filter((event) => event.type === "usage").at(-1)?.usage;
}

/** What of an answer two readings must agree on. */
export function reading(events: readonly ModelEvent[]) {
  const parts = partsOf(events);
  return {
    text: textOf(parts),
    calls: toolCallsOf(parts).map(({ name, input, malformed }) => ({ name, input: malformed ?? input })),
  };
}

/** How a stream breaks the shape that core/model.ts promises; empty when it does not. */
export function flaws(events: readonly ModelEvent[]): string[] {
  const found: string[] = [];
  const open = new Map<number, { type: string; text: string }>();
  const seen = new Set<number>();
  if (events[0]?.type !== "start") found.push(`begins with ${events[0]?.type}`);
  events.forEach((event, at) => {
    const last = at === events.length - 1;
    if ((event.type === "end" || event.type === "error") !== last)
      found.push(`${event.type} at ${at} of ${events.length}`);
    if (event.type === "start" && at > 0) found.push("a second start");
    if (event.type === "part.start") {
      if (seen.has(event.index)) found.push(`part ${event.index} starts twice`);
      seen.add(event.index);
      open.set(event.index, { type: event.part.type, text: "" });
    }
    if (event.type === "part.delta") {
      const part = open.get(event.index);
      if (part === undefined) found.push(`a delta for part ${event.index}, which is not open`);
      else part.text += event.delta;
    }
    if (event.type === "part.end") {
      const part = open.get(event.index);
      open.delete(event.index);
      if (part === undefined) found.push(`part ${event.index} ends without having begun`);
      else if (part.type !== event.part.type)
        found.push(`part ${event.index} began as ${part.type}, ended as ${event.part.type}`);
      else if (
        (event.part.type === "text" || event.part.type === "reasoning") &&
        event.part.text !== part.text
      )
        found.push(`the deltas of part ${event.index} are not its text`);
      else if (event.part.type === "tool_call" && !agrees(part.text, event.part))
        found.push(`the deltas of part ${event.index} are not its input`);
    }
  });
  if (open.size > 0) found.push(`parts never ended: ${[...open.keys()].join(", ")}`);
  return found;
}

function agrees(deltas: string, call: Part & { type: "tool_call" }): boolean {
  if (call.malformed !== undefined) return deltas === call.malformed;
  return deltas.trim() === ""
    ? JSON.stringify(call.input) === "{}"
    : JSON.stringify(JSON.parse(deltas)) === JSON.stringify(call.input);
}

/** The sha256 of a text, as the index gives it. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Event names a dialect's codec has words for. Anything else must come out as `unknown`. */
export const knownEvents: { [D in Dialect]?: ReadonlySet<string> } = {
  messages: new Set([
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "ping",
    "error",
  ]),
  responses: new Set([
    "error",
    "response.created",
    "response.queued",
    "response.in_progress",
    "response.completed",
    "response.failed",
    "response.incomplete",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.output_text.delta",
    "response.output_text.done",
    "response.output_text.annotation.added",
    "response.refusal.delta",
    "response.refusal.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done",
    "response.reasoning_text.delta",
    "response.reasoning_text.done",
    "response.reasoning_part.added",
    "response.reasoning_part.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
  ]),
};

type Tree = { [key: string]: Json };
const isTree = (value: Json | undefined): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const tree = (value: Json | undefined): Tree => (isTree(value) ? value : {});
const count = (value: Json | undefined): number => (typeof value === "number" ? value : 0);

/** Token totals as the recording states them. */
export type Totals = { prompt: number; cached: number; output: number };

/** The totals of our usage. */
export function totalsOf(usage: Usage): Totals {
  return { prompt: promptTokens(usage), cached: usage.cacheRead, output: usage.output };
}

/** The totals of the last usage block in the raw payloads, by each vendor's documented meaning; undefined without one. */
export function recordedTotals(dialect: Dialect, payloads: readonly Json[]): Totals | undefined {
  let totals: Totals | undefined;
  let merged: Tree = {};
  for (const payload of payloads.map(tree)) {
    switch (dialect) {
      case "messages": {
        const usage = payload.usage ?? tree(payload.message).usage;
        if (!isTree(usage)) break;
        // Later counts replace earlier ones; a count a later event leaves out (or gives as null) stands.
        merged = {
          ...merged,
          ...Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)),
        };
        totals = {
          prompt:
            count(merged.input_tokens) +
            count(merged.cache_read_input_tokens) +
            count(merged.cache_creation_input_tokens),
          cached: count(merged.cache_read_input_tokens),
          output: count(merged.output_tokens),
        };
        break;
      }
      case "responses": {
        const usage = payload.usage ?? tree(payload.response).usage;
        if (!isTree(usage)) break;
        totals = {
          prompt: count(usage.input_tokens),
          cached: count(tree(usage.input_tokens_details).cached_tokens),
          output: count(usage.output_tokens),
        };
        break;
      }
      case "chat-completions": {
        const usage = payload.usage;
        if (!isTree(usage)) break;
        totals = {
          prompt: count(usage.prompt_tokens),
          cached: count(tree(usage.prompt_tokens_details).cached_tokens ?? usage.prompt_cache_hit_tokens),
          output: count(usage.completion_tokens),
        };
        break;
      }
      case "generate-content": {
        const usage = payload.usageMetadata;
        if (!isTree(usage)) break;
        totals = {
          prompt: count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount),
          cached: count(usage.cachedContentTokenCount),
          output: count(usage.candidatesTokenCount) + count(usage.thoughtsTokenCount),
        };
        break;
      }
    }
  }
  return totals;
}
