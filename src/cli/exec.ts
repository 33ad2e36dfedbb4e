/** `tau exec`: one task, no screen. First line `init`, last line `result`, whatever happens in between. */
import { resolve } from "node:path";
import { endOfError, endOfStop } from "../agent/ending.ts";
import type { StopReason } from "../agent/run.ts";
import type { OpenApp, OpenSession, SessionChoice } from "../app/contract.ts";
import { exitCodes, messageOf, TauError } from "../core/errors.ts";
import type { AgentEvent } from "../core/event.ts";
import { noEvidence } from "../core/evidence.ts";
import { mainAgent, type SessionId } from "../core/ids.ts";
import type { Part } from "../core/message.ts";
import type { TurnResult } from "../core/turn.ts";
import { zeroUsage } from "../core/usage.ts";
import { homeFolder, workingFolder } from "./folder.ts";
import { type ExecOptions, parseExecOptions, settingsOf } from "./options.ts";
import { type OutputOptions, printerFor } from "./print/choose.ts";
import { type InitLine, type LinePlace, resultLine } from "./print/json.ts";
import { say, writeOut } from "./print/streams.ts";
import { runtime } from "./runtime.ts";
import { abortOnSignals } from "./signals.ts";
import { inputGrace, readStdin, taskGrace } from "./stdin.ts";
import { version } from "./version.ts";

/** Runs the task and returns the exit code. */
export async function runExec(task: string, raw: object): Promise<number> {
  const controller = new AbortController();
  let session: OpenSession | null = null;
  const release = abortOnSignals(controller, () => void session?.endCommands());
  const out = stdoutWriter(controller);
  const startedAt = Date.now();
  const printer = await printerFor(raw, out);
  const init = unknownRun();
  let begun = false;
  let app: OpenApp | null = null;
  let last: AgentEvent | null = null;
  let result: TurnResult;
  try {
    const options = parseExecOptions(raw);
    stopAfter(options.timeout, controller);
    init.cwd = workingFolder(options.cwd);
    init.model = options.model ?? null;
    init.mode = options.mode ?? "ask";
    const reading = readTask(task, options, controller.signal);
    // It is awaited below; a failure that comes earlier is not an unhandled one.
    reading.catch(() => undefined);
    const { openApp } = await import("../app.ts");
    app = await openApp({
      ...runtime(),
      cwd: init.cwd,
      env: process.env,
      home: homeFolder(),
      flags: settingsOf(options),
      rules: { allow: options.allow, deny: options.deny },
      ...(options.record !== undefined && { record: resolve(options.record) }),
      ...(options.replay !== undefined && { replay: resolve(options.replay) }),
      ...(options.networkTimeout !== undefined && { networkTimeoutMs: options.networkTimeout * 1000 }),
      ...(options.idleTimeout !== undefined && { idleTimeoutMs: options.idleTimeout * 1000 }),
    });
    // All that can be wrong with the input is found before a session is made for it.
    const { parts, notice } = await withImages(await reading, options.image, init.cwd);
    const outputSchema =
      options.outputSchema === undefined ? null : await app.outputSchema(options.outputSchema);
    session = await app.openSession(sessionChoice(options));
    Object.assign(init, {
      sessionId: session.id,
      model: session.model,
      mode: session.mode,
      tools: session.tools,
    } satisfies Partial<InitLine>);
    printer.init(init);
    begun = true;
    const notices = [notice, waitingNotice(session)].filter((text) => text !== null);
    for (const text of [...notices, ...session.warnings]) say(`tau: ${text}\n`);
    const events = session.run({
      parts,
      signal: controller.signal,
      requireModel: options.requireModel,
      ...(options.timeout !== undefined && { wrapUpAt: startedAt + wrapUpAfterMs(options.timeout) }),
      ...(options.verify !== undefined && { verify: options.verify }),
      ...(outputSchema && { outputSchema }),
      ...(notices.length > 0 && { notices }),
    });
    let next = await events.next();
    for (; !next.done; next = await events.next()) {
      last = next.value;
      printer.event(last);
    }
    result = next.value;
  } catch (error) {
    result = failedResult(error, controller.signal, Date.now() - startedAt);
  }
  if (!begun) printer.init(init);
  printer.result(resultLine(result, placeAfter(last, init.sessionId), session?.contacts() ?? [], Date.now()));
  release();
  // Standard input that is still waited for must not keep the process alive.
  controller.abort("interrupted" satisfies StopReason);
  await app?.close();
  return exitCodes[result.reason];
}

