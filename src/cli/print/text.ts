/** `--output text`: the answer on stdout, everything else on stderr. */
import type { AgentEvent, PrefixDeparture } from "../../core/event.ts";
import { evidenceWords } from "../../core/evidence.ts";
import { formatUsd, promptTokens } from "../../core/usage.ts";
import { oneRow } from "../../tui/view/clean.ts";
import { clockTime } from "../../tui/view/clock.ts";
import { compactionLine, undoneLine } from "../../tui/view/compaction-line.ts";
import type { Printer } from "./printer.ts";

/** Prints the final answer to `out` and progress to `err`. */
export function textPrinter(out: (text: string) => void, err: (text: string) => void): Printer {
  const say = (text: string): void => err(`${text}\n`);
  let begun = false;
  const started = new Set<string>();
  return {
    init(line) {
      begun = line.sessionId !== null;
      // A run that never begins has nothing to tell but what is wrong.
      if (begun) say(`tau ${line.version} · ${line.model ?? "no model"} · ${line.mode} · ${line.sessionId}`);
    },
    event(event) {
      if (event.type === "tool.started") started.add(event.callId);
      // A call that was refused never started: without its name nobody could tell what was.
      if (event.type === "tool.finished" && !started.delete(event.callId)) say(`• ${event.name}`);
      const line = progressLine(event);
      // One event, one line: a file name with a line break in it must not pass for a line of Tau's.
      if (line !== null) say(oneRow(line));
      if (event.type === "verify.finished" && event.exitCode !== 0)
        for (const row of lastLines(event.output)) say(oneRow(`  │ ${row}`));
    },
    result(result) {
      if (result.output !== undefined) out(`${JSON.stringify(result.output)}\n`);
      else if (result.text) out(result.text.endsWith("\n") ? result.text : `${result.text}\n`);
      if (result.error)
        say(`tau: ${result.error.message}${result.error.hint ? `\n     ${result.error.hint}` : ""}`);
      if (!begun) return;
      const evidence = evidenceWords(result.evidence, clockTime);
      if (evidence !== null) say(oneRow(`evidence: ${evidence}`));
      const { usage, steps } = result;
      const cached = usage.cacheRead > 0 ? `, ${usage.cacheRead} cached` : "";
      say(
        `${result.reason} · ${steps} ${steps === 1 ? "step" : "steps"} · ${promptTokens(usage)} tokens in${cached}, ${usage.output} out · ${formatUsd(result.cost)} · ${(result.durationMs / 1000).toFixed(1)} s`,
      );
    },
  };
}

/** Lines of a failed verify command's output that are shown: its end says what is wrong. */
const verifyLines = 12;

function lastLines(output: string): string[] {
  const lines = output.trimEnd().split(/\r?\n/);
  const cut = lines.length - verifyLines;
  return cut > 0 ? [`… ${cut} lines above`, ...lines.slice(cut)] : lines.filter((line) => line !== "");
}

/** One line of progress for an event, or null for events a person need not see go by. */
export function progressLine(event: AgentEvent): string | null {
  switch (event.type) {
    case "tool.started":
      return `• ${event.summary}`;
    case "tool.finished":
      if (event.status === "ok") return null;
      return `  ${whyNot(event)}`;
    case "retry.scheduled":
      return `! ${event.error.message}; attempt ${event.attempt + 1} in ${(event.delayMs / 1000).toFixed(1)} s`;
    case "limit.waiting":
      return `! usage limit of ${event.model}: resets ${new Date(event.resetsAt).toISOString()}, ${Math.ceil(event.remainingMs / 1000)} s left`;
    case "upstream.switched":
      return `! ${event.from} failed (${event.error.message}); going on with ${event.to}`;
    case "model.mismatched":
      return `! asked for ${event.requested}, answered by ${event.answered}`;
    case "compaction.finished":
      return `! ${compactionLine(event)}`;
    case "compaction.undone":
      return `! ${undoneLine(event)}`;
    case "cache.missed":
      return `! prompt cache missed: ${event.expectedTokens - event.readTokens} tokens, changed: ${event.changed}, cost ${formatUsd(event.cost)}${event.departure ? `; ${departureText(event.departure)}` : ""}`;
    case "budget.refused":
      return `! ${event.reason}`;
    case "verify.finished":
      return `• verify ${event.command}: ${event.exitCode === 0 ? "passed" : `exit code ${event.exitCode ?? "none"}`}`;
    case "note":
      // What was noticed before the turn was said before it.
      return event.level === "warning" && !["input", "opening"].includes(event.code)
        ? `! ${event.text}`
        : null;
    default:
      return null;
  }
}

/** The first byte that cost a prompt its cache. */
function departureText({ byte, source, before, now }: PrefixDeparture): string {
  return `first at byte ${byte}, ${source}: was ${before}, is ${now}`;
}

/** Why a call did not succeed. A command's first line says nothing about that, its exit code does. */
function whyNot({ status, facts, output }: Extract<AgentEvent, { type: "tool.finished" }>): string {
  if (status === "error" && facts?.timedOut === true) return "timed out";
  if (status === "error" && typeof facts?.exitCode === "number" && facts.exitCode !== 0)
    return `exit code ${facts.exitCode}`;
  const said = firstLine(output.map((part) => (part.type === "text" ? part.text : "")).join(" "));
  return status === "denied" ? said : `${status}: ${said}`;
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
