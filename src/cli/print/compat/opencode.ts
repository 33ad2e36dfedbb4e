/** The line format of `opencode run --format json`: the parts of each step. What maps and what not: docs/compat.md. */
import type { ExitReason } from "../../../core/errors.ts";
import type { AgentEvent } from "../../../core/event.ts";
import type { EndReason, ModelError } from "../../../core/model.ts";
import { addUsage, totalTokens, type Usage, zeroUsage } from "../../../core/usage.ts";
import type { InitLine, ResultLine } from "../json.ts";
import { type Call, neverRan, OpenCalls, outputText } from "./calls.ts";
import { type CompatLine, dollars, type EventOf, type Mapper, sentenceOf } from "./mapper.ts";
import { opencodeCall, opencodeMetadata } from "./opencode-tools.ts";

const finishReasons: { readonly [reason in EndReason | "error" | "aborted"]: string } = {
  stop: "stop",
  tool_calls: "tool-calls",
  length: "length",
  refusal: "content-filter",
  paused: "other",
  error: "error",
  aborted: "error",
};

const errorNames: { readonly [reason in ExitReason]?: string } = {
  auth: "ProviderAuthError",
  rejected: "APIError",
  unavailable: "APIError",
  rate_limited: "APIError",
  context: "ContextOverflowError",
  interrupted: "MessageAbortedError",
  terminated: "MessageAbortedError",
  timeout: "MessageAbortedError",
};

const passing: ReadonlySet<ModelError["code"]> = new Set([
  "rate_limited",
  "overloaded",
  "network",
  "timeout",
  "stalled",
  "truncated",
]);

type ToolState = { status: "completed" | "error"; [field: string]: unknown };

/** A step that is not finished: its calls may still run. */
type OpenStep = { reason: string; at: number };

/** Says a run as opencode would. */
export class OpencodeMapper implements Mapper {
  #cwd = "";
  #sessionId = "";
  #messageId = "";
  #parts = 0;
  readonly #calls = new OpenCalls();
  #step: OpenStep | null = null;
  /** What the open step spent: failed attempts and helper calls before its answer count too. */
  #usage: Usage = zeroUsage;
  #cost: number | null = 0;
  #error: ModelError | null = null;

  init({ cwd, sessionId }: InitLine): CompatLine[] {
    this.#cwd = cwd;
    this.#sessionId = sessionId ?? "";
    return [];
  }

  event(event: AgentEvent): CompatLine[] {
    switch (event.type) {
      case "step.started": {
        const before = this.#finishStep(event.at);
        this.#messageId = `msg_${event.id.replaceAll("-", "")}`;
        return [...before, this.#part("step_start", event.at, { type: "step-start" })];
      }
      case "attempt.failed":
      case "compaction.finished":
        this.#spend(event);
        return [];
      case "assistant.message":
        return this.#said(event);
      case "tool.started":
        this.#calls.start(event);
        return [];
      case "tool.finished":
        return [this.#answered(event)];
      default:
        return [];
    }
  }

  result(line: ResultLine): CompatLine[] {
    const { at, reason } = line;
    const lines = this.#calls.drain().map((call) => this.#tool(call, at, failed(call, neverRan, at)));
    if (reason === "done") {
      // The format ends with its last step, so there is always one to end with.
      this.#step = { reason: "stop", at };
      return [...lines, ...this.#finishStep(at)];
    }
    return [...lines, ...this.#finishStep(at), this.#failure(line)];
  }

  #said(event: EventOf<"assistant.message">): CompatLine[] {
    const { at, parts, timings, end } = event;
    this.#calls.ask(event);
    this.#spend(event);
    this.#error = end.error ?? null;
    this.#step = { reason: finishReasons[end.reason], at };
    const start = timings.startedAt + (timings.firstPartMs ?? 0);
    return parts
      .filter((part) => part.type === "text")
      .map(({ text }) => this.#part("text", at, { type: "text", text, time: { start, end: at } }));
  }

  #spend({ usage, cost }: { usage: Usage; cost: number | null }): void {
    this.#usage = addUsage(this.#usage, usage);
    this.#cost = this.#cost === null || cost === null ? null : this.#cost + cost;
  }

  #finishStep(at: number): CompatLine[] {
    if (this.#step === null) return [];
    const usage = this.#usage;
    const line = this.#part("step_finish", at, {
      type: "step-finish",
      reason: this.#step.reason,
      cost: dollars(this.#cost),
      tokens: {
        total: totalTokens(usage),
        input: usage.input,
        output: usage.output - usage.reasoning,
        reasoning: usage.reasoning,
        cache: { read: usage.cacheRead, write: usage.cacheWrite5m + usage.cacheWrite1h },
      },
    });
    this.#step = null;
    this.#usage = zeroUsage;
    this.#cost = 0;
    return [line];
  }

  #answered(event: EventOf<"tool.finished">): CompatLine {
    const call = this.#calls.finish(event);
    const { at, status, durationMs, facts } = event;
    const start = call.startedAt ?? at - durationMs;
    // A command that ended by itself is a completed call there, whatever its exit code.
    const completed = status === "ok" || (status === "error" && typeof facts?.exitCode === "number");
    if (!completed) return this.#tool(call, at, failed(call, outputText(event), at));
    return this.#tool(call, at, {
      status: "completed",
      output: outputText(event),
      title: call.summary,
      metadata: opencodeMetadata(call, event, this.#cwd),
      time: { start, end: at },
    });
  }

  #tool(call: Call, at: number, { status, ...rest }: ToolState): CompatLine {
    const { name, input } = opencodeCall(call, this.#cwd);
    const state = { status, input, ...rest };
    return this.#part("tool_use", at, { type: "tool", tool: name, callID: call.id, state });
  }

  #failure(line: ResultLine): CompatLine {
    const name = errorNames[line.reason] ?? "UnknownError";
    const error = this.#error;
    const data = {
      message: sentenceOf(line),
      statusCode: name === "APIError" ? error?.status : undefined,
      isRetryable: name === "APIError" ? error !== null && passing.has(error.code) : undefined,
    };
    return { type: "error", timestamp: line.at, sessionID: this.#sessionId, error: { name, data } };
  }

  #part(type: string, timestamp: number, fields: object): CompatLine {
    const sessionID = this.#sessionId;
    const number = String(this.#parts++).padStart(6, "0");
    // The step's id makes them unique in a session that is gone on with, too.
    const ids = {
      id: `prt_${this.#messageId.slice(4)}${number}`,
      messageID: this.#messageId,
      sessionID,
    };
    return { type, timestamp, sessionID, part: { ...ids, ...fields } };
  }
}

function failed(call: Call, error: string, at: number): ToolState {
  return { status: "error", error, title: call.summary, time: { start: call.startedAt ?? at, end: at } };
}