/** The two lines of a run that never was: its command line is wrong. */
export async function refuseExec(raw: OutputOptions, problem: TauError): Promise<number> {
  const printer = await printerFor(raw, stdoutWriter(new AbortController()));
  const result = failedResult(problem, new AbortController().signal, 0);
  printer.init(unknownRun());
  printer.result(resultLine(result, placeAfter(null, null), [], Date.now()));
  return exitCodes[result.reason];
}

/** Words that wait in a resumed session's queue are a person's, for another moment: a script does not say them. */
function waitingNotice({ id, queue }: OpenSession): string | null {
  const count = queue.waiting.length;
  if (count === 0) return null;
  const [what, left, them] = count === 1 ? ["message waits", "is", "it"] : ["messages wait", "are", "them"];
  return `${count} ${what} in the queue of this session and ${left} left there; tau -r ${id} shows ${them}`;
}

/** What `init` says before anything is known. */
function unknownRun(): InitLine {
  const at = Date.now();
  const cwd = process.env.PWD ?? "";
  return {
    type: "init",
    v: 1,
    seq: 0,
    at,
    version,
    sessionId: null,
    turnId: null,
    agent: mainAgent,
    model: null,
    mode: "ask",
    cwd,
    tools: [],
  };
}

function placeAfter(last: AgentEvent | null, sessionId: SessionId | null): LinePlace {
  return { seq: (last?.seq ?? 0) + 1, sessionId, turnId: last?.turnId ?? null, agent: mainAgent };
}

/** `--timeout` bounds everything: the wait for standard input, the start, and the turn. */
function stopAfter(seconds: number | undefined, controller: AbortController): void {
  if (seconds === undefined) return;
  const timer = setTimeout(() => controller.abort("timeout" satisfies StopReason), seconds * 1000);
  timer.unref();
}

/** Share of the time that is kept for the model's last words, and the most of it in ms. */
const lastWords = { share: 0.2, mostMs: 60_000 };

/** Ms after which a run of so many seconds is wrapped up: it should end in words, not in a cut. */
function wrapUpAfterMs(seconds: number): number {
  return seconds * 1000 - Math.min(seconds * 1000 * lastWords.share, lastWords.mostMs);
}

type TaskText = { text: string; notice: string | null };

async function readTask(task: string, options: ExecOptions, signal: AbortSignal): Promise<TaskText> {
  const fromStdin = task === "" || task === "-";
  const mode = options.stdin === true || task === "-" ? "wait" : options.stdin === false ? "never" : "auto";
  const { text, notice } = await readStdin(() => process.stdin, {
    mode,
    grace: fromStdin ? taskGrace : inputGrace,
    signal,
    waiting: (names) =>
      say(`tau: waiting for standard input: ${names.join(", ")} is at work (--no-stdin does not wait)\n`),
  });
  const joined = fromStdin ? text.trim() : text.trim() ? `${task}\n\n<stdin>\n${text}\n</stdin>` : task;
  if (joined === "" || joined === "-") {
    throw new TauError("usage", "no task was given", 'tau exec "what to do", or pipe it in');
  }
  return { text: joined, notice };
}

async function withImages(
  { text, notice }: TaskText,
  images: readonly string[],
  cwd: string,
): Promise<{ parts: Part[]; notice: string | null }> {
  const parts: Part[] = [{ type: "text", text }];
  if (images.length > 0) {
    const { readImages } = await import("./images.ts");
    parts.push(...(await readImages(images, cwd)));
  }
  return { parts, notice };
}

function sessionChoice(options: ExecOptions): SessionChoice {
  if (typeof options.resume === "string") return { kind: "resume", id: options.resume };
  return options.continue || options.resume === true ? { kind: "continue" } : { kind: "new" };
}

/** A reader that goes away ends the run as an interrupt would: its work is kept, and nothing is printed any more. */
function stdoutWriter(controller: AbortController): (text: string) => void {
  let gone = false;
  return (text) => {
    if (gone) return;
    try {
      gone = !writeOut(text);
    } catch (error) {
      gone = true;
      say(`tau: cannot write to standard output: ${messageOf(error)}\n`);
    }
    if (gone) controller.abort("interrupted" satisfies StopReason);
  };
}

/** A run that failed before or outside its turn, or was stopped there. */
function failedResult(error: unknown, signal: AbortSignal, durationMs: number): TurnResult {
  const ending = signal.aborted ? endOfStop(signal) : endOfError(error);
  return {
    ...ending,
    text: "",
    steps: 0,
    usage: zeroUsage,
    cost: null,
    durationMs,
    toolCalls: 0,
    denied: 0,
    evidence: noEvidence,
  };
}
