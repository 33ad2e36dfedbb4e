/** From the folded session to a model request: stable prefix first, cache breakpoints last. */
import type { CacheTtl, Message, Part } from "../core/message.ts";
import type { ModelRequest } from "../core/model.ts";
import type { PrefixSettings } from "./prefix.ts";
import type { AgentRun, TurnInput } from "./run.ts";

/** What a request is made of beside the run itself. */
export type RequestParts = {
  messages: readonly Message[];
  maxOutputTokens: number;
  settings: PrefixSettings;
};

/** A request of a session. */
export function assemble(run: AgentRun, { messages, maxOutputTokens, settings }: RequestParts): ModelRequest {
  const { cacheTtl } = run.settings;
  return {
    model: run.lineup.targets[0].info.id,
    system: [{ type: "text", text: run.system, cache: cacheTtl }],
    messages: markEnds(messages, cacheTtl),
    tools: [...run.toolbox.specs],
    ...settings,
    maxOutputTokens,
    cacheKey: run.session.id,
    stream: true,
  };
}

/** The settings of a step's request. `last` forbids tools: a wrap-up has to end in words. */
export function stepSettings(run: AgentRun, input: TurnInput, last: boolean): PrefixSettings {
  const { effort } = run.lineup;
  const { schema } = input.outputSchema ?? {};
  return {
    ...(last && run.toolbox.specs.length > 0 && { toolChoice: "none" as const }),
    ...(effort !== null && { reasoning: { effort, visible: true } }),
    ...(schema && { output: { name: "answer", schema } }),
  };
}

/**
 * Puts breakpoints where this request ends and where the one before it ended, on copies: the history itself is shared
 * and must stay as it is. The first is written to the cache, the second is found in it; Anthropic looks back only 20
 * blocks from a breakpoint, and one answer with its results can be longer.
 */
export function markEnds(messages: readonly Message[], ttl: CacheTtl): Message[] {
  const last = messages.length - 1;
  const before = messages.findLastIndex((message) => message.role === "assistant") - 1;
  return messages.map((message, index) =>
    index === last || index === before ? { ...message, parts: markLast(message.parts, ttl) } : message,
  );
}

/** Thinking and opaque parts cannot carry a breakpoint; the last part that can does. */
function markLast(parts: readonly Part[], ttl: CacheTtl): Part[] {
  const at = parts.findLastIndex(
    (part) => part.type !== "reasoning" && part.type !== "opaque" && !isEmptyText(part),
  );
  return parts.map((part, index) =>
    index === at && part.type !== "reasoning" && part.type !== "opaque" ? { ...part, cache: ttl } : part,
  );
}

/** Anthropic rejects a breakpoint on empty text. */
const isEmptyText = (part: Part): boolean => part.type === "text" && part.text === "";
