/** What a conversation shows, as a fold over the event stream: finished items leave it once, the rest is live. */
import { attachedLabels, typedText } from "../core/attachment.ts";
import type { AgentEvent, ApprovalDetails, Decision, TokenBreakdown, TurnOutcome } from "../core/event.ts";
import { type Evidence, evidenceWords, isUnproven } from "../core/evidence.ts";
import type { EntryId } from "../core/ids.ts";
import { type ToolCallPart, toolCallsOf } from "../core/message.ts";
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
import { approvalsSource } from "../policy/collect.ts";
import type { Piece } from "./markdown/piece.ts";
import { addDelta, answered, attemptFailed, flushText, noAnswer, type StreamingAnswer } from "./streaming.ts";
import { clockTime } from "./view/clock.ts";
import { compactionLine, undoneLine } from "./view/compaction-line.ts";

/** A finished piece of the conversation, drawn once into the scrollback. */
export type Item = { key: string } /** `attached`: what went with it, by name. */ & (
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
      /** See {@link RunningTool}. */
      allowedBy: string | null;
    }
  /** What somebody is asked to allow, whole, where the question itself has no room for it. */
  | { type: "preview"; summary: string; display: Display[]; rule: string | null }
  | { type: "notice"; level: "info" | "warning"; text: string }
);

/** A call that is running. */
export type RunningTool = {
  callId: string;
  summary: string;
  /** Unix ms. */
  startedAt: number;
  /** The end of its live output. */
  tail: string;
  /** Until its own timeout, in ms. */
  remainingMs: number | null;
  /** Where the rule stands by which it was not asked about, when a person's answer made it. */
  allowedBy: string | null;
};

/** A command whose output the next message carries. */
export type SharedCommand = Pick<
  Extract<AgentEvent, { type: "shell.finished" }>,
  "command" | "output" | "exitCode"
>;

/** Outputs one message carries; older ones stay behind. */
const mostShared = 10;

/** A question to the person. */
export type Question = {
  callId: string;
  name: string;
  summary: string;
  decision: Decision;
  display: Display[];
  suggestedRule: string | null;
  details?: ApprovalDetails;
};

/** A plan: `open` until it is accepted or left, or until something else is said. */
export type Plan = { id: EntryId; text: string; status: "open" | "accepted" | "left" | "answered" };

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
  /** Commands of the person's own whose output the next message carries. */
  shared: readonly SharedCommand[];
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

/** Characters of a running command's output kept for its card. */
const tailCharacters = 2000;

