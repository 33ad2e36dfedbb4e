/**
 * The command tree run in this process, over folders of its own and a fake provider: a tenth of what a process of its
 * own costs. Its standard streams are the system's own descriptors, so they are taken at node:fs.
 */
import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { CommanderError } from "commander";
import { onTestFinished } from "vitest";
import { reportFailure } from "../../src/cli/failure.ts";
import { program } from "../../src/cli/program.ts";
import type { Settings } from "../../src/config/settings.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { model } from "./front-end.ts";
import { doesNothing } from "./mutation.ts";
import type { FakeAnswer, Script } from "./upstream/script.ts";
import { type FakeUpstream, startUpstream } from "./upstream/server.ts";

/** What a machine is set up with. */
export type MachineOptions = {
  script?: Script | readonly FakeAnswer[];
  /** Of the user's config.json; without a model the usual one. */
  settings?: Settings;
  /** Files by path: `project/...` or `home/...`. */
  files?: { readonly [path: string]: string };
  env?: { readonly [name: string]: string };
};

/** A machine with Tau on it. */
export type Machine = {
  fake: FakeUpstream;
  /** The project. */
  cwd: string;
  home: string;
  /** Runs `tau` with these words. */
  tau(words: readonly string[], how?: RunOptions): Promise<Run>;
  /** The user's settings as they are written. */
  config(): Settings;
};

/** How it is run. */
export type RunOptions = {
  /** What is piped in. */
  stdin?: string;
  /** The system says of standard input that it is closed: only who reads it all the same finds what is in it. */
  inputHidden?: true;
  /** Standard input and output are a terminal. What is typed there, each when its words have been written. */
  terminal?: readonly (readonly [written: RegExp, typed: string])[];
  env?: { readonly [name: string]: string };
  /** Whether Tau has a bug. */
  bug?: true;
  /** An option that is taken and read by nobody. */
  ignored?: string;
};

/** What came of it. */
export type Run = { code: number; stdout: string; stderr: string };

/** Sets one up; it goes away with the test. */
export async function setUp(options: MachineOptions = {}): Promise<Machine> {
  const { script = [], settings = {}, files = {}, env: more = {} } = options;
  const root = mkdtempSync(join(tmpdir(), "tau-machine-"));
  const cwd = join(root, "project");
  const home = join(root, "home");
  const config = join(home, ".tau");
  for (const folder of [join(cwd, ".git"), config]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(config, "config.json"), JSON.stringify({ model, ...settings }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const fake = await startUpstream(
    typeof script === "function" ? script : (_, index) => script[index] ?? { text: "done" },
  );
  onTestFinished(async () => {
    await fake.close();
    rmSync(root, { recursive: true, force: true });
  });
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    TAU_HOME: config,
    ANTHROPIC_API_KEY: "test-key-0123456789",
    ANTHROPIC_BASE_URL: fake.url,
    ...more,
  };
  return {
    fake,
    cwd,
    home,
    tau: (words, { env: moreOfRun = {}, ...how } = {}) =>
      runTau(words, { ...how, cwd, env: { ...env, ...moreOfRun } }),
    config: () => JSON.parse(fs.readFileSync(join(config, "config.json"), "utf8")),
  };
}

type ProcessPlace = { cwd: string; env: { [name: string]: string } };

/** `process.exit` in the middle of a command. */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

async function runTau(
  words: readonly string[],
  { ignored, bug, ...place }: RunOptions & ProcessPlace,
): Promise<Run> {
  const run: Run = { code: 0, stdout: "", stderr: "" };
  const giveBack = takeProcess(run, place);
  const tau = program();
  if (bug)
    tau.hook("preAction", () => {
      throw new Error("a bug");
    });
  if (ignored !== undefined) tau.hook("preAction", (_, command) => forget(command, ignored));
  try {
    await tau.parseAsync([...words], { from: "user" });
    run.code = Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof Exit) run.code = error.code;
    else if (error instanceof CommanderError) run.code = error.exitCode === 0 ? 0 : exitCodes.usage;
    else {
      reportFailure(error);
      run.code = Number(process.exitCode ?? 0);
    }
  } finally {
    giveBack();
  }
  return run;
}

