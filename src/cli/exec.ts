/** `tau exec`: one task, no screen. First line `init`, last line `result`, whatever happens in between. */
import { writeSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { OpenApp, SessionChoice } from "../app.ts";
import { exitCodes, messageOf, TauError } from "../core/errors.ts";
import type { TurnResult } from "../core/event.ts";
import type { Part } from "../core/message.ts";
import { zeroUsage } from "../core/usage.ts";
import { type ExecOptions, parseExecOptions, settingsOf } from "./options.ts";
import { type InitLine, jsonPrinter, resultLine, resultPrinter } from "./print/json.ts";
import type { Printer } from "./print/printer.ts";
import { textPrinter } from "./print/text.ts";
import { runtime } from "./runtime.ts";
import { abortOnSignals } from "./signals.ts";
import { firstByteGraceMs, readStdin, taskGraceMs } from "./stdin.ts";
import { version } from "./version.ts";

/** Runs the task and returns the exit code. */
export async function runExec(task: string, raw: object): Promise<number> {
  const options = parseExecOptions(raw);
  const controller = new AbortController();
  const release = abortOnSignals(controller);
  const out = stdoutWriter(controller);
  const printer = printerFor(options, out);
  const cwd = resolve(options.cwd ?? process.cwd());
  const init: InitLine = {
    type: "init",
    v: 1,
    at: Date.now(),
    version,
    sessionId: null,
    model: options.model ?? null,
    mode: options.mode ?? "ask",
    cwd,
    tools: [],
  };
  const startedAt = Date.now();
  let begun = false;
  let app: OpenApp | null = null;
  let result: TurnResult;
  try {
    const stdin = readTask(task, options);
    const { openApp } = await import("../app.ts");
    app = await openApp({
      ...runtime(),
      cwd,
      env: process.env,
      home: homedir(),
      flags: settingsOf(options),
      rules: { allow: options.allow, deny: options.deny },
      ...(options.record !== undefined && { record: resolve(options.record) }),
      ...(options.replay !== undefined && { replay: resolve(options.replay) }),
      ...(options.idleTimeout !== undefined && { idleTimeoutMs: options.idleTimeout * 1000 }),
    });
    const session = await app.openSession(sessionChoice(options));
    printer.init({
      ...init,
      sessionId: session.id,
      model: session.model,
      mode: session.mode,
      tools: session.tools,
    });
    init.sessionId = session.id;
    begun = true;
    const { text, notice } = await stdin;
    if (notice) process.stderr.write(`tau: ${notice}\n`);
    const parts: Part[] = [{ type: "text", text }];
    if (options.image.length > 0) {
      const { readImages } = await import("./images.ts");
      parts.push(...(await readImages(options.image, cwd)));
    }
    const events = session.run({
      parts,
      signal: controller.signal,
      requireModel: options.requireModel,
      ...(options.timeout !== undefined && { timeoutMs: options.timeout * 1000 }),
      ...(options.verify !== undefined && { verify: options.verify }),
      ...(options.outputSchema !== undefined && {
        outputSchema: await app.outputSchema(options.outputSchema),
      }),
      ...(notice && { notices: [notice] }),
    });
    let next = await events.next();
    for (; !next.done; next = await events.next()) printer.event(next.value);
    result = next.value;
  } catch (error) {
    result = failedResult(error, Date.now() - startedAt);
  }
  if (!begun) printer.init(init);
  printer.result(resultLine(result, init.sessionId, Date.now()));
  release();
  await app?.close();
  return exitCodes[result.reason];
}

async function readTask(
  task: string,
  options: ExecOptions,
): Promise<{ text: string; notice: string | null }> {
  const fromStdin = task === "" || task === "-";
  const mode = options.stdin === true || task === "-" ? "wait" : options.stdin === false ? "never" : "auto";
  const { text, notice } = await readStdin(process.stdin, mode, fromStdin ? taskGraceMs : firstByteGraceMs);
  const joined = fromStdin ? text.trim() : text.trim() ? `${task}\n\n<stdin>\n${text}\n</stdin>` : task;
  if (joined === "") {
    throw new TauError("usage", "no task was given", 'tau exec "what to do", or pipe it in');
  }
  return { text: joined, notice };
}

function sessionChoice(options: ExecOptions): SessionChoice {
  if (typeof options.resume === "string") return { kind: "resume", id: options.resume };
  return options.continue || options.resume === true ? { kind: "continue" } : { kind: "new" };
}

function printerFor(options: ExecOptions, out: (text: string) => void): Printer {
  const format = options.json ? "stream-json" : (options.output ?? "text");
  if (format === "stream-json") return jsonPrinter(out);
  if (format === "json") return resultPrinter(out);
  return textPrinter(out, (text) => process.stderr.write(text));
}

/** A reader that goes away ends the run as an interrupt would: its work is kept, and nothing is printed any more. */
function stdoutWriter(controller: AbortController): (text: string) => void {
  let gone = false;
  return (text) => {
    if (gone) return;
    try {
      writeAll(text);
    } catch (error) {
      gone = true;
      controller.abort("interrupted");
      if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
    }
  };
}

/** Written synchronously, so that the last line is out before the process ends however it ends. */
function writeAll(text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      // A full pipe on a non-blocking descriptor: the reader is slow, not gone.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** A run that failed before or outside its turn. */
function failedResult(error: unknown, durationMs: number): TurnResult {
  const known = error instanceof TauError;
  return {
    reason: known ? error.reason : "failure",
    text: "",
    error: {
      code: known ? error.reason : "internal",
      message: messageOf(error),
      ...(known && error.hint !== undefined && { hint: error.hint }),
    },
    steps: 0,
    usage: zeroUsage,
    cost: null,
    durationMs,
    toolCalls: 0,
    denied: 0,
    evidence: { verify: null, editsSinceVerify: 0 },
  };
}
