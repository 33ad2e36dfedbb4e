/** Runs the ripgrep binary of `@vscode/ripgrep`: bounded in time and output, stopped by a signal, no secrets in its environment. */
import { spawn } from "node:child_process";
import { refuse } from "./outcome.ts";

/** What ripgrep is started with. */
export type RipgrepEnvironment = { readonly [name: string]: string };

/** How a run ended. `stopped` when it was ended early: by the consumer or by the time limit. */
export type RipgrepEnd = { stopped: "enough" | "timeout" | null; matched: boolean; problems: string };

/** Longest run of one search, milliseconds. */
export const SEARCH_TIMEOUT_MS = 20_000;
/** Most bytes of stderr that are kept. */
const MAX_STDERR = 4 * 1024;
/** A record that grows beyond this without its end is not text. */
const MAX_RECORD = 1024 * 1024;

/**
 * Runs `rg args` in `cwd` and hands over each record of stdout that ends with `separator`, until `take` returns false.
 * @throws TauError when the arguments are wrong (an invalid pattern, for one); the signal's reason when it fired.
 */
export async function ripgrep(
  args: readonly string[],
  options: { cwd: string; env: RipgrepEnvironment; signal: AbortSignal; separator: "\n" | "\0" },
  take: (record: string) => boolean,
): Promise<RipgrepEnd> {
  const { rgPath } = await import("@vscode/ripgrep");
  options.signal.throwIfAborted();
  // A user's ripgreprc could change what is printed.
  const child = spawn(rgPath, ["--no-config", "--color=never", ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stopped: RipgrepEnd["stopped"] = null;
  const stop = (why: NonNullable<RipgrepEnd["stopped"]>) => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const abort = () => child.kill("SIGKILL");
  const timer = setTimeout(() => stop("timeout"), SEARCH_TIMEOUT_MS);
  options.signal.addEventListener("abort", abort, { once: true });
  let rest = "";
  let stderr = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    if (stopped !== null) return;
    const records = (rest + chunk).split(options.separator);
    rest = records.pop() ?? "";
    if (rest.length > MAX_RECORD) rest = "";
    for (const record of records) {
      if (!take(record)) return stop("enough");
    }
  });
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (chunk: string) => {
    if (stderr.length < MAX_STDERR) stderr += chunk;
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    options.signal.throwIfAborted();
    // Exit 2 with matches means that some files could not be read; without any, that the call itself was wrong.
    if (code === 2 && stopped === null && /parse error|error parsing|unrecognized|invalid/i.test(stderr))
      throw refuse(sentence(stderr));
    return { stopped, matched: code === 0 || stopped !== null, problems: stderr.trim() };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", abort);
  }
}

function sentence(stderr: string): string {
  return `The pattern is not valid: ${stderr.replace(/^rg: /, "").trim()}`;
}
