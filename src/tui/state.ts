/** What a conversation shows, as a fold over the event stream: finished items leave it once, the rest is live. */
import { attachedLabels, type Carried, carriedIn, typedText } from "../core/attachment.ts";
import { type AgentEvent, rememberedCode, type TokenBreakdown } from "../core/event.ts";
import { toolCallsOf } from "../core/message.ts";
import type { Display } from "../core/tool.ts";
import {
  addUsage,
  formatUsd,
  type NanoUsd,
  nanoUsd,
  promptTokens,
  totalTokens,
  type Usage,
  zeroUsage,
} from "../core/usage.ts";
import {
  asked,
  briefly,
  decided,
  finished,
  type Question,
  type RunningTool,
  started,
  withdrawn,
  withOutput,
} from "./state/calls.ts";
import { finish, type Item, tell, warn } from "./state/items.ts";
import { type Plan, planAnswered, planDecided, proposed } from "./state/plan.ts";
import { ended, settled } from "./state/turn-end.ts";
import { addDelta, answered, attemptFailed, noAnswer, type StreamingAnswer } from "./streaming.ts";
import { compactionLine, undoneLine } from "./view/compaction-line.ts";

/** What one message carries of commands and notes; older ones stay behind. */
const mostCarried = 10;

/** An item of the agent's list. */
export type TodoItem = Extract<Display, { type: "todo" }>["items"][number];

/** Everything that is shown of a conversation. Values are replaced, never changed in place. */
export type ConversationState = {
  finished: readonly Item[];
  answer: StreamingAnswer;
  /** A call whose arguments are still being written. */
  writing: { name: string; characters: number } | null;
  /** What the calls of the last answer are about, by call id: a call that never starts has no other name. */
  calls: ReadonlyMap<string, string>;
  tools: readonly RunningTool[];
  questions: readonly Question[];
  /** Calls that were allowed and wait for the calls before them. */
  allowed: readonly { callId: string; summary: string }[];
  /** What the next message carries: outputs of commands of the person's own, lines that were remembered. */
  carried: readonly Carried[];
  /** The plan that was proposed last, and what became of it. */
  plan: Plan | null;
  /** The agent's list of what is to do, as it set it last. */
  todo: readonly TodoItem[];
  /** A wait in words, and when it is over (Unix ms). */
  waiting: { text: string; until: number } | null;
  /** What the model's window holds; the window is 0 as long as it is unknown. */
  context: {
    tokens: number;
    window: number;
    /** Of the last request; null before the first. */
    breakdown: TokenBreakdown | null;
  };
  /** The model that answered last, as its upstream named it; null before the first answer. */
  answeredBy: string | null;
  /** The turn whose end was told of last. */
  endedTurn: string | null;
  usage: Usage;
  /** Null when a call had no known price. */
  cost: NanoUsd | null;
  /** Lines that edits added and removed. */
  lines: { added: number; removed: number };
  /** Of the last turn alone; as {@link cost}. */
  turnCost: NanoUsd | null;
};

/** Codes of notes that people are told although nothing is wrong. */
const toldNotes: readonly string[] = ["rule", "model"];

/** A conversation with nothing in it. */
export const emptyConversation: ConversationState = {
  finished: [],
  answer: noAnswer,
  writing: null,
  calls: new Map(),
  tools: [],
  questions: [],
  allowed: [],
  carried: [],
  plan: null,
  todo: [],
  waiting: null,
  context: { tokens: 0, window: 0, breakdown: null },
  answeredBy: null,
  endedTurn: null,
  usage: zeroUsage,
  cost: nanoUsd(0),
  lines: { added: 0, removed: 0 },
  turnCost: nanoUsd(0),
};

