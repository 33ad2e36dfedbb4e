/** The line format of `codex exec --json`: a thread, a turn, and numbered items. What maps and what not: docs/compat.md. */
import type { AgentEvent } from "../../../core/event.ts";
import { textOf } from "../../../core/message.ts";
import { promptTokens } from "../../../core/usage.ts";
import type { InitLine, ResultLine } from "../json.ts";
import { type Call, OpenCalls } from "./calls.ts";
import {
  brokenItem,
  commandItem,
  commandLine,
  finishedItem,
  type ItemBody,
  startedItem,
  todoItem,
} from "./codex-items.ts";
import { type CompatLine, type EventOf, type Mapper, sentenceOf } from "./mapper.ts";

/** Says a run as codex would. */
export class CodexMapper implements Mapper {
  #cwd = "";
  #items = 0;
  readonly #calls = new OpenCalls();
  /** Item ids of calls that have begun. */
  readonly #running = new Map<string, { id: string; call: Call }>();
  #plan: { id: string; item: ItemBody } | null = null;
  /** The last answer, held back until it is known whether more of it comes and whether it is the result. */
  #answer: string | null = null;
  #unfinished = false;
  #toldReset: number | null = null;

  init({ sessionId, cwd }: InitLine): CompatLine[] {
    this.#cwd = cwd;
    if (sessionId === null) return [];
    return [{ type: "thread.started", thread_id: sessionId }, { type: "turn.started" }];
  }

  event(event: AgentEvent): CompatLine[] {
    switch (event.type) {
      case "assistant.message":
        return this.#said(event);
      case "tool.started":
        return this.#begun(this.#calls.start(event));
      case "tool.finished":
        return this.#ended(event);
      case "verify.finished": {
        const { command, output, exitCode } = event;
        const status = exitCode === 0 ? "completed" : "failed";
        return [
          ...this.#letGo(),
          this.#completed(commandItem(commandLine(command), output, exitCode, status)),
        ];
      }
      case "retry.scheduled": {
        const wait = `${(event.delayMs / 1000).toFixed(1)} s`;
        return [
          { type: "error", message: `Reconnecting... ${event.attempt} (${event.error.message}; in ${wait})` },
        ];
      }
      case "limit.waiting":
        if (event.resetsAt === this.#toldReset) return [];
        this.#toldReset = event.resetsAt;
        return [this.#warning(`Usage limit: waiting until ${new Date(event.resetsAt).toISOString()}.`)];
      case "upstream.switched":
        return [this.#warning(`${event.from} failed (${event.error.message}); going on with ${event.to}.`)];
      case "model.mismatched":
        return [this.#warning(`Asked for ${event.requested}, answered by ${event.answered}.`)];
      case "note":
        return event.level === "warning" ? [this.#warning(event.text)] : [];
      default:
        return [];
    }
  }

  result(line: ResultLine): CompatLine[] {
    // A structured answer is the value itself, whatever words or fences stood around it.
    if (line.output !== undefined && this.#answer !== null) this.#answer = JSON.stringify(line.output);
    const lines = this.#letGo();
    for (const { id, call } of this.#running.values())
      lines.push({ type: "item.completed", item: { id, ...brokenItem(call, this.#cwd) } });
    if (this.#plan) lines.push({ type: "item.completed", item: { id: this.#plan.id, ...this.#plan.item } });
    if (line.reason !== "done") {
      const message = sentenceOf(line);
      return [...lines, { type: "error", message }, { type: "turn.failed", error: { message } }];
    }
    const { usage } = line;
    lines.push({
      type: "turn.completed",
      usage: {
        input_tokens: promptTokens(usage),
        cached_input_tokens: usage.cacheRead,
        cache_write_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
        output_tokens: usage.output,
        reasoning_output_tokens: usage.reasoning,
      },
    });
    return lines;
  }

  #said(event: EventOf<"assistant.message">): CompatLine[] {
    const asks = this.#calls.ask(event).length > 0;
    const goesOn = this.#unfinished && !asks;
    const lines = goesOn ? [] : this.#letGo();
    for (const part of event.parts) {
      if (part.type === "reasoning" && part.text !== "")
        lines.push(this.#completed({ type: "reasoning", text: part.text }));
    }
    const text = (this.#answer ?? "") + textOf(event.parts);
    this.#answer = text === "" ? null : text;
    this.#unfinished = !asks && (event.end.reason === "length" || event.end.reason === "paused");
    return asks ? [...lines, ...this.#letGo()] : lines;
  }

  #letGo(): CompatLine[] {
    const text = this.#answer;
    this.#answer = null;
    this.#unfinished = false;
    return text === null ? [] : [this.#completed({ type: "agent_message", text })];
  }

  #begun(call: Call): CompatLine[] {
    if (call.name === "todo") return [];
    const item = startedItem(call, this.#cwd);
    if (item === null) return [];
    const id = this.#nextId();
    this.#running.set(call.id, { id, call });
    return [{ type: "item.started", item: { id, ...item } }];
  }

  #ended(event: EventOf<"tool.finished">): CompatLine[] {
    const call = this.#calls.finish(event);
    if (call.name === "todo" && event.status === "ok") return this.#planned(todoItem(call));
    const id = this.#running.get(call.id)?.id ?? this.#nextId();
    this.#running.delete(call.id);
    return [{ type: "item.completed", item: { id, ...finishedItem(call, event, this.#cwd) } }];
  }

  /** One list a turn: begun once, updated, and complete with the turn. */
  #planned(item: ItemBody): CompatLine[] {
    const type = this.#plan ? "item.updated" : "item.started";
    const id = this.#plan?.id ?? this.#nextId();
    this.#plan = { id, item };
    return [{ type, item: { id, ...item } }];
  }

  #completed(item: ItemBody): CompatLine {
    return { type: "item.completed", item: { id: this.#nextId(), ...item } };
  }

  #warning(message: string): CompatLine {
    return this.#completed({ type: "error", message });
  }

  #nextId(): string {
    return `item_${this.#items++}`;
  }
}
