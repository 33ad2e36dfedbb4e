/** `--output stream-json`: every event of the stream, one a line, between one `init` and one `result`. */

import type { HostContact } from "../../core/egress.ts";
import { exitCodes } from "../../core/errors.ts";
import type { AgentEvent, ModelName } from "../../core/event.ts";
import type { AgentPath, SessionId, TurnId } from "../../core/ids.ts";
import type { Mode } from "../../core/permission.ts";
import type { TurnResult } from "../../core/turn.ts";
import { Coalescer } from "./coalesce.ts";
import type { Printer } from "./printer.ts";

/** The first line of every headless run. */
export type InitLine = {
  type: "init";
  v: 1;
  /** Below that of every event. */
  seq: 0;
  at: number;
  version: string;
  sessionId: SessionId | null;
  turnId: null;
  agent: AgentPath;
  model: ModelName | null;
  mode: Mode;
  cwd: string;
  tools: string[];
};

/** The last line of every headless run, whatever happened. */
export type ResultLine = LinePlace & {
  type: "result";
  v: 1;
  at: number;
  exitCode: number;
  /** The hosts Tau sent requests to, a proxy on the way included. What commands contact is not seen. */
  hosts: HostContact[];
} & TurnResult;

/** What a line has in common with the events before it; null where the run never came so far. */
export type LinePlace = {
  seq: number;
  sessionId: SessionId | null;
  turnId: TurnId | null;
  agent: AgentPath;
};

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
export function resultLine(
  result: TurnResult,
  place: LinePlace,
  hosts: HostContact[],
  at: number,
): ResultLine {
  return { type: "result", v: 1, ...place, at, exitCode: exitCodes[result.reason], hosts, ...result };
}