/** The conversation after one more event. */
export function reduce(state: ConversationState, event: AgentEvent): ConversationState {
  switch (event.type) {
    case "user.message": {
      if (event.origin === "reminder") return state;
      const queued = event.queued === undefined ? null : "queued";
      const note = event.origin === "prompt" ? queued : event.origin.replace("_", " ");
      // A prompt begins a turn: what still runs belongs to one that died with its process.
      const before = event.origin === "prompt" ? { ...settled(state), turnCost: nanoUsd(0) } : state;
      // What waited to be carried by a message is carried now.
      const said = new Set(carriedIn(event).map(({ text }) => text));
      const next =
        said.size > 0 ? { ...before, carried: before.carried.filter(({ text }) => !said.has(text)) } : before;
      return finish(event.origin === "prompt" ? planAnswered(next) : next, {
        type: "user",
        text: typedText(event.parts, event.attached),
        note,
        attached: attachedLabels(event.attached),
      });
    }
    case "shell.finished": {
      const { command, output, exitCode, durationMs, shared } = event;
      const text = `\n\n<user_command exit="${exitCode ?? "none"}">\n$ ${command}\n${output}\n</user_command>`;
      const next = shared ? carrying(state, [{ kind: "command", label: `! ${command}`, text }]) : state;
      return finish(next, {
        type: "tool",
        summary: `${shared ? "!" : "!!"} ${command}`,
        status: exitCode === 0 ? "ok" : "error",
        display: [{ type: "terminal", command, output, exitCode, durationMs }],
        durationMs,
        allowedBy: null,
      });
    }
    case "step.started":
      return { ...state, answer: noAnswer, writing: null, waiting: null, allowed: [] };
    case "text.delta":
      return { ...addDelta(state, event.delta), waiting: null };
    case "reasoning.delta": {
      const { answer } = state;
      return {
        ...state,
        answer: { ...answer, thinking: answer.thinking + event.delta.length },
        waiting: null,
      };
    }
    case "tool.input.delta": {
      const before = state.writing?.name === event.name ? state.writing.characters : 0;
      return { ...state, writing: { name: event.name, characters: before + event.delta.length } };
    }
    case "attempt.failed":
      return spend({ ...attemptFailed(state, event), writing: null }, event);
    case "assistant.message": {
      const calls = new Map(toolCallsOf(event.parts).map((call) => [call.id, briefly(call)]));
      const known = { ...measured(state, event.usage), answeredBy: event.model.answered };
      const next = answered(known, event);
      return spend({ ...next, calls, writing: null, waiting: null }, event);
    }
    case "approval.requested":
      return asked(state, event);
    case "approval.withdrawn":
      return withdrawn(state, event);
    case "approval.decided":
      return decided(state, event);
    case "plan.proposed":
      return proposed(state, event);
    case "plan.decided":
      return planDecided(state, event);
    case "tool.started":
      return started(state, event);
    case "tool.output":
      return withOutput(state, event);
    case "tool.finished":
      return finished(state, event);
    case "retry.scheduled":
      return {
        ...state,
        waiting: { text: `${event.error.message}; trying again in`, until: event.at + event.delayMs },
      };
    case "limit.waiting":
      return {
        ...state,
        waiting: { text: `usage limit of ${event.model}; it resets in`, until: event.resetsAt },
      };
    case "upstream.switched":
      return warn(state, `${event.from} failed (${event.error.message}); going on with ${event.to}`);
    case "model.mismatched":
      return warn(state, `asked for ${event.requested}, answered by ${event.answered}`);
    case "cache.missed":
      return warn(
        state,
        `prompt cache missed ${event.expectedTokens - event.readTokens} tokens (${event.departure?.source ?? event.changed}), ${formatUsd(event.cost)} more`,
      );
    case "compaction.finished":
      return warn(
        spend({ ...state, context: { ...state.context, tokens: event.tokensAfter } }, event),
        compactionLine(event),
      );
    case "compaction.undone":
      return warn({ ...state, context: { ...state.context, tokens: event.tokensAfter } }, undoneLine(event));
    case "budget.refused":
      return warn(state, event.reason);
    case "note":
      if (event.code === rememberedCode) {
        const text = `\n\n<remembered>\n${event.text}\n</remembered>`;
        return carrying(state, [{ kind: "memory", label: `# ${event.text}`, text }]);
      }
      if (event.level === "warning") return warn(state, event.text);
      return toldNotes.includes(event.code) ? tell(state, event.text) : state;
    case "context.usage":
      return {
        ...state,
        context: { tokens: event.tokens, window: event.window, breakdown: event.breakdown },
      };
    case "turn.ended":
      return ended(state, event, event.turnId);
    case "turn.finished":
      return ended(state, event.result, event.turnId);
    default:
      return state;
  }
}

/** The next message carries more; what it carries already it carries once. */
export function carrying(state: ConversationState, more: readonly Carried[]): ConversationState {
  const known = new Set(state.carried.map(({ text }) => text));
  const added = more.filter(({ text }) => !known.has(text));
  return added.length === 0 ? state : { ...state, carried: [...state.carried, ...added].slice(-mostCarried) };
}

/** Another session begins below what is shown: nothing of it was said or used yet. */
export function startedOver({ finished }: ConversationState, window: number): ConversationState {
  return { ...emptyConversation, finished, context: { tokens: 0, window, breakdown: null } };
}

/** What the upstream counted replaces what was estimated; an answer that failed has no count. */
function measured(state: ConversationState, usage: Usage): ConversationState {
  const tokens = promptTokens(usage) > 0 ? totalTokens(usage) : state.context.tokens;
  return { ...state, context: { ...state.context, tokens } };
}

function spend(state: ConversationState, spent: { usage: Usage; cost: NanoUsd | null }): ConversationState {
  const plus = (cost: NanoUsd | null): NanoUsd | null =>
    cost === null || spent.cost === null ? null : nanoUsd(cost + spent.cost);
  return {
    ...state,
    usage: addUsage(state.usage, spent.usage),
    cost: plus(state.cost),
    turnCost: plus(state.turnCost),
  };
}
