/** The finished pieces of a conversation, and how they are added to it. */
import type { Display } from "../../core/tool.ts";
import type { Piece } from "../markdown/piece.ts";
import type { ConversationState } from "../state.ts";
import { flushText } from "../streaming.ts";

/** A finished piece of the conversation, drawn once into the scrollback. */
export type Item =
  /** `attached`: what went with it, by name. */
  | { type: "user"; text: string; note: string | null; attached: readonly string[] }
  /** Final pieces of an answer; `continued` when earlier ones of it stand above. */
  | { type: "answer"; pieces: readonly Piece[]; continued: boolean }
  /** Reasoning, folded to its size in characters. */
  | { type: "thought"; characters: number }
  | {
      type: "tool";
      summary: string;
      status: string;
      display: Display[];
      durationMs: number;
      /** See `RunningTool`. */
      allowedBy: string | null;
    }
  /** What somebody is asked to allow, whole, where the question itself has no room for it. */
  | { type: "preview"; summary: string; display: Display[]; rule: string | null }
  | { type: "notice"; level: "info" | "warning"; text: string };

/** Adds a finished item. What was streamed before it stands above it. */
export function finish(state: ConversationState, item: Item): ConversationState {
  const flushed = item.type === "answer" ? state : flushText(state);
  return { ...flushed, finished: [...flushed.finished, item] };
}

/** Adds a warning that is no event of the agent's. */
export function warn(state: ConversationState, text: string): ConversationState {
  return finish(state, { type: "notice", level: "warning", text });
}

/** Adds something that was asked for. */
export function tell(state: ConversationState, text: string): ConversationState {
  return finish(state, { type: "notice", level: "info", text });
}
