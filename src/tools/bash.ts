/** The `bash` tool: one shell command, bounded in time and output, with nothing left behind. */
import * as z from "zod";
import type { Clock } from "../core/ids.ts";
import { defineTool, type Tool, type ToolContext, type ToolResult } from "../core/tool.ts";
import type { ProcessHost } from "./process/client.ts";
import type { CommandOutcome, CommandSpec } from "./process/protocol.ts";
import { escapeFilter, plainText } from "./process/text.ts";

/** How long a command may take when the call does not say. */
export const defaultTimeoutSeconds = 120;
/** How long a call may ask for. */
export const maxTimeoutSeconds = 600;
/** Bytes of output the model sees from its beginning. */
export const keptHeadBytes = 10 * 1024;
/** Bytes of output the model sees from its end. */
export const keptTailBytes = 30 * 1024;
/** Bytes of a background job's output held for `jobs`. */
const jobKeep = { head: 4 * 1024, tail: 64 * 1024 };
const countdownEveryMs = 1_000;

/** Nobody is there to page, edit, type a password or admire colours. */
const unattended = {
  TERM: "dumb",
  NO_COLOR: "1",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
  GIT_EDITOR: "true",
  DEBIAN_FRONTEND: "noninteractive",
  PIP_NO_INPUT: "1",
};

// Strict: a model that thinks it can choose the folder must not run its command in another one.
const input = z.strictObject({
  command: z.string().trim().min(1).describe("The command line, run by bash -c in the project directory."),
  timeout: z
    .int()
    .min(1)
    .max(maxTimeoutSeconds)
    .optional()
    .describe(`Seconds before the command is ended; default ${defaultTimeoutSeconds}.`),
  background: z
    .boolean()
    .optional()
    .describe("Start it and return at once: for servers and watchers. See the jobs tool."),
});

type Input = z.infer<typeof input>;

/** What the tool needs of the world. */
export type BashOptions = {
  host: ProcessHost;
  /** Absolute path of bash, or of sh where there is none. */
  shell: string;
  /** What commands may see of the environment: `childEnvironment` of policy/secrets.ts. */
  environment: { readonly [name: string]: string };
  now: Clock;
};

/** The bash tool. */
export function bashTool(options: BashOptions): Tool {
  return defineTool<Input>({
    name: "bash",
    description:
      `Run a shell command. Each call is a fresh shell in the project directory: cd and variables do not carry over. ` +
      `stdin is empty; output is stdout and stderr together, its first ${keptHeadBytes / 1024} KB and last ` +
      `${keptTailBytes / 1024} KB (the rest is in a file named in the result). Ended after timeout seconds ` +
      `(default ${defaultTimeoutSeconds}, at most ${maxTimeoutSeconds}); processes left behind are ended too, ` +
      `so use background for what must keep running. Prefer read, grep, glob, ls and edit to cat, grep, find and sed.`,
    input,
    access: "execute",
    intent: ({ command }) => ({ summary: firstLine(command), paths: [], command }),
    run: (call, context) =>
      call.background === true ? runInBackground(call, context, options) : runToEnd(call, context, options),
  });
}

function firstLine(command: string): string {
  const [line = "", ...rest] = command.split("\n");
  return rest.length === 0 ? line : `${line} …`;
}

function specOf(call: Input, context: ToolContext, options: BashOptions): CommandSpec {
  return {
    argv: [options.shell, "-c", call.command],
    cwd: context.cwd,
    env: { ...options.environment, ...unattended },
    timeoutMs: (call.timeout ?? defaultTimeoutSeconds) * 1000,
    keep: { head: keptHeadBytes, tail: keptTailBytes },
  };
}

async function runInBackground(call: Input, context: ToolContext, options: BashOptions): Promise<ToolResult> {
  const timeoutMs = call.timeout === undefined ? null : call.timeout * 1000;
  const spec = { ...specOf(call, context, options), timeoutMs, keep: jobKeep };
  const result = await options.host.start(spec, call.command);
  if (!result.started) return failure(call.command, result.message);
  const { id, pid } = result.job;
  return {
    output: `Started background job ${id} (pid ${pid}).`,
    note: `Read its output with jobs {"action":"output","id":${id}}, end it with {"action":"stop","id":${id}}.`,
    display: [{ type: "text", text: `job ${id} started: ${call.command}` }],
    facts: { job: id, pid },
  };
}

