/** What to give up when the window fills: pure choices over the conversation, apart from any I/O. */
import type { Message, ToolResultPart } from "../../core/message.ts";

/** Share of the window that recent tool output may always keep. */
const protectedShare = 0.2;
/** Share of the window that the verbatim tail keeps after a summary, and of the conversation where that is less. */
const tailShare = 0.15;
const tailOfConversation = 0.25;
/** Pruning that frees less than this share of the window is not worth losing the prompt cache for. */
export const worthwhileShare = 0.1;
/** Tokens below which a tool result is never worth shortening. */
const smallResult = 200;

/** Tokens a shortened result still takes. */
const shortResult = 80;

/** Estimated tokens of one message. */
export type MessageTokens = (message: Message) => number;

/** A conversation to be cut down. */
export type Conversation = {
  messages: readonly Message[];
  /** Index of the last message by a person; -1 when it is gone. */
  asked: number;
  /** Tokens the window holds. */
  window: number;
  tokens: MessageTokens;
};

/**
 * Index of the first message that no plan may give up, because the model has not answered it yet: results with the
 * answer that asked for them, or what a person said last.
 */
function unseenFrom({ messages, asked }: Conversation): number {
  const answer = messages.findLastIndex(({ role }) => role === "assistant");
  // What was said before that and never answered belongs to a turn that failed.
  return messages[answer + 1]?.role === "tool" ? answer : Math.max(answer + 1, asked);
}

/** Calls whose results may be shortened, and the tokens that frees. */
export type Prunable = { calls: string[]; freed: number };

/**
 * The calls whose results may be shortened, oldest first: all tool output before the most recent part of the
 * conversation. Empty when that would free too little.
 */
export function prunableCalls(conversation: Conversation): Prunable {
  const { messages, window, tokens } = conversation;
  const unseen = unseenFrom(conversation);
  let recent = 0;
  let freed = 0;
  const calls: string[] = [];
  for (const [index, message] of [...messages.entries()].reverse()) {
    recent += tokens(message);
    if (index >= unseen || recent <= window * protectedShare) continue;
    const inMessage = resultsOf(message, tokens);
    freed += inMessage.reduce((sum, { frees }) => sum + frees, 0);
    calls.unshift(...inMessage.map(({ callId }) => callId));
  }
  return freed >= window * worthwhileShare ? { calls, freed } : { calls: [], freed: 0 };
}

/**
 * The last resort: results nobody has read, the largest first, until `excess` tokens are freed. The model is told what
 * was removed and can ask for less.
 */
export function unseenCalls(conversation: Conversation, excess: number): Prunable {
  const { messages, tokens } = conversation;
  const results = messages.slice(unseenFrom(conversation)).flatMap((message) => resultsOf(message, tokens));
  let freed = 0;
  const calls: string[] = [];
  for (const { callId, frees } of results.sort((a, b) => b.frees - a.frees)) {
    if (freed >= excess) break;
    freed += frees;
    calls.push(callId);
  }
  return { calls, freed };
}

/** The results worth shortening in a message. */
function resultsOf({ role, parts }: Message, tokens: MessageTokens): { callId: string; frees: number }[] {
  if (role !== "tool") return [];
  return parts.flatMap((part) => {
    if (part.type !== "tool_result" || alreadyShort(part)) return [];
    const size = tokens({ role, parts: [part] });
    return size < smallResult ? [] : [{ callId: part.callId, frees: size - shortResult }];
  });
}

const alreadyShort = (part: ToolResultPart): boolean =>
  part.content.length === 1 &&
  part.content[0]?.type === "text" &&
  part.content[0].text.endsWith("if you need them]");

/**
 * Index of the first message kept verbatim after a summary: what the model has not answered yet, and before it as much
 * of the conversation as fits the tail's share, begun at a user message or an answer so that no call is parted from
 * its result. 0 when there is nothing before.
 */
export function cutPoint(conversation: Conversation): number {
  const { messages, window, tokens } = conversation;
  const whole = messages.reduce((sum, message) => sum + tokens(message), 0);
  const tail = Math.min(window * tailShare, whole * tailOfConversation);
  let cut = unseenFrom(conversation);
  let kept = messages.slice(cut).reduce((sum, message) => sum + tokens(message), 0);
  for (let index = cut - 1; index > 0; index--) {
    const message = messages[index];
    if (!message) break;
    kept += tokens(message);
    if (kept > tail) break;
    if (message.role !== "tool") cut = index;
  }
  return cut;
}
