/** What to give up when the window fills: pure choices over the conversation, apart from any I/O. */
import type { Message, ToolResultPart } from "../../core/message.ts";

/** Share of the window that recent tool output may always keep. */
const protectedShare = 0.2;
/** Share of the window that the verbatim tail keeps after a summary. */
const tailShare = 0.15;
/** Pruning that frees less than this share of the window is not worth losing the prompt cache for. */
export const worthwhileShare = 0.1;
/** Tokens below which a tool result is never worth shortening. */
const smallResult = 200;

/** Tokens a shortened result still takes. */
const shortResult = 80;

/** Estimated tokens of one message. */
export type MessageTokens = (message: Message) => number;

/**
 * The calls whose results may be shortened, oldest first: all tool output before the most recent part of the
 * conversation. Empty when that would free too little.
 */
export function prunableCalls(
  messages: readonly Message[],
  window: number,
  tokens: MessageTokens,
): { calls: string[]; freed: number } {
  let recent = 0;
  let freed = 0;
  const calls: string[] = [];
  for (const message of messages.toReversed()) {
    const size = tokens(message);
    recent += size;
    if (recent <= window * protectedShare || message.role !== "tool") continue;
    for (const part of message.parts.toReversed()) {
      if (part.type !== "tool_result") continue;
      const share = tokens({ role: "tool", parts: [part] });
      if (share < smallResult || alreadyShort(part)) continue;
      freed += share - shortResult;
      calls.push(part.callId);
    }
  }
  return freed >= window * worthwhileShare ? { calls: calls.toReversed(), freed } : { calls: [], freed: 0 };
}

const alreadyShort = (part: ToolResultPart): boolean =>
  part.content.length === 1 &&
  part.content[0]?.type === "text" &&
  part.content[0].text.endsWith("if you need them]");

/**
 * Index of the first message kept verbatim after a summary: the latest part of the conversation that fits the tail's
 * share, begun at a user message or an answer so that no call is parted from its result. At least the last exchange
 * stays unless it alone is larger than half the window; 0 when there is nothing before the tail.
 */
export function cutPoint(messages: readonly Message[], window: number, tokens: MessageTokens): number {
  let kept = 0;
  let cut = messages.length;
  for (let index = messages.length - 1; index > 0; index--) {
    const message = messages[index];
    if (!message) break;
    kept += tokens(message);
    if (kept > window * (cut === messages.length ? 0.5 : tailShare)) break;
    if (message.role !== "tool") cut = index;
  }
  return cut;
}
