/** Running one prepared call to an outcome; whatever a tool throws becomes a result the model can read. */
import { messageOf, TauError } from "../core/errors.ts";
import type { ToolStatus } from "../core/event.ts";
import type { ImagePart, TextPart } from "../core/message.ts";
import type { ToolOutput, ToolResult } from "../core/tool.ts";
import type { AgentRun } from "./run.ts";
import type { PreparedCall } from "./toolbox.ts";

/** How a run ended. */
export type ToolOutcome = { status: ToolStatus; result: ToolResult; durationMs: number };

/** How long an interrupted tool has to end its work and hand over what it has, in ms. */
const graceMs = 5_000;

/** Runs the call. Never rejects, and ends soon after `signal` fires whatever the tool does. */
export async function runTool(
  run: Pick<AgentRun, "cwd" | "now" | "sleep">,
  { tool, input, call }: PreparedCall,
  signal: AbortSignal,
  emit: (output: ToolOutput) => void,
): Promise<ToolOutcome> {
  const startedAt = run.now();
  const ended = (status: ToolStatus, result: ToolResult): ToolOutcome => ({
    status,
    result,
    durationMs: run.now() - startedAt,
  });
  try {
    const work = tool.run(input, { callId: call.id, cwd: run.cwd, signal, emit });
    const result = await untilGraceEnds(work, signal, run.sleep);
    if (signal.aborted) return ended("interrupted", result);
    return ended(result.isError ? "error" : "ok", result);
  } catch (error) {
    if (signal.aborted) return ended("interrupted", failure("Interrupted; it may have had effects."));
    const hint = error instanceof TauError && error.hint ? ` (${error.hint})` : "";
    return ended("error", failure(`${messageOf(error)}${hint}`));
  }
}

/** The work's result; rejects when the work goes on for long after the signal fired. */
function untilGraceEnds<T>(work: Promise<T>, signal: AbortSignal, sleep: AgentRun["sleep"]): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const giveUp = (): void => reject(new Error("the tool did not stop"));
    const stop = (): void => {
      // The wait is called off when the work ends first.
      sleep(graceMs, ended.signal).then(giveUp, () => undefined);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", stop);
      ended.abort("ended");
    });
  });
}

/** A result that is only an error text, for the model and for people. */
export function failure(text: string): ToolResult {
  return { output: text, display: [{ type: "text", text }], isError: true };
}

/** What the model sees of a result: the output, then the note in brackets. */
export function modelOutput(result: ToolResult): (TextPart | ImagePart)[] {
  const parts: (TextPart | ImagePart)[] =
    typeof result.output === "string" ? [{ type: "text", text: result.output }] : [...result.output];
  if (!result.note) return parts;
  const note = `[${result.note}]`;
  const last = parts.at(-1);
  if (last?.type !== "text") return [...parts, { type: "text", text: note }];
  return [...parts.slice(0, -1), { ...last, text: last.text ? `${last.text}\n${note}` : note }];
}

/** Bytes of an output: UTF-8 of its texts, and pictures as they are sent. */
export function sizeOf(output: readonly (TextPart | ImagePart)[]): number {
  return output.reduce((sum, part) => {
    const text = part.type === "text" ? part.text : typeof part.data === "string" ? part.data : part.data.url;
    return sum + Buffer.byteLength(text);
  }, 0);
}