async function runToEnd(call: Input, context: ToolContext, options: BashOptions): Promise<ToolResult> {
  const spec = specOf(call, context, options);
  const endsAt = options.now() + (spec.timeoutMs ?? 0);
  const countdown = setInterval(
    () => context.emit({ type: "countdown", remainingMs: Math.max(0, endsAt - options.now()) }),
    countdownEveryMs,
  );
  const clean = escapeFilter();
  const outcome = await options.host.run(spec, {
    signal: context.signal,
    onOutput: (text) => context.emit({ type: "text", text: clean(text) }),
  });
  clearInterval(countdown);
  return resultOf(call, outcome);
}

function failure(command: string, message: string): ToolResult {
  return {
    output: message,
    display: [{ type: "terminal", command, output: message, exitCode: null, durationMs: 0 }],
    isError: true,
  };
}

/** Cuts to whole lines where that loses little, so that nobody reads half a path as a whole one. */
const lineSearchChars = 1_000;

function wholeLinesHead(text: string): string {
  const end = text.lastIndexOf("\n");
  return end > 0 && text.length - end < lineSearchChars ? text.slice(0, end + 1) : `${text}\n`;
}

function wholeLinesTail(text: string): string {
  const start = text.indexOf("\n");
  return start !== -1 && start < lineSearchChars ? text.slice(start + 1) : text;
}

/** The output as the model reads it, with a line where a middle was left out. */
function outputText(outcome: CommandOutcome & { status: "exited" }): string {
  if (outcome.omittedBytes === 0) return plainText(outcome.head).trimEnd();
  const where = outcome.spillPath === null ? "" : `; full output in ${outcome.spillPath}`;
  const left = `[... ${outcome.omittedBytes} of ${outcome.totalBytes} bytes left out${where} ...]`;
  const head = wholeLinesHead(plainText(outcome.head));
  return `${head}${left}\n${wholeLinesTail(plainText(outcome.tail))}`.trimEnd();
}

function noteOf(call: Input, outcome: CommandOutcome & { status: "exited" }): string {
  const seconds = (outcome.durationMs / 1000).toFixed(1);
  const notes: string[] = [];
  if (outcome.timedOut) {
    notes.push(
      `Timed out after ${call.timeout ?? defaultTimeoutSeconds} s and was ended. Give a larger timeout (at most ${maxTimeoutSeconds}), or background:true for what should keep running.`,
    );
  } else if (outcome.aborted) notes.push(`Interrupted after ${seconds} s and ended.`);
  else if (outcome.signal !== null) notes.push(`Ended by ${outcome.signal} after ${seconds} s.`);
  else if (outcome.exitCode !== 0) notes.push(`Exit code ${outcome.exitCode}.`);
  const left = outcome.killedSurvivors;
  if (left > 0) {
    const what = left === 1 ? "1 background process was" : `${left} background processes were`;
    notes.push(`${what} ended; use background:true for what must keep running.`);
  }
  if (outcome.lostBytes > 0) {
    notes.push(`${outcome.lostBytes} bytes of output were counted but not kept on disk.`);
  }
  return notes.join(" ");
}

function resultOf(call: Input, outcome: CommandOutcome): ToolResult {
  if (outcome.status !== "exited") return failure(call.command, outcome.message);
  const text = outputText(outcome);
  const note = noteOf(call, outcome);
  const { exitCode, signal, timedOut, aborted, killedSurvivors, durationMs } = outcome;
  return {
    output: text === "" ? "(no output)" : text,
    ...(note === "" ? {} : { note }),
    display: [{ type: "terminal", command: call.command, output: text, exitCode, durationMs }],
    ...(exitCode === 0 && !timedOut && !aborted ? {} : { isError: true as const }),
    facts: {
      exitCode,
      signal,
      timedOut,
      aborted,
      bytes: outcome.totalBytes,
      truncated: outcome.omittedBytes > 0,
      savedPath: outcome.spillPath,
      killedSurvivors,
      durationMs,
    },
  };
}
