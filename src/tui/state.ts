/** What the screen shows, as a fold over the event stream: finished items leave it once, the rest is live. */
import type { AgentEvent, Decision, TurnResult } from "../core/event.ts";
import { textOf } from "../core/message.ts";
import type { Display } from "../core/tool.ts";
import {
  addUsage,
  formatUsd,
  type NanoUsd,
  nanoUsd,
  promptTokens,
  type Usage,
  zeroUsage,
} from "../core/usage.ts";

/** A finished piece of the conversation, drawn once into the scrollback. */
export type Item = { key: string } & (
  | { type: "user"; text: string; note: string | null }
  | { type: "answer"; text: string }
  | { type: "tool"; summary: string; status: string; display: Display[]; durationMs: number }
  | { type: "notice"; level: "info" | "warning"; text: string }
);

/** A call that is running. */
export type RunningTool = {
  callId: string;
  summary: string;
  startedAt: number;
  tail: string;
  remainingMs: number | null;
};

/** A question to the person. */
export type Question = {
  callId: string;
  name: string;
  summary: string;
  decision: Decision;
  display: Display[];
  suggestedRule: string | null;
};

/** Everything the screen needs. Values are replaced, never changed in place. */
export type ScreenState = {
  finished: readonly Item[];
  /** Text of the answer so far. */
  streaming: string;
  /** Characters of thinking so far; 0 when there is none. */
  thinking: number;
  tools: readonly RunningTool[];
  questions: readonly Question[];
  /** A wait in words: a retry, a usage limit. */
  waiting: string | null;
  working: boolean;
  context: { tokens: number; window: number } | null;
  usage: Usage;
  cost: NanoUsd | null;
};

/** Lines of a running command's output kept for its card. */
const tailCharacters = 2000;

/** A screen with nothing on it. */
export const emptyScreen: ScreenState = {
  finished: [],
  streaming: "",
  thinking: 0,
  tools: [],
  questions: [],
  waiting: null,
  working: false,
  context: null,
  usage: zeroUsage,
  cost: nanoUsd(0),
};

/** The screen after one more event. */
export function reduce(state: ScreenState, event: AgentEvent): ScreenState {
  switch (event.type) {
    case "user.message": {
      const text = textOf(event.parts);
      if (event.origin === "reminder") return state;
      const note = event.origin === "prompt" ? null : event.origin.replace("_", " ");
      return { ...finish(state, { key: event.id, type: "user", text, note }), working: true };
    }
    case "step.started":
      return { ...state, streaming: "", thinking: 0, waiting: null };
    case "text.delta":
      return { ...state, streaming: state.streaming + event.delta, waiting: null };
    case "reasoning.delta":
      return { ...state, thinking: state.thinking + event.delta.length, waiting: null };
    case "attempt.failed":
      return spend({ ...state, streaming: "", thinking: 0 }, event);
    case "assistant.message": {
      const text = textOf(event.parts);
      const next = spend({ ...state, streaming: "", thinking: 0, waiting: null }, event);
      return text.trim() ? finish(next, { key: event.id, type: "answer", text }) : next;
    }
    case "approval.requested": {
      const { callId, name, summary, decision, display, suggestedRule } = event;
      return {
        ...state,
        questions: [...state.questions, { callId, name, summary, decision, display, suggestedRule }],
      };
    }
    case "approval.decided":
      return { ...state, questions: state.questions.filter((question) => question.callId !== event.callId) };
    case "tool.started": {
      const tool = {
        callId: event.callId,
        summary: event.summary,
        startedAt: event.at,
        tail: "",
        remainingMs: null,
      };
      return { ...state, tools: [...state.tools, tool] };
    }
    case "tool.output": {
      const { output } = event;
      return {
        ...state,
        tools: state.tools.map((tool) => {
          if (tool.callId !== event.callId) return tool;
          return output.type === "text"
            ? { ...tool, tail: (tool.tail + output.text).slice(-tailCharacters) }
            : { ...tool, remainingMs: output.remainingMs };
        }),
      };
    }
    case "tool.finished": {
      const running = state.tools.find((tool) => tool.callId === event.callId);
      const item: Item = {
        key: event.id,
        type: "tool",
        summary: running?.summary ?? event.name,
        status: event.status,
        display: event.display,
        durationMs: event.durationMs,
      };
      const rest = {
        tools: state.tools.filter((tool) => tool.callId !== event.callId),
        questions: state.questions.filter((question) => question.callId !== event.callId),
      };
      return finish({ ...state, ...rest }, item);
    }
    case "retry.scheduled":
      return {
        ...state,
        waiting: `${event.error.message}; trying again in ${Math.ceil(event.delayMs / 1000)} s`,
      };
    case "limit.waiting":
      return {
        ...state,
        waiting: `usage limit of ${event.model}: ${Math.ceil(event.remainingMs / 1000)} s until it resets`,
      };
    case "upstream.switched":
      return notice(state, event, `${event.from} failed (${event.error.message}); going on with ${event.to}`);
    case "model.mismatched":
      return notice(state, event, `asked for ${event.requested}, answered by ${event.answered}`);
    case "cache.missed":
      return notice(
        state,
        event,
        `prompt cache missed ${event.expectedTokens - event.readTokens} tokens (${event.changed}), ${formatUsd(event.cost)} more`,
      );
    case "compaction.finished":
      return notice(
        spend(state, event),
        event,
        `context compacted (${event.method}): ${event.tokensBefore} to ${event.tokensAfter} tokens, ${formatUsd(event.cost)}`,
      );
    case "budget.refused":
      return notice(state, event, event.reason);
    case "note":
      return event.level === "warning" ? notice(state, event, event.text) : state;
    case "context.usage":
      return { ...state, context: { tokens: event.tokens, window: event.window } };
    case "turn.finished":
      return ended(state, event.result, `${event.seq}`);
    default:
      return state;
  }
}

const finish = (state: ScreenState, item: Item): ScreenState => ({
  ...state,
  finished: [...state.finished, item],
});

const notice = (state: ScreenState, event: AgentEvent, text: string): ScreenState =>
  finish(state, { key: `notice-${event.seq}`, type: "notice", level: "warning", text });

function spend(state: ScreenState, spent: { usage: Usage; cost: NanoUsd | null }): ScreenState {
  return {
    ...state,
    usage: addUsage(state.usage, spent.usage),
    cost: state.cost === null || spent.cost === null ? null : nanoUsd(state.cost + spent.cost),
  };
}

function ended(state: ScreenState, result: TurnResult, key: string): ScreenState {
  const next: ScreenState = {
    ...state,
    working: false,
    streaming: "",
    thinking: 0,
    tools: [],
    questions: [],
    waiting: null,
  };
  if (result.reason === "done") return next;
  const { error } = result;
  const text = error ? `${error.message}${error.hint ? ` (${error.hint})` : ""}` : result.reason;
  return finish(next, { key: `end-${key}`, type: "notice", level: "warning", text });
}

/** `12.3k in (80% cached), 1.2k out`. */
export function usageText(usage: Usage): string {
  const prompt = promptTokens(usage);
  const cached =
    prompt > 0 && usage.cacheRead > 0 ? ` (${Math.round((100 * usage.cacheRead) / prompt)}% cached)` : "";
  const short = (count: number): string => (count < 1000 ? String(count) : `${(count / 1000).toFixed(1)}k`);
  return `${short(prompt)} in${cached}, ${short(usage.output)} out`;
}