/** A conversation with nothing in it. */
export const emptyConversation: ConversationState = {
  finished: [],
  answer: noAnswer,
  writing: null,
  calls: new Map(),
  tools: [],
  questions: [],
  allowed: [],
  shared: [],
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
      const before =
        event.origin === "prompt" ? { ...settled(state, `before-${event.id}`), turnCost: nanoUsd(0) } : state;
      // What waited to be carried by a message is carried now.
      const carried = event.attached?.some(({ kind }) => kind === "command") === true;
      const next = carried ? { ...before, shared: [] } : before;
      return finish(event.origin === "prompt" ? planAnswered(next) : next, {
        key: event.id,
        type: "user",
        text: typedText(event.parts, event.attached),
        note,
        attached: attachedLabels(event.attached),
      });
    }
    case "shell.finished": {
      const { command, output, exitCode, durationMs, shared } = event;
      const next = shared ? { ...state, shared: [...state.shared, event].slice(-mostShared) } : state;
      return finish(next, {
        key: event.id,
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
      return { ...addDelta(state, event.delta, String(event.seq)), waiting: null };
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
    case "approval.requested": {
      const { callId, name, summary, decision, display, suggestedRule, details } = event;
      const question = {
        callId,
        name,
        summary,
        decision,
        display,
        suggestedRule,
        ...(details && { details }),
      };
      const calls = new Map([...state.calls, [callId, summary]]);
      return { ...state, calls, questions: [...state.questions, question] };
    }
    case "approval.withdrawn":
      return { ...state, questions: without(state.questions, event.callId) };
    case "approval.decided":
      return decided(state, event);
    case "plan.proposed":
      return { ...state, plan: { id: event.id, text: event.plan, status: "open" } };
    case "plan.decided":
      return { ...state, plan: decidedPlan(state.plan, event) };
    case "tool.started": {
      const { callId, summary, at, decision } = event;
      const allowedBy = ["session", approvalsSource].includes(decision.source) ? decision.source : null;
      const tool = { callId, summary, startedAt: at, tail: "", remainingMs: null, allowedBy };
      return {
        ...state,
        writing: null,
        allowed: without(state.allowed, callId),
        questions: without(state.questions, callId),
        tools: [...state.tools, tool],
      };
    }
    case "tool.output":
      return { ...state, tools: state.tools.map((tool) => withOutput(tool, event)) };
    case "tool.finished":
      return toolFinished(state, event);
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
      return notice(state, event, `${event.from} failed (${event.error.message}); going on with ${event.to}`);
    case "model.mismatched":
      return notice(state, event, `asked for ${event.requested}, answered by ${event.answered}`);
    case "cache.missed":
      return notice(
        state,
        event,
        `prompt cache missed ${event.expectedTokens - event.readTokens} tokens (${event.departure?.source ?? event.changed}), ${formatUsd(event.cost)} more`,
      );
    case "compaction.finished":
      return notice(
        spend({ ...state, context: { ...state.context, tokens: event.tokensAfter } }, event),
        event,
        compactionLine(event),
      );
    case "compaction.undone":
      return notice(
        { ...state, context: { ...state.context, tokens: event.tokensAfter } },
        event,
        undoneLine(event),
      );
    case "budget.refused":
      return notice(state, event, event.reason);
    case "note":
      if (event.level === "warning") return notice(state, event, event.text);
      return toldNotes.includes(event.code) ? tell(state, `notice-${event.seq}`, event.text) : state;
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

/** Adds a finished item. What was streamed before it stands above it. */
export function finish(state: ConversationState, item: Item): ConversationState {
  const flushed = item.type === "answer" ? state : flushText(state, item.key);
  return { ...flushed, finished: [...flushed.finished, item] };
}

/** Adds a warning that is no event of the agent's. */
export function warn(state: ConversationState, key: string, text: string): ConversationState {
  return finish(state, { key, type: "notice", level: "warning", text });
}

/** Adds something that was asked for. */
export function tell(state: ConversationState, key: string, text: string): ConversationState {
  return finish(state, { key, type: "notice", level: "info", text });
}

/** Another session begins below what is shown: nothing of it was said or used yet. */
export function startedOver({ finished }: ConversationState, window: number): ConversationState {
  return { ...emptyConversation, finished, context: { tokens: 0, window, breakdown: null } };
}

/**
 * What to do next in here, by the code of what ended a turn; the hints that come with the ends are for whoever reads
 * them elsewhere.
 */
const goOn = "what was done is kept; type to go on";
const hintsHere: { readonly [code: string]: string } = {
  interrupted: goOn,
  terminated: goOn,
  timeout: goOn,
  limit: goOn,
  output_limit: "type to go on, or ask for less at once",
  no_progress: "say what to do differently",
  empty_answer: "ask again",
};

const notice = (state: ConversationState, event: AgentEvent, text: string): ConversationState =>
  warn(state, `notice-${event.seq}`, text);

const without = <Of extends { callId: string }>(all: readonly Of[], callId: string): readonly Of[] =>
  all.some((one) => one.callId === callId) ? all.filter((one) => one.callId !== callId) : all;

type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;

/** What was allowed is told of until it runs: it may have to wait for what comes before it. */
function decided(
  state: ConversationState,
  { callId, answer }: EventOf<"approval.decided">,
): ConversationState {
  const summary = state.calls.get(callId);
  const waits = answer === "allow" && summary !== undefined;
  return {
    ...state,
    questions: without(state.questions, callId),
    allowed: waits ? [...state.allowed, { callId, summary }] : state.allowed,
  };
}

/** Something else was said: that is a word on the plan, too. */
const planAnswered = (state: ConversationState): ConversationState =>
  state.plan?.status === "open" ? { ...state, plan: { ...state.plan, status: "answered" } } : state;

function decidedPlan(
  plan: Plan | null,
  { proposal, answer, plan: text }: EventOf<"plan.decided">,
): Plan | null {
  return plan?.id === proposal ? { ...plan, status: answer, text: text ?? plan.text } : plan;
}

function withOutput(tool: RunningTool, { callId, output }: EventOf<"tool.output">): RunningTool {
  if (tool.callId !== callId) return tool;
  return output.type === "text"
    ? { ...tool, tail: (tool.tail + output.text).slice(-tailCharacters) }
    : { ...tool, remainingMs: output.remainingMs };
}

/** A call in words, without knowing its tool: its name and the first text it was given. */
function briefly({ name, input }: ToolCallPart): string {
  const values = typeof input === "object" && input !== null ? Object.values(input) : [];
  const text = values.find((value) => typeof value === "string");
  return text === undefined ? name : `${name} ${text}`;
}

function toolFinished(state: ConversationState, event: EventOf<"tool.finished">): ConversationState {
  const { callId, name, status, display, durationMs } = event;
  const started = state.tools.find((tool) => tool.callId === callId);
  const rest: ConversationState = {
    ...state,
    lines: display.reduce(
      (sum, one) =>
        one.type === "diff" ? { added: sum.added + one.added, removed: sum.removed + one.removed } : sum,
      state.lines,
    ),
    tools: without(state.tools, callId),
    questions: without(state.questions, callId),
    allowed: without(state.allowed, callId),
    todo: display.find((one) => one.type === "todo")?.items ?? state.todo,
  };
  const summary = started?.summary ?? state.calls.get(callId) ?? name;
  const allowedBy = started?.allowedBy ?? null;
  return finish(rest, { key: event.id, type: "tool", summary, status, display, durationMs, allowedBy });
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

/** A turn's end, told once: the ledger's entry and the live event say the same, and a full disk allows only the latter. */
function ended(
  state: ConversationState,
  { reason, error, evidence }: TurnOutcome,
  turnId: string | null,
): ConversationState {
  if (state.endedTurn === turnId) return state;
  const next = { ...settled(state, `end-${turnId}`), endedTurn: turnId };
  const proven = withEvidence(next, evidence, `evidence-${turnId}`);
  if (reason === "done") return proven;
  const hint = error && (hintsHere[error.code] ?? error.hint);
  const text = error ? `${error.message}${hint ? ` (${hint})` : ""}` : reason;
  return warn(proven, `end-${turnId}`, text);
}

/** What the turn's answer could be held against, in a line; in colour where it says more than that bears out. */
function withEvidence(state: ConversationState, evidence: Evidence, key: string): ConversationState {
  const words = evidenceWords(evidence, clockTime);
  if (words === null) return state;
  const level = isUnproven(evidence) ? "warning" : "info";
  return finish(state, { key, type: "notice", level, text: `evidence: ${words}` });
}

/** Nothing is live any more. What was is kept as far as it got; calls without a result were interrupted. */
export function settled(state: ConversationState, key: string): ConversationState {
  const flushed = flushText(state, key);
  const cutOff = state.tools.map(
    ({ callId, summary, allowedBy }): Item => ({
      key: `cut-off-${callId}-${key}`,
      type: "tool",
      summary,
      status: "interrupted",
      display: [],
      durationMs: 0,
      allowedBy,
    }),
  );
  return {
    ...flushed,
    finished: [...flushed.finished, ...cutOff],
    answer: noAnswer,
    writing: null,
    tools: [],
    questions: [],
    allowed: [],
    waiting: null,
  };
}
