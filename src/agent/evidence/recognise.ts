/** Reads a command line that was run: which checks were in it, how they went, and what else it may have changed. */
import type { CheckKind, CheckOutcome } from "../../core/evidence.ts";
import { looksOnly } from "../../policy/read-only.ts";
import { programName, type ReadShell, type ShellLine, type SimpleCommand } from "../../policy/shell/line.ts";
import {
  type CheckRow,
  checkRows,
  interpreters,
  launchers,
  noCheck,
  npmTest,
  provesNothing,
  scriptRows,
  scriptRunners,
  testFile,
  valuedOptions,
} from "./check-table.ts";
import { type Line, outcomesOf } from "./exit-status.ts";
import { effectOf } from "./file-changes.ts";

/** A check a command is, and what else it shows when it passes. */
export type FoundCheck = { kind: CheckKind; proves: readonly CheckKind[]; writes: boolean; weak: boolean };

/** What a line did, in order. `run`: a command that is no check and not known to be harmless. */
export type Deed =
  | { type: "check"; kind: CheckKind; proves: readonly CheckKind[]; command: string; outcome: CheckOutcome }
  | { type: "edit" }
  | { type: "run"; command: string; outcome: CheckOutcome };

/** The longest command shown. */
const shownChars = 60;
/** Beginnings of pieces of a line that are not plain, and no commands. */
const keyword = /^(for|done|fi|case|esac|select|function|in|\[\[)$/;
/** How deep `bash -c` and launchers are looked into. */
const maxDepth = 5;

const rowsByProgram: ReadonlyMap<string, readonly CheckRow[]> = byProgram();

function byProgram(): Map<string, CheckRow[]> {
  const rows = new Map<string, CheckRow[]>();
  for (const row of checkRows)
    for (const program of row.programs.split(" ")) rows.set(program, [...(rows.get(program) ?? []), row]);
  return rows;
}

/** Everything a line did, given the exit code of the whole (null: it did not end by itself). */
export function deedsOf(text: string, exitCode: number | null, read: ReadShell): Deed[] {
  const line = read(text);
  // Here-documents are data; where the reader could not tell where they end, they are left out.
  const readable = line.unclear.length > 0 && text.includes("<<") ? read(withoutHereDocuments(text)) : line;
  return lineDeeds(readable, exitCode, 0);
}

const hereDocument = /(?<!<)<<-?[ \t]*(["']?)([A-Za-z_]\w*)\1(?!<)/g;

function withoutHereDocuments(text: string): string {
  const kept: string[] = [];
  const open: string[] = [];
  for (const line of text.split("\n")) {
    const [delimiter] = open;
    if (delimiter !== undefined) {
      if (line.trim() === delimiter) open.shift();
      continue;
    }
    for (const [, , word = ""] of line.matchAll(hereDocument)) open.push(word);
    kept.push(open.length > 0 ? line.replace(hereDocument, "") : line);
  }
  return kept.join("\n");
}

function lineDeeds(line: ShellLine, exitCode: number | null, depth: number): Deed[] {
  if (line.flat) return splitDeeds(line, exitCode, depth);
  const outcome = exitCode === null ? "unfinished" : "unknown";
  return [...line.commands, ...line.guessed]
    .filter((command) => !keyword.test(programName(command)))
    .flatMap((command) => commandDeeds(command, outcome, depth));
}

function splitDeeds(line: Line, exitCode: number | null, depth: number): Deed[] {
  const outcomes = outcomesOf(line, exitCode);
  return line.commands.flatMap((command, at) => {
    const outcome = outcomes[at] ?? "unknown";
    return outcome === "skipped" ? [] : commandDeeds(command, outcome, depth);
  });
}

function commandDeeds(command: SimpleCommand, outcome: CheckOutcome, depth: number): Deed[] {
  const written = effectOf(command) === "edit" ? [{ type: "edit" as const }] : [];
  const words = command.words.map(({ text }) => text);
  const check = checkOf(words);
  if (check) {
    const { kind, proves, writes, weak } = check;
    return [
      ...written,
      ...(writes ? [{ type: "edit" as const }] : []),
      {
        type: "check",
        kind,
        proves,
        command: shown(command),
        outcome: weak && outcome === "passed" ? "unknown" : outcome,
      },
    ];
  }
  const inner = depth < maxDepth ? innerDeeds(command, outcome, depth + 1) : null;
  if (inner) return [...written, ...inner];
  if (written.length > 0) return written;
  if (looksOnly(command) !== null || effectOf(command) === "none") return [];
  return command.words.length === 0 ? [] : [{ type: "run", command: shown(command), outcome }];
}

/** What a wrapper or a shell runs; null when the command runs nothing but itself. */
function innerDeeds(command: SimpleCommand, outcome: CheckOutcome, depth: number): Deed[] | null {
  const { carried } = command;
  if (carried === null || carried.standing === "guessed") return null;
  if (carried.script !== null) {
    if (outcome === "unknown") return lineDeeds(carried.script, 0, depth).map(doubted);
    return lineDeeds(carried.script, { passed: 0, failed: 1, unfinished: null }[outcome], depth);
  }
  if (carried.commands.length === 0) return null;
  // `find -exec` and several commands: whose exit code it is cannot be told.
  const own = carried.commands.length === 1 && !/^(find|fd|fdfind)$/.test(programName(command));
  const deeds = carried.commands.flatMap((each) => commandDeeds(each, outcome, depth));
  return own ? deeds : deeds.map(doubted);
}

const doubted = (deed: Deed): Deed =>
  deed.type === "edit" || deed.outcome === "unfinished" ? deed : { ...deed, outcome: "unknown" };

function shown(command: SimpleCommand): string {
  const text = command.raw.replace(/\s+/g, " ");
  return text.length > shownChars ? `${text.slice(0, shownChars - 1)}…` : text;
}

/** The check that a command of these words is; null when it is none that is known. */
export function checkOf(words: readonly string[], depth = 0): FoundCheck | null {
  const [first, ...args] = words;
  if (first === undefined || depth > maxDepth) return null;
  const program = first.replace(/^.*[\\/]/, "").replace(/\.(exe|cmd|bat)$/i, "");
  const line = args.join(" ");
  if (noCheck.test(` ${line}`)) return null;
  const row =
    rowsByProgram.get(program)?.find((each) => fits(each, positionals(args).join(" "), line)) ??
    scriptRow(program, first, args);
  if (row) return found(row, line);
  return launched(program, args, depth);
}

function found({ kind, proves = [], writes }: Omit<CheckRow, "programs">, line: string): FoundCheck {
  const changes = writes === "always" || (writes?.test(line) ?? false);
  return { kind, proves, writes: changes, weak: provesNothing.test(` ${line}`) };
}

function fits(row: Omit<CheckRow, "programs">, words: string, line: string): boolean {
  if (row.words && !row.words.test(words)) return false;
  if (row.needs && !row.needs.test(line)) return false;
  return !(row.unless?.test(line) ?? false);
}

/** The words that are no options and no values of options. */
function positionals(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).filter(
    (arg, at, list) => !/^[-+]/.test(arg) && !valuedOptions.has(list[at - 1] ?? ""),
  );
}

/** A script or target of the project, by the name it is run by. */
function scriptRow(
  program: string,
  path: string,
  args: readonly string[],
): Omit<CheckRow, "programs"> | undefined {
  const named = (name: string) => scriptRows.find(({ words }) => words?.test(name) ?? false);
  // `./scripts/test.sh`, `bin/test`; but not `/tmp/my-test`, which is what was built
  if (path.includes("/") && (/\.[a-z]+$/.test(path) || /^[a-z]+$/.test(program))) {
    const row = named(program.replace(/\.[a-z0-9]+$/i, ""));
    if (row) return row;
  }
  if (interpreters.has(program)) {
    const [file] = positionals(args);
    if (file !== undefined && testFile.test(file)) return { kind: "test" };
    const script =
      file !== undefined && /\.(sh|bash|zsh)$/.test(file) ? file.replace(/^.*\//, "") : undefined;
    const row = script === undefined ? undefined : named(script.replace(/\.[a-z]+$/, ""));
    if (row) return row;
  }
  const runner = Object.hasOwn(scriptRunners, program) ? scriptRunners[program] : undefined;
  if (!runner) return undefined;
  let words = positionals(args);
  if (program === "npm" && npmTest.test(words[0] ?? "")) return { kind: "test" };
  let called = runner.bare;
  if (program === "yarn" && words[0] === "workspace") words = words.slice(2);
  while (words.length > 0 && runner.after.test(words[0] ?? "")) {
    words = words.slice(1);
    called = true;
  }
  return called && words[0] !== undefined ? named(words[0]) : undefined;
}

/** The check a launcher starts: `npx vitest`, `uv run pytest`, `python -m pytest`, `php artisan test`. */
function launched(program: string, args: readonly string[], depth: number): FoundCheck | null {
  if (interpreters.has(program)) {
    const module = /^python|^pypy/.test(program) ? args.indexOf("-m") : -1;
    const from = module === -1 ? args.findIndex((arg) => !arg.startsWith("-")) : module + 1;
    const rest = from === -1 ? [] : args.slice(from);
    return rest.length === 0 ? null : checkOf(rest, depth + 1);
  }
  const ways = Object.hasOwn(launchers, program) ? (launchers[program] ?? []) : [];
  for (const way of ways) {
    const rest = afterWords(args, way);
    const check = rest === null || rest.length === 0 ? null : checkOf(rest, depth + 1);
    if (check) return check;
  }
  return null;
}

/** The words after a launcher's own words and options; null when its words are not there. */
function afterWords(args: readonly string[], own: readonly string[]): string[] | null {
  let at = 0;
  for (const word of [...own, null]) {
    for (; at < args.length; at++) {
      const arg = args[at] ?? "";
      if (arg === "--" || /^\w+=/.test(arg)) continue;
      if (!arg.startsWith("-")) break;
      if (valuedOptions.has(arg)) at += 1;
    }
    if (word === null) break;
    if (args[at] !== word) return null;
    at += 1;
  }
  return args.slice(at);
}
