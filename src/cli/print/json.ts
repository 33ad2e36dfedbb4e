/** `--output stream-json`: every event of the stream, one a line, between one `init` and one `result`. */

import { exitCodes } from "../../core/errors.ts";
import type { AgentEvent, Mode, ModelName, TurnResult } from "../../core/event.ts";
import type { SessionId } from "../../core/ids.ts";
import { Coalescer } from "./coalesce.ts";
import type { Printer } from "./printer.ts";

/** The first line of every headless run. */
export type InitLine = {
  type: "init";
  v: 1;
  at: number;
  version: string;
  sessionId: SessionId | null;
  model: ModelName | null;
  mode: Mode;
  cwd: string;
  tools: string[];
};

/** The last line of every headless run, whatever happened. */
export type ResultLine = {
  type: "result";
  v: 1;
  at: number;
  sessionId: SessionId | null;
  exitCode: number;
} & TurnResult;

/** Prints the stream as JSON lines. */
export function jsonPrinter(write: (text: string) => void): Printer {
  const line = (value: unknown): void => write(`${JSON.stringify(value)}\n`);
  const deltas = new Coalescer(line);
  return {
    init: line,
    event(event: AgentEvent) {
      // The result line says the same, and must be the last.
      if (event.type !== "turn.finished") deltas.push(event);
    },
    result(result) {
      deltas.flush();
      line(result);
    },
  };
}

/** `--output json`: the result alone, as one JSON object. */
export function resultPrinter(write: (text: string) => void): Printer {
  return {
    init: () => undefined,
    event: () => undefined,
    result: (result) => write(`${JSON.stringify(result)}\n`),
  };
}

/** The result line of a finished run. */
export function resultLine(result: TurnResult, sessionId: SessionId | null, at: number): ResultLine {
  return { type: "result", v: 1, at, sessionId, exitCode: exitCodes[result.reason], ...result };
}
