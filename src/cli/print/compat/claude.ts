/**
 * The line format of `claude -p --output-format stream-json --verbose`, and its single object. What maps and what not:
 * docs/compat.md.
 */
import type { ExitReason } from "../../../core/errors.ts";
import type { AgentEvent } from "../../../core/event.ts";
import type { EndReason, ModelErrorCode } from "../../../core/model.ts";
import type { Mode } from "../../../core/permission.ts";
import type { Usage } from "../../../core/usage.ts";
import type { InitLine, ResultLine } from "../json.ts";
import { type Call, type Fields, neverRan, OpenCalls, outputText } from "./calls.ts";
import { claudeCall, claudeToolName, claudeToolResult } from "./claude-tools.ts";
import { bareName, type CompatLine, dollars, type EventOf, type ObjectMapper, sentenceOf } from "./mapper.ts";
import { ModelTotals } from "./model-totals.ts";

const permissionModes: Readonly<Record<Mode, string>> = {
  plan: "plan",
  ask: "default",
  edit: "acceptEdits",
  full: "bypassPermissions",
};

const stopReasons: { readonly [reason in EndReason | "error" | "aborted"]: string | null } = {
  stop: "end_turn",
  tool_calls: "tool_use",
  length: "max_tokens",
  refusal: "refusal",
  paused: "pause_turn",
  error: null,
  aborted: null,
};

const errorNames: { readonly [code in ModelErrorCode]?: string } = {
  auth: "authentication_failed",
  quota: "billing_error",
  rate_limited: "rate_limit",
  invalid_request: "invalid_request",
  overloaded: "server_error",
};

/** A failure is never told as `success`, which is what Claude Code says of a provider's errors. */
const subtypes: { readonly [reason in ExitReason]?: string } = {
  done: "success",
  limit: "error_max_turns",
  budget: "error_max_budget_usd",
  schema: "error_max_structured_output_retries",
};

/** Says a run as Claude Code would. */
export class ClaudeMapper implements ObjectMapper {
  readonly #newId: () => string;
  #cwd = "";
  #sessionId = "";
  readonly #calls = new OpenCalls();
  readonly #totals = new ModelTotals();
  readonly #denials: { tool_name: string; tool_use_id: string; tool_input: Fields }[] = [];
  #status: number | null = null;
  #stopReason: string | null = null;
  #toldReset: number | null = null;

  /** @param newId a UUID for each line */
  constructor(newId: () => string) {
    this.#newId = newId;
  }

  init({ cwd, sessionId, tools, model, mode, version }: InitLine): CompatLine[] {
    this.#cwd = cwd;
    this.#sessionId = sessionId ?? "";
    if (sessionId === null) return [];
    return [
      {
        type: "system",
        subtype: "init",
        cwd,
        session_id: sessionId,
        tools: tools.map(claudeToolName),
        mcp_servers: [],
        model: bareName(model),
        permissionMode: permissionModes[mode],
        slash_commands: [],
        apiKeySource: "none",
        claude_code_version: version,
        output_style: "default",
        agents: [],
        skills: [],
        plugins: [],
        uuid: this.#newId(),
        fast_mode_state: "off",
      },
    ];
  }

