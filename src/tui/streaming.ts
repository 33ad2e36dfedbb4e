/**
 * An answer while it streams. Its complete lines go to the scrollback as they come, so that a person can read back at
 * leisure and little has to be redrawn; only what may still change stays live.
 */
import type { AgentEvent } from "../core/event.ts";
import { type Part, textOf } from "../core/message.ts";
import type { ConversationState, Item } from "./state.ts";

/** The answer being streamed. */
export type StreamingAnswer = {
  /** Characters of reasoning that no item tells of yet. */
  thinking: number;
  /** Text that already stands in the scrollback, its last line break included. */
  shown: string;
  /** Text that is still live. */
  text: string;
};

/** No answer is streaming. */
export const noAnswer: StreamingAnswer = { thinking: 0, shown: "", text: "" };

/** Complete lines that are moved at a time: a card for every single line would cost more than it shows. */
const linesTogether = 4;

/** Takes in more text. */
export function addDelta(state: ConversationState, delta: string, seq: number): ConversationState {
  const { answer, finished } = state;
  const text = answer.text + delta;
  const thought = thoughtOf(answer, `thought-${seq}`);
  // Looking back through a line of many thousand characters at each of its deltas would be quadratic.
  const end = delta.includes("\n") ? text.lastIndexOf("\n") : -1;
  if (end < 0 || text.slice(0, end).split("\n").length < linesTogether) {
    return {
      ...state,
      finished: thought.length > 0 ? [...finished, ...thought] : finished,
      answer: { ...answer, text, thinking: 0 },
    };
  }
  return {
    ...state,
    finished: [...finished, ...thought, ...lines(answer, text.slice(0, end), `text-${seq}`)],
    answer: { thinking: 0, shown: answer.shown + text.slice(0, end + 1), text: text.slice(end + 1) },
  };
}

/** Moves all of the live text to the scrollback; something that is no part of the answer comes next. */
export function flushText(state: ConversationState, key: string): ConversationState {
  const { answer } = state;
  if (answer.text === "" && answer.thinking === 0) return state;
  const items = [
    ...thoughtOf(answer, `thought-${key}`),
    ...lines(answer, answer.text.trimEnd(), `text-${key}`),
  ];
  return {
    ...state,
    finished: [...state.finished, ...items],
    answer: { thinking: 0, shown: answer.shown + answer.text, text: "" },
  };
}

/** The whole answer has come: what of it was not streamed is shown now. */
export function answered(
  state: ConversationState,
  { id, parts }: Extract<AgentEvent, { type: "assistant.message" }>,
): ConversationState {
  const { answer } = state;
  const text = textOf(parts);
  const streamed = text.startsWith(answer.shown);
  const rest = { ...answer, text: text.slice(streamed ? answer.shown.length : 0) };
  // Reasoning of which no delta came: of a recorded answer, or given only as a whole.
  const unseen = answer.thinking === 0 && answer.shown === "" && answer.text === "";
  const thinking = unseen ? reasoningLength(parts) : answer.thinking;
  const before = streamed ? rest : { ...rest, shown: "" };
  return { ...flushText({ ...state, answer: { ...before, thinking } }, id), answer: noAnswer };
}

/** The attempt failed and another follows: what was shown of it is marked as void. */
export function attemptFailed(
  state: ConversationState,
  { id, error, parts }: Extract<AgentEvent, { type: "attempt.failed" }>,
): ConversationState {
  const { answer } = state;
  // A recorded session has no deltas; what the attempt had come to was shown when it was live.
  const text = answer.shown + answer.text === "" ? textOf(parts) : answer.text;
  if ((answer.shown + text).trim() === "") return { ...state, answer: noAnswer };
  const told: Item = {
    key: `void-${id}`,
    type: "notice",
    level: "warning",
    text: `${error.message}; the answer begins again`,
  };
  const { finished } = flushText({ ...state, answer: { ...answer, text } }, id);
  return { ...state, answer: noAnswer, finished: [...finished, told] };
}

function thoughtOf({ thinking }: StreamingAnswer, key: string): Item[] {
  return thinking > 0 ? [{ key, type: "thought", characters: thinking }] : [];
}

function lines({ shown }: StreamingAnswer, text: string, key: string): Item[] {
  const continued = shown.trim() !== "";
  // Line breaks before the first word would only be a hole.
  const body = continued ? text : text.replace(/^\s*\n/, "");
  if (body === "" || (!continued && body.trim() === "")) return [];
  return [{ key, type: "answer", text: body, continued }];
}

const reasoningLength = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + (part.type === "reasoning" ? part.text.length : 0), 0);
