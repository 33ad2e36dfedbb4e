/**
 * What the exit code of a shell line says of each command in it. Source: POSIX.1-2024 XCU 2.9.2 (the exit status of a
 * pipeline is its last command's), 2.9.3 (lists); bash(1) for `set -e` and `pipefail`.
 */
import type { CheckOutcome } from "../../core/evidence.ts";
import { programName, type SimpleCommand } from "../../policy/shell/line.ts";

/** A line as `readShell` gives it. */
export type Line = { commands: readonly SimpleCommand[]; operators: readonly string[] };

/** Commands joined by pipes, by index. */
type Pipeline = { members: number[] /** What joins it to the next. */; joint: string };

/** Commands that are not expected to fail, so that a failure is not theirs. */
const succeeds = new Set(
  "echo printf true : cd pushd popd export set unset source . sleep trap ulimit umask".split(" "),
);
/** Pipelines in one list beyond which nobody wants to know. */
const maxPipelines = 10;

/**
 * The outcome of each command when the line ended with `exitCode` (null: it did not end by itself). `skipped`: it
 * cannot have run.
 */
export function outcomesOf(
  { commands, operators }: Line,
  exitCode: number | null,
): (CheckOutcome | "skipped")[] {
  const outcomes: (CheckOutcome | "skipped")[] = commands.map(() =>
    exitCode === null ? "unfinished" : "unknown",
  );
  if (exitCode === null) return outcomes;
  const strict = shellOptions(commands);
  const lists = joined(listsOf(operators), strict.errexit);
  for (const [index, list] of lists.entries()) {
    if (list.at(-1)?.joint === "&") {
      // Started and not waited for: the line's exit code is not theirs.
      for (const at of list.flatMap(({ members }) => members)) outcomes[at] = "unfinished";
    } else if (index === lists.length - 1 && list.length <= maxPipelines) {
      for (const [position, states] of possible(list, commands, exitCode === 0).entries()) {
        for (const at of told(list[position], states, strict.pipefail)) outcomes[at.index] = at.outcome;
      }
    }
  }
  return outcomes;
}

/** `set -e`, `set -o pipefail` and `set -euo pipefail` among the commands. */
function shellOptions(commands: readonly SimpleCommand[]): { errexit: boolean; pipefail: boolean } {
  const args = commands
    .filter((command) => programName(command) === "set")
    .flatMap((command) => command.words.slice(1).map(({ text }) => text));
  return {
    errexit: args.some((arg) => /^-[a-z]*e/.test(arg) || arg === "errexit"),
    pipefail: args.includes("pipefail"),
  };
}

function listsOf(operators: readonly string[]): Pipeline[][] {
  const lists: Pipeline[][] = [];
  let list: Pipeline[] = [];
  let members: number[] = [];
  for (const [index, operator] of operators.entries()) {
    members.push(index);
    if (operator === "|" || operator === "|&") continue;
    list.push({ members, joint: operator });
    members = [];
    if (operator === "&&" || operator === "||") continue;
    lists.push(list);
    list = [];
  }
  if (members.length > 0) list.push({ members, joint: "" });
  if (list.length > 0) lists.push(list);
  return lists;
}

/** Under `set -e` a list of one pipeline must pass for what follows to run, as if `&&` stood there. */
function joined(lists: readonly Pipeline[][], errexit: boolean): Pipeline[][] {
  if (!errexit) return [...lists];
  const out: Pipeline[][] = [];
  let before: Pipeline[] = [];
  for (const list of lists) {
    const [only, ...more] = list;
    if (only && more.length === 0 && only.joint !== "&" && list !== lists.at(-1)) {
      before.push({ ...only, joint: "&&" });
    } else if (before.length > 0 && list.some(({ joint }) => joint === "||")) {
      // `a && b || c` would be read as `(a && b) || c`, which is not what `a; b || c` says.
      out.push(before, list);
      before = [];
    } else {
      out.push([...before, ...list]);
      before = [];
    }
  }
  return before.length > 0 ? [...out, before] : out;
}

type State = "passed" | "failed" | "skipped";

/** For each pipeline what it may have come to, given whether the list as a whole passed. */
function possible(
  list: readonly Pipeline[],
  commands: readonly SimpleCommand[],
  passed: boolean,
): Set<State>[] {
  const states = list.map(() => new Set<State>());
  const fixed = list.map(({ members }) => {
    const last = commands[members.at(-1) ?? -1];
    const name = last === undefined ? "" : programName(last);
    if (name === "false") return false;
    return succeeds.has(name) ? true : null;
  });
  for (let bits = 0; bits < 2 ** list.length; bits++) {
    const passes = list.map((_, at) => (bits & (1 << at)) !== 0);
    if (passes.some((value, at) => fixed[at] !== null && fixed[at] !== value)) continue;
    let status = true;
    let operator = "&&";
    const run = passes.map((value, at): State => {
      const runs = (operator === "&&") === status;
      if (runs) status = value;
      operator = list[at]?.joint ?? "";
      if (!runs) return "skipped";
      return value ? "passed" : "failed";
    });
    if (status !== passed) continue;
    for (const [at, state] of run.entries()) states[at]?.add(state);
  }
  return states;
}

/** What is known of a pipeline's commands. Without `pipefail` only the last one's exit code is seen. */
function told(
  pipeline: Pipeline | undefined,
  states: ReadonlySet<State>,
  pipefail: boolean,
): { index: number; outcome: CheckOutcome | "skipped" }[] {
  const members = pipeline?.members ?? [];
  const never = !states.has("passed");
  let outcome: CheckOutcome | "skipped" = "unknown";
  if (states.size === 1 && states.has("passed")) outcome = "passed";
  else if (states.size === 1 && states.has("skipped")) outcome = "skipped";
  // It failed, or something before it did and it never ran: either way it did not pass.
  else if (never && states.has("failed")) outcome = "failed";
  const [last] = members.slice(-1);
  return members.map((index) => {
    if (outcome === "skipped" || members.length === 1) return { index, outcome };
    if (pipefail) return { index, outcome: outcome === "passed" ? "passed" : "unknown" };
    return { index, outcome: index === last ? outcome : "unknown" };
  });
}