  event(event: AgentEvent): CompatLine[] {
    this.#totals.add(event);
    switch (event.type) {
      case "assistant.message":
        return this.#said(event);
      case "tool.started":
        this.#calls.start(event);
        return [];
      case "tool.finished":
        return this.#answered(event);
      case "retry.scheduled":
        return [
          this.#system("api_retry", {
            attempt: event.attempt,
            retry_delay_ms: event.delayMs,
            error_status: event.error.status ?? null,
            error: errorNames[event.error.code] ?? "unknown",
          }),
        ];
      case "compaction.finished":
        return [
          this.#system("compact_boundary", {
            compact_metadata: {
              trigger: event.trigger === "manual" ? "manual" : "auto",
              pre_tokens: event.tokensBefore,
              post_tokens: event.tokensAfter,
            },
          }),
        ];
      case "upstream.switched":
        return [
          this.#system("model_fallback", { from: event.from, to: event.to, reason: event.error.message }),
        ];
      case "model.mismatched":
        return [this.#warning(`Asked for ${event.requested}, answered by ${event.answered}.`)];
      case "limit.waiting":
        return this.#limited(event.resetsAt);
      case "note":
        return event.level === "warning" ? [this.#warning(event.text)] : [];
      default:
        return [];
    }
  }

  result(line: ResultLine): CompatLine[] {
    const open = this.#calls.drain().map((call) => this.#user(call, neverRan, true, undefined, line.at));
    const limit = line.resetsAt === undefined ? [] : this.#limited(line.resetsAt);
    return [...open, ...limit, this.object(line)];
  }

  /** The `result` line, which `--output-format json` prints alone. */
  object(line: ResultLine): CompatLine {
    const failed = line.reason !== "done";
    const totals = this.#totals;
    return {
      type: "result",
      subtype: subtypes[line.reason] ?? "error_during_execution",
      is_error: failed,
      api_error_status: failed ? this.#status : null,
      duration_ms: line.durationMs,
      duration_api_ms: totals.latencyMs,
      ttft_ms: totals.firstPartMs ?? undefined,
      num_turns: line.steps,
      result: line.text === "" && failed ? sentenceOf(line) : line.text,
      stop_reason: this.#stopReason,
      session_id: this.#sessionId,
      total_cost_usd: dollars(line.cost),
      usage: {
        ...tokensOf(line.usage),
        server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
        service_tier: "standard",
        cache_creation: cacheCreation(line.usage),
      },
      modelUsage: totals.by(({ usage, cost }) => ({
        inputTokens: usage.input,
        outputTokens: usage.output,
        cacheReadInputTokens: usage.cacheRead,
        cacheCreationInputTokens: usage.cacheWrite5m + usage.cacheWrite1h,
        webSearchRequests: 0,
        costUSD: dollars(cost),
        contextWindow: totals.window ?? 0,
        maxOutputTokens: totals.maxOutputTokens ?? 0,
      })),
      permission_denials: this.#denials,
      structured_output: line.output,
      terminal_reason: line.reason,
      fast_mode_state: "off",
      uuid: this.#newId(),
      errors: failed ? [sentenceOf(line)] : undefined,
    };
  }

  /** One line a content block, all with the message's id. */
  #said(event: EventOf<"assistant.message">): CompatLine[] {
    const { parts, end, usage, model, requestId, id } = event;
    const calls = this.#calls.ask(event);
    this.#status = end.error?.status ?? null;
    this.#stopReason = stopReasons[end.reason];
    const error = end.error && (errorNames[end.error.code] ?? "unknown");
    return parts
      .map((part) => {
        if (part.type === "text") return { type: "text", text: part.text };
        if (part.type === "reasoning")
          return part.redacted ? null : { type: "thinking", thinking: part.text, signature: "" };
        const call = part.type === "tool_call" ? calls.shift() : undefined;
        return call ? { type: "tool_use", id: call.id, ...claudeCall(call, this.#cwd) } : null;
      })
      .filter((block) => block !== null)
      .map((block) => ({
        type: "assistant",
        message: {
          id: `msg_${id.replaceAll("-", "")}`,
          type: "message",
          role: "assistant",
          model: model.answered,
          content: [block],
          stop_reason: this.#stopReason,
          stop_sequence: null,
          usage: { ...tokensOf(usage), cache_creation: cacheCreation(usage), service_tier: "standard" },
          context_management: null,
        },
        parent_tool_use_id: null,
        session_id: this.#sessionId,
        uuid: this.#newId(),
        request_id: requestId ?? undefined,
        error,
      }));
  }

  #answered(event: EventOf<"tool.finished">): CompatLine[] {
    const call = this.#calls.finish(event);
    const lines: CompatLine[] = [];
    if (event.status === "denied") {
      const { name, input } = claudeCall(call, this.#cwd);
      const denied = { tool_name: name, tool_use_id: call.id };
      this.#denials.push({ ...denied, tool_input: input });
      const reason = event.decision?.reason ?? outputText(event);
      lines.push(this.#system("permission_denied", { ...denied, reason }));
    }
    const images = event.output.some((part) => part.type === "image");
    const content = images ? event.output.map(blockOf) : outputText(event);
    const structured = claudeToolResult(call, event, this.#cwd);
    lines.push(this.#user(call, content, event.status !== "ok", structured, event.at));
    return lines;
  }

  #user(call: Call, content: unknown, failed: boolean, structured: unknown, at: number): CompatLine {
    const result = { type: "tool_result", tool_use_id: call.id, content, is_error: failed };
    return {
      type: "user",
      message: { role: "user", content: [result] },
      parent_tool_use_id: null,
      session_id: this.#sessionId,
      uuid: this.#newId(),
      tool_use_result: structured,
      timestamp: new Date(at).toISOString(),
    };
  }

  #limited(resetsAt: number): CompatLine[] {
    if (resetsAt === this.#toldReset) return [];
    this.#toldReset = resetsAt;
    const info = { status: "rejected", resetsAt: Math.ceil(resetsAt / 1000) };
    return [
      {
        type: "rate_limit_event",
        rate_limit_info: info,
        uuid: this.#newId(),
        session_id: this.#sessionId,
      },
    ];
  }

  #warning(content: string): CompatLine {
    return this.#system("informational", { content, level: "warning" });
  }

  #system(subtype: string, fields: object): CompatLine {
    return { type: "system", subtype, ...fields, session_id: this.#sessionId, uuid: this.#newId() };
  }
}

function blockOf(part: EventOf<"tool.finished">["output"][number]): object {
  if (part.type === "text") return { type: "text", text: part.text };
  const source =
    typeof part.data === "string"
      ? { type: "base64", media_type: part.mediaType, data: part.data }
      : { type: "url", url: part.data.url };
  return { type: "image", source };
}

const tokensOf = (usage: Usage) => ({
  input_tokens: usage.input,
  cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
  cache_read_input_tokens: usage.cacheRead,
  output_tokens: usage.output,
});

const cacheCreation = (usage: Usage) => ({
  ephemeral_1h_input_tokens: usage.cacheWrite1h,
  ephemeral_5m_input_tokens: usage.cacheWrite5m,
});
