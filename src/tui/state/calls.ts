/** The life of a tool call on the screen: asked about, allowed, running, finished. */
import type { AgentEvent } from "../../core/event.ts";
import type { ToolCallPart } from "../../core/message.ts";
import type { ApprovalDetails, Decision } from "../../core/permission.ts";
import type { Display } from "../../core/tool.ts";
import { approvalsSource } from "../../policy/collect.ts";
import type { ConversationState } from "../state.ts";
import { finish, type Item } from "./items.ts";

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

type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;

/** Characters of a running command's output kept for its card. */
const tailCharacters = 2000;

/** A question came. */
export function asked(
  state: ConversationState,
  { callId, name, summary, decision, display, suggestedRule, details }: EventOf<"approval.requested">,
): ConversationState {
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

/** A question needs no answer any more. */
export function withdrawn(
  state: ConversationState,
  { callId }: EventOf<"approval.withdrawn">,
): ConversationState {
  return { ...state, questions: without(state.questions, callId) };
}

/** A question was answered. What was allowed is told of until it runs: it may have to wait for what comes before it. */
export function decided(
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

/** A call runs from now on. */
export function started(
  state: ConversationState,
  { callId, summary, at, decision }: EventOf<"tool.started">,
): ConversationState {
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

/** A running call said something. */
export function withOutput(state: ConversationState, event: EventOf<"tool.output">): ConversationState {
  return { ...state, tools: state.tools.map((tool) => toolWithOutput(tool, event)) };
}

function toolWithOutput(tool: RunningTool, { callId, output }: EventOf<"tool.output">): RunningTool {
  if (tool.callId !== callId) return tool;
  return output.type === "text"
    ? { ...tool, tail: (tool.tail + output.text).slice(-tailCharacters) }
    : { ...tool, remainingMs: output.remainingMs };
}

/** A call came to its end, whether it ran or not. */
export function finished(state: ConversationState, event: EventOf<"tool.finished">): ConversationState {
  const { callId, name, status, display, durationMs } = event;
  const running = state.tools.find((tool) => tool.callId === callId);
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
  const summary = running?.summary ?? state.calls.get(callId) ?? name;
  const allowedBy = running?.allowedBy ?? null;
  return finish(rest, { type: "tool", summary, status, display, durationMs, allowedBy });
}

/** The cards of calls that run and will give no result any more. */
export const cutOff = ({ tools }: Pick<ConversationState, "tools">): Item[] =>
  tools.map(({ summary, allowedBy }) => ({
    type: "tool",
    summary,
    status: "interrupted",
    display: [],
    durationMs: 0,
    allowedBy,
  }));

/** A call in words, without knowing its tool: its name and the first text it was given. */
export function briefly({ name, input }: ToolCallPart): string {
  const values = typeof input === "object" && input !== null ? Object.values(input) : [];
  const text = values.find((value) => typeof value === "string");
  return text === undefined ? name : `${name} ${text}`;
}

const without = <Of extends { callId: string }>(all: readonly Of[], callId: string): readonly Of[] =>
  all.some((one) => one.callId === callId) ? all.filter((one) => one.callId !== callId) : all;
