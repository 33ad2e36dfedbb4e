/**
 * The line format of `gemini -o stream-json`, and the single object of `-o json`. What maps and what not:
 * docs/compat.md.
 */
import type { AgentEvent, MessageOrigin } from "../../../core/event.ts";
import { textOf } from "../../../core/message.ts";
import { promptTokens, totalTokens, type Usage } from "../../../core/usage.ts";
import type { InitLine, ResultLine } from "../json.ts";
import { neverRan, OpenCalls, outputText, printedBy } from "./calls.ts";
import { geminiCall } from "./gemini-tools.ts";
import { bareName, type CompatLine, type EventOf, type ObjectMapper, sentenceOf } from "./mapper.ts";
import { ModelTotals } from "./model-totals.ts";
import { ToolTotals } from "./tool-totals.ts";

const personal = new Set<MessageOrigin>(["prompt", "steer"]);

/** Says a run as Gemini CLI would. */
export class GeminiMapper implements ObjectMapper {
  #cwd = "";
  #sessionId = "";
  readonly #calls = new OpenCalls();
  readonly #models = new ModelTotals();
  readonly #tools = new ToolTotals();
  #toldReset: number | null = null;

  init({ at, cwd, sessionId, model }: InitLine): CompatLine[] {
    this.#cwd = cwd;
    this.#sessionId = sessionId ?? "";
    if (sessionId === null) return [];
    return [line("init", at, { session_id: sessionId, model: bareName(model) })];
  }

  event(event: AgentEvent): CompatLine[] {
    this.#models.add(event);
    const { at } = event;
    switch (event.type) {
      case "user.message":
        if (!personal.has(event.origin)) return [];
        return [line("message", at, { role: "user", content: textOf(event.parts) })];
      case "assistant.message":
        return this.#said(event);
      case "tool.started":
        this.#calls.start(event);
        return [];
      case "tool.finished":
        return [this.#answered(event)];
      case "retry.scheduled": {
        const wait = `${(event.delayMs / 1000).toFixed(1)} s`;
        return [
          warning(at, `${event.error.message}; attempt ${event.attempt} failed, the next one in ${wait}`),
        ];
      }
      case "limit.waiting":
        if (event.resetsAt === this.#toldReset) return [];
        this.#toldReset = event.resetsAt;
        return [warning(at, `Usage limit: waiting until ${new Date(event.resetsAt).toISOString()}.`)];
      case "upstream.switched":
        return [warning(at, `${event.from} failed (${event.error.message}); going on with ${event.to}.`)];
      case "model.mismatched":
        return [warning(at, `Asked for ${event.requested}, answered by ${event.answered}.`)];
      case "note":
        return event.level === "warning" ? [warning(at, event.text)] : [];
      default:
        return [];
    }
  }

  result(result: ResultLine): CompatLine[] {
    const open = this.#calls.drain().map(({ id }) =>
      line("tool_result", result.at, {
        tool_id: id,
        status: "error",
        error: { type: "not_run", message: neverRan },
      }),
    );
    const failed = result.reason !== "done";
    return [
      ...open,
      line("result", result.at, {
        status: failed ? "error" : "success",
        error: failed ? { type: result.reason, message: sentenceOf(result) } : undefined,
        stats: {
          ...countsOf(result.usage),
          duration_ms: result.durationMs,
          tool_calls: result.toolCalls,
          models: this.#models.by(({ usage }) => countsOf(usage)),
        },
      }),
    ];
  }

  object(result: ResultLine): unknown {
    const failed = result.reason !== "done";
    return {
      session_id: this.#sessionId,
      response: result.output === undefined ? result.text : JSON.stringify(result.output),
      stats: {
        models: this.#models.by(({ requests, errors, latencyMs, usage }) => ({
          api: { totalRequests: requests, totalErrors: errors, totalLatencyMs: latencyMs },
          tokens: {
            input: promptTokens(usage) - usage.cacheRead,
            prompt: promptTokens(usage),
            candidates: usage.output - usage.reasoning,
            total: totalTokens(usage),
            cached: usage.cacheRead,
            thoughts: usage.reasoning,
            tool: 0,
          },
          roles: {},
        })),
        ...this.#tools.stats(),
      },
      error: failed ? { type: result.reason, message: sentenceOf(result), code: result.exitCode } : undefined,
    };
  }

  #said(event: EventOf<"assistant.message">): CompatLine[] {
    const text = textOf(event.parts);
    const lines =
      text === "" ? [] : [line("message", event.at, { role: "assistant", content: text, delta: true })];
    for (const call of this.#calls.ask(event)) {
      const { name, input } = geminiCall(call, this.#cwd);
      lines.push(line("tool_use", event.at, { tool_name: name, tool_id: call.id, parameters: input }));
    }
    return lines;
  }

  #answered(event: EventOf<"tool.finished">): CompatLine {
    const call = this.#calls.finish(event);
    this.#tools.add(geminiCall(call, this.#cwd).name, event);
    const ok = event.status === "ok";
    return line("tool_result", event.at, {
      tool_id: call.id,
      status: ok ? "success" : "error",
      output: event.status === "denied" ? undefined : printedBy(event),
      error: ok ? undefined : { type: event.status, message: outputText(event) },
    });
  }
}

function line(type: string, at: number, fields: object): CompatLine {
  return { type, timestamp: new Date(at).toISOString(), ...fields };
}

const warning = (at: number, message: string): CompatLine =>
  line("error", at, { severity: "warning", message });

/** Gemini counts thoughts in the total and nowhere else. */
const countsOf = (usage: Usage) => ({
  total_tokens: totalTokens(usage),
  input_tokens: promptTokens(usage),
  output_tokens: usage.output - usage.reasoning,
  cached: usage.cacheRead,
  input: promptTokens(usage) - usage.cacheRead,
});
