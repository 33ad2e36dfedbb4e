/**
 * What Tau and its process helper say to each other: one JSON value a line, both ways over one socket.
 * A closed socket means the other side is gone; there is no other way to say goodbye.
 */

/** One command to run. The shell, if any, is part of `argv`. */
export type CommandSpec = {
  /** Program and arguments; the program is looked up in `env.PATH`. */
  argv: readonly [string, ...string[]];
  /** Absolute. */
  cwd: string;
  /** The whole environment of the command; nothing is inherited. */
  env: { readonly [name: string]: string };
  /** Milliseconds after which the command is ended; null for as long as the session. */
  timeoutMs: number | null;
  /** Bytes of output kept in memory from its beginning and its end. */
  keep: { head: number; tail: number };
};

/** How a command came out. */
export type CommandOutcome =
  | {
      status: "exited";
      /** Null when a signal ended it. */
      exitCode: number | null;
      /** `SIGKILL` and kin, when a signal ended it. */
      signal: string | null;
      timedOut: boolean;
      /** Ended because it was asked to stop. */
      aborted: boolean;
      /** stdout and stderr in the order they were written; all of it when `omittedBytes` is 0. */
      head: string;
      /** The end of the output when a middle was left out, else empty. */
      tail: string;
      totalBytes: number;
      omittedBytes: number;
      /** The full output on disk; null when it all fits in `head`, or when the disk refused it. */
      spillPath: string | null;
      /** Bytes beyond the spill file's cap, or refused by the disk: counted, not kept. */
      lostBytes: number;
      /** Processes the command left behind, ended when it was over. */
      killedSurvivors: number;
      durationMs: number;
    }
  /** It never ran: no such program or directory, or stopped before it began. */
  | { status: "not_started"; message: string }
  /** It ran, and nobody saw how it ended. It may have had effects. */
  | { status: "interrupted"; message: string };

/** A part of a job's output. */
export type OutputPage = {
  text: string;
  /** Bytes between what was asked for and the beginning of `text` that memory no longer holds. */
  skippedBytes: number;
  /** Ask from here next time. */
  next: number;
  spillPath: string | null;
};

/** What the helper is started with, as JSON in its first argument. */
export type HelperConfig = {
  /** Unique to this helper; commands carry it in `TAU_JOB`, so that they are found wherever they hide. */
  hostId: string;
  /** The marker of the Tau this Tau runs under, if any. */
  outerMarker: string | null;
  /** Absolute, mode 0700: registry and pipes. */
  stateDir: string;
  /** Absolute: full outputs. */
  spillDir: string;
};

/** Tau to helper. */
export type HelperRequest =
  | { op: "run"; id: number; spec: CommandSpec; live: boolean }
  /** Like `run`, of a program that is spoken with: its stdin and stdout are Tau's, its output is stderr alone. */
  | { op: "talk"; id: number; spec: CommandSpec }
  /** For the stdin of such a program. */
  | { op: "say"; id: number; text: string }
  | { op: "stop"; id: number }
  /** Answered by `page` with the same `request`. */
  | { op: "read"; id: number; since: number; request: number }
  /** The output of an ended command is no longer wanted. */
  | { op: "forget"; id: number };

/** Helper to Tau. */
export type HelperEvent =
  | { ev: "started"; id: number; pid: number }
  /** Live output, at a bounded rate; `skippedBytes` were dropped before it. */
  | { ev: "output"; id: number; text: string; skippedBytes: number }
  /** What a program that is spoken with wrote to its stdout; nothing of it is ever dropped. */
  | { ev: "said"; id: number; text: string }
  | { ev: "ended"; id: number; outcome: CommandOutcome }
  | { ev: "page"; request: number; page: OutputPage | null }
  /** The helper's last words. */
  | { ev: "fatal"; message: string };

/** The environment variable that marks every process of a command. */
export const markerVariable = "TAU_JOB";

/** Splits a byte stream into JSON values, one a line. Only for the helper's own socket: the shape is trusted. */
export function lineReader<Message>(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...pending, chunk.subarray(from, end)]).toString("utf8");
      pending = [];
      from = end + 1;
      onMessage(JSON.parse(line) as Message);
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
  };
}