/** The option has its default again, as if nobody read it. */
function forget(command: ReturnType<typeof program>, long: string): void {
  const option = command.options.find((one) => one.long === long);
  if (option === undefined) return;
  const name = option.attributeName();
  const hasBoth = command.options.some((one) => one !== option && one.attributeName() === name);
  command.setOptionValueWithSource(name, option.negate && !hasBoth ? true : option.defaultValue, "default");
}

const home = process.cwd();

/** Puts the run's own in the place of the process's folder, environment and streams; returns what undoes it. */
function takeProcess(
  run: Run,
  { cwd, env, stdin = "", inputHidden, terminal }: RunOptions & ProcessPlace,
): () => void {
  const before = {
    env: { ...process.env },
    exitCode: process.exitCode,
    exit: process.exit,
    stdin: Object.getOwnPropertyDescriptor(process, "stdin"),
    out: {
      write: process.stdout.write,
      isTTY: process.stdout.isTTY,
      columns: process.stdout.columns,
      rows: process.stdout.rows,
      getColorDepth: process.stdout.getColorDepth,
    },
    err: { write: process.stderr.write },
    fs: { writeSync: fs.writeSync, fstatSync: fs.fstatSync, readFileSync: fs.readFileSync },
  };
  const setEnv = (wanted: { readonly [name: string]: string | undefined }): void => {
    for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
    Object.assign(process.env, wanted);
  };
  const take =
    (to: "stdout" | "stderr") =>
    (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      run[to] += Buffer.from(chunk as Uint8Array).toString();
      if (to === "stdout") type();
      const done = rest.find((one) => typeof one === "function");
      if (typeof done === "function") done();
      return true;
    };
  const [out, err] = [take("stdout"), take("stderr")];
  const keyboard = new PassThrough();
  const waiting = [...(terminal ?? [])];
  let read = 0;
  const type = (): void => {
    const [written, typed] = waiting[0] ?? [];
    const found = written?.exec(run.stdout.slice(read));
    if (!found || typed === undefined) return;
    read += found.index + found[0].length;
    waiting.shift();
    setImmediate(() => keyboard.write(typed));
  };
  if (terminal?.length === 0) keyboard.end();
  // Where nothing is done, what is waited for may never be written.
  if (doesNothing) for (const ms of [4_000, 4_300]) setTimeout(() => keyboard.write("\x03"), ms).unref();
  const input = Object.assign(terminal ? keyboard : Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]), {
    fd: 0,
    ...(terminal && {
      isTTY: true,
      setRawMode: () => undefined,
      ref: () => undefined,
      unref: () => undefined,
    }),
  });
  process.chdir(cwd);
  setEnv(env);
  process.exitCode = undefined;
  Object.defineProperty(process, "stdin", { value: input, configurable: true });
  const screen = { isTTY: true, columns: 100, rows: 30, getColorDepth: () => 24 };
  Object.assign(process.stdout, { write: out, ...(terminal && screen) });
  Object.assign(process.stderr, { write: err });
  Object.assign(process, {
    exit(code?: number): never {
      throw new Exit(code ?? Number(process.exitCode ?? 0));
    },
  });
  Object.assign(fs, {
    writeSync(fd: number, data: Uint8Array, ...rest: unknown[]): number {
      if (fd !== 1 && fd !== 2) return Reflect.apply(before.fs.writeSync, fs, [fd, data, ...rest]);
      (fd === 1 ? out : err)(data);
      return data.length;
    },
    fstatSync(fd: number, ...rest: unknown[]): unknown {
      if (fd > 2) return Reflect.apply(before.fs.fstatSync, fs, [fd, ...rest]);
      if (fd === 0 && inputHidden) throw Object.assign(new Error("EBADF"), { code: "EBADF" });
      const no = () => false;
      return { isFIFO: no, isSocket: no, isCharacterDevice: no, isFile: () => true };
    },
    readFileSync(path: unknown, ...rest: unknown[]): unknown {
      return path === 0 ? stdin : Reflect.apply(before.fs.readFileSync, fs, [path, ...rest]);
    },
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, before.fs);
    syncBuiltinESMExports();
    process.chdir(home);
    setEnv(before.env);
    process.exitCode = before.exitCode;
    process.exit = before.exit;
    if (before.stdin) Object.defineProperty(process, "stdin", before.stdin);
    Object.assign(process.stdout, before.out);
    Object.assign(process.stderr, before.err);
  };
}
