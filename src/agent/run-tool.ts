/** Running one prepared call to an outcome; whatever a tool throws becomes a result the model can read. */
import { messageOf, TauError } from "../core/errors.ts";
import type { ToolStatus } from "../core/event.ts";
import type { Clock } from "../core/ids.ts";
import type { ImagePart, TextPart } from "../core/message.ts";
import type { ToolOutput, ToolResult } from "../core/tool.ts";
import type { PreparedCall } from "./toolbox.ts";

/** How a run ended. */
export type ToolOutcome = { status: ToolStatus; result: ToolResult; durationMs: number };

/** Runs the call. Never rejects. */
export async function runTool(
  prepared: PreparedCall,
  cwd: string,
  signal: AbortSignal,
  now: Clock,
  emit: (output: ToolOutput) => void,
): Promise<ToolOutcome> {
  const startedAt = now();
  const ended = (status: ToolStatus, result: ToolResult): ToolOutcome => ({
    status,
    result,
    durationMs: now() - startedAt,
  });
  try {
    const result = await prepared.tool.run(prepared.input, { callId: prepared.call.id, cwd, signal, emit });
    if (signal.aborted) return ended("interrupted", result);
    return ended(result.isError ? "error" : "ok", result);
  } catch (error) {
    if (signal.aborted) return ended("interrupted", failure("Interrupted; it may have had effects."));
    const hint = error instanceof TauError && error.hint ? ` (${error.hint})` : "";
    return ended("error", failure(`${messageOf(error)}${hint}`));
  }
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
