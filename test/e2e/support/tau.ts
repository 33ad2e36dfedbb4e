/** Runs the built binary the way a user would: a real process, a home of its own, a real folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The launcher of the working tree. */
export const launcher = resolve(import.meta.dirname, "../../../bin/tau.js");

/** A scratch world: a home and a project. */
export type World = {
  home: string;
  project: string;
  /** Writes a project file. */
  file(path: string, content: string | Uint8Array): string;
  env: Record<string, string>;
  remove(): void;
};

/** Makes a world. `env` is the whole environment but for PATH. */
export function makeWorld(env: Record<string, string> = {}): World {
  const root = mkdtempSync(join(tmpdir(), "tau-e2e-"));
  const home = join(root, "home");
  const project = join(root, "project");
  mkdirSync(home);
  mkdirSync(join(project, ".git"), { recursive: true });
  return {
    home,
    project,
    file(path, content) {
      const full = join(project, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
      return full;
    },
    env: { PATH: process.env.PATH ?? "", HOME: home, TAU_HOME: join(home, ".tau"), LANG: "C.UTF-8", ...env },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The variables that point every dialect at a fake upstream. */
export function keysFor(url: string): Record<string, string> {
  return {
    ANTHROPIC_API_KEY: "test-anthropic-key-0123456789",
    ANTHROPIC_BASE_URL: url,
    OPENAI_API_KEY: "test-openai-key-0123456789",
    OPENAI_BASE_URL: `${url}/v1`,
    GEMINI_API_KEY: "test-gemini-key-0123456789",
    GOOGLE_GEMINI_BASE_URL: url,
    OPENROUTER_API_KEY: "test-openrouter-key-0123456789",
    OPENROUTER_BASE_URL: `${url}/v1`,
  };
}

/** A finished run. */
export type Finished = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** stdout as JSON lines. */
  lines(): Record<string, unknown>[];
};

/** A running tau. */
export type Running = { child: ChildProcess; finished: Promise<Finished>; stdoutSoFar(): string };

/** How tau is started. */
export type StartOptions = {
  /** Written to its stdin, which is then closed. */
  input?: string;
  /** `open`: a pipe that stays silent until the test writes to it; a number: that file descriptor. */
  stdin?: "open" | number;
  cwd?: string;
  env?: Record<string, string>;
  /** It leads a process group of its own. */
  detached?: true;
  /** Options for node itself. */
  node?: readonly string[];
};

/** Starts tau. Without `input` and `stdin` its standard input is empty. */
export function startTau(world: World, args: readonly string[], options: StartOptions = {}): Running {
  const piped = options.input !== undefined || options.stdin === "open";
  const child = spawn(process.execPath, [...(options.node ?? []), launcher, ...args], {
    cwd: options.cwd ?? world.project,
    detached: options.detached === true,
    env: { ...world.env, ...options.env },
    stdio: [piped ? "pipe" : typeof options.stdin === "number" ? options.stdin : "ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  if (options.input !== undefined) child.stdin?.end(options.input);
  const finished = new Promise<Finished>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) =>
      done({
        code,
        signal,
        stdout,
        stderr,
        lines: () =>
          stdout
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Record<string, unknown>),
      }),
    );
  });
  return { child, finished, stdoutSoFar: () => stdout };
}

/** Runs tau to its end. */
export function runTau(world: World, args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  return startTau(world, args, options).finished;
}
