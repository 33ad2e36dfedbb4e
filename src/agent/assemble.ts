/** From the folded session to a model request: stable prefix first, cache breakpoints last. */
import type { CacheTtl, Message, Part } from "../core/message.ts";
import type { ModelRequest } from "../core/model.ts";
import type { AgentRun, TurnInput } from "./run.ts";

/** How many of the last messages carry a breakpoint: the newest is written, the one before it is found again. */
const markedMessages = 2;

/** The next request of a session. `last` forbids tools: a wrap-up has to end in words. */
export function assemble(
  run: AgentRun,
  input: TurnInput,
  maxOutputTokens: number,
  last: boolean,
): ModelRequest {
  const { cacheTtl, effort } = run.settings;
  const messages = run.session.state.messages();
  const { schema } = input.outputSchema ?? {};
  return {
    model: run.targets[0].info.id,
    system: [{ type: "text", text: run.system, cache: cacheTtl }],
    messages: markEnd(messages, cacheTtl),
    tools: [...run.toolbox.specs],
    ...(last && run.toolbox.specs.length > 0 && { toolChoice: "none" as const }),
    maxOutputTokens,
    ...(effort !== null && { reasoning: { effort, visible: true } }),
    ...(schema && { output: { name: "answer", schema } }),
    cacheKey: run.session.id,
    stream: true,
  };
}

/** Puts breakpoints on the last messages, on copies: the history itself is shared and must stay as it is. */
export function markEnd(messages: readonly Message[], ttl: CacheTtl): Message[] {
  return messages.map((message, index) =>
    index < messages.length - markedMessages ? message : { ...message, parts: markLast(message.parts, ttl) },
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
