/**
 * An answer while it streams. What of it is final goes to the scrollback as it comes, so that a person can read back at
 * leisure and little has to be redrawn; only what may still change stays live.
 */
import type { AgentEvent } from "../core/event.ts";
import { type Part, textOf } from "../core/message.ts";
import type { Piece } from "./markdown/piece.ts";
import { end, interrupt, isOpen, noText, push, type Scan } from "./markdown/scanner.ts";
import { beginsWith, nothingTold, type Told, told } from "./markdown/told.ts";
import type { Item } from "./state/items.ts";
import type { ConversationState } from "./state.ts";

/** The answer being streamed. */
export type StreamingAnswer = {
  /** Characters of reasoning that no item tells of yet. */
  thinking: number;
  /** All of its text so far. */
  told: Told;
  /** What of it is not final. */
  scan: Scan;
  /** Pieces of it stand in the scrollback. */
  shown: boolean;
};

/** No answer is streaming. */
export const noAnswer: StreamingAnswer = { thinking: 0, told: nothingTold, scan: noText, shown: false };

/** Takes in more text. */
export function addDelta(state: ConversationState, delta: string): ConversationState {
  const { answer } = state;
  const { scan, pieces } = push(answer.scan, delta);
  const next = { ...state, answer: { ...answer, told: told(answer.told, delta), scan } };
  return show(next, pieces);
}

/** Moves all of the live text to the scrollback; something that is no part of the answer comes next. */
export function flushText(state: ConversationState): ConversationState {
  const { answer } = state;
  if (!isOpen(answer.scan) && answer.thinking === 0) return state;
  const { scan, pieces } = interrupt(answer.scan);
  return show({ ...state, answer: { ...answer, scan } }, pieces);
}

/** The whole answer has come: what of it was not streamed is shown now. */
export function answered(
  state: ConversationState,
  { parts }: Extract<AgentEvent, { type: "assistant.message" }>,
): ConversationState {
  const { answer } = state;
  const text = textOf(parts);
  // Reasoning of which no delta came: of a recorded answer, or given only as a whole.
  const unseen = answer.thinking === 0 && answer.told.length === 0;
  const thinking = unseen ? reasoningLength(parts) : answer.thinking;
  const before = beginsWith(text, answer.told) ? { ...answer, thinking } : { ...noAnswer, thinking };
  const { scan, pieces } = push(before.scan, text.slice(before.told.length));
  const next = show({ ...state, answer: before }, [...pieces, ...end(scan)]);
  return { ...next, answer: noAnswer };
}

/** The attempt failed and another follows: what was shown of it is marked as void, what was live is gone. */
export function attemptFailed(
  state: ConversationState,
  { error, parts }: Extract<AgentEvent, { type: "attempt.failed" }>,
): ConversationState {
  // A recorded session has no deltas; what the attempt had come to was shown when it was live.
  const recorded = state.answer.told.length === 0 ? textOf(parts) : "";
  const next = recorded === "" ? state : addDelta(state, recorded);
  const { answer } = next;
  if (!answer.shown && !isOpen(answer.scan)) return { ...state, answer: noAnswer };
  const notice: Item = {
    type: "notice",
    level: "warning",
    text: `${error.message}; the answer begins again`,
  };
  const thought = thoughtOf(answer);
  return { ...next, answer: noAnswer, finished: [...next.finished, ...thought, notice] };
}

/** Adds final pieces, the reasoning before them. */
function show(state: ConversationState, pieces: readonly Piece[]): ConversationState {
  const { answer, finished } = state;
  // Text ends the reasoning before it, even as long as none of it is final.
  const said = pieces.length > 0 ? [answerItem(answer, pieces)] : [];
  const items = [...thoughtOf(answer), ...said];
  if (items.length === 0) return state;
  return {
    ...state,
    finished: [...finished, ...items],
    answer: { ...answer, thinking: 0, shown: answer.shown || pieces.length > 0 },
  };
}

const answerItem = ({ shown }: StreamingAnswer, pieces: readonly Piece[]): Item => ({
  type: "answer",
  pieces,
  continued: shown,
});

function thoughtOf({ thinking }: StreamingAnswer): Item[] {
  return thinking > 0 ? [{ type: "thought", characters: thinking }] : [];
}

const reasoningLength = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + (part.type === "reasoning" ? part.text.length : 0), 0);
