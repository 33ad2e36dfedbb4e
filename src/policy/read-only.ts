/**
 * Commands that only look. Each entry refuses the arguments with which its command can write, run something else or
 * open the network; long options may be abbreviated by GNU getopt and by git, so prefixes are refused, not names.
 */

import { programName, type SimpleCommand } from "./shell/line.ts";

type Check = (args: readonly string[]) => boolean;

const always: Check = () => true;
const never =
  (...patterns: RegExp[]): Check =>
  (args) =>
    !args.some((arg) => patterns.some((pattern) => pattern.test(arg)));
const positionals = (args: readonly string[]) => args.filter((arg) => !arg.startsWith("-") || arg === "-");
const atMost =
  (count: number): Check =>
  (args) =>
    positionals(args).length <= count;
const only =
  (...patterns: RegExp[]): Check =>
  (args) =>
    args.every((arg) => patterns.some((pattern) => pattern.test(arg)));

/** Commands whose arguments are text, not files. */
const textCommands: { readonly [name: string]: Check } = {
  ":": always,
  echo: always,
  // `printf -v name` sets a variable, PATH too.
  printf: never(/^-v/),
  true: always,
  false: always,
  pwd: always,
  whoami: always,
  id: always,
  groups: always,
  uname: always,
  hostname: only(/^-[a-z]$/),
  date: never(/^-[^-]*s/, /^--s/),
  uptime: always,
  nproc: always,
  sleep: always,
  seq: always,
  basename: always,
  dirname: always,
  which: always,
  type: always,
  command: (args) => /^-[vV]$/.test(args[0] ?? ""),
  expr: always,
  env: (args) => args.length === 0,
  printenv: always,
  tr: always,
};

/** Commands that read the files they are given. */
const fileCommands: { readonly [name: string]: Check } = {
  cd: atMost(1),
  ls: always,
  cat: always,
  head: always,
  tail: always,
  wc: always,
  nl: always,
  tac: always,
  rev: always,
  cut: always,
  paste: always,
  fold: always,
  column: always,
  comm: always,
  join: always,
  cmp: always,
  diff: always,
  md5sum: always,
  sha1sum: always,
  sha256sum: always,
  sha512sum: always,
  b2sum: always,
  cksum: always,
  stat: always,
  file: never(/^-[^-]*C/, /^--c/, /^-[^-]*m/, /^--m/, /^-[^-]*z/i, /^--u/),
  du: always,
  df: always,
  tree: never(/^-[^-]*o/, /^-[^-]*R/, /^--o/),
  realpath: always,
  readlink: always,
  test: always,
  "[": always,
  "[[": always,
  uniq: atMost(1),
  sort: never(/^-[^-]*[oT]/, /^--o/, /^--co/, /^--te/),
  grep: always,
  egrep: always,
  fgrep: always,
  rg: never(/^--pre/, /^--hostname-bin/, /^-[^-]*z/, /^--search-zip/),
  find: never(/^-(exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls|files0-from)$/),
  fd: never(/^-[^-]*[xX]/, /^--exec/),
  xxd: (args) => atMost(1)(args) && never(/^-[^-]*r/)(args),
  od: always,
  hexdump: always,
  strings: always,
  jq: always,
  // Of sed only what prints ranges of lines: its scripts can write files and run commands.
  sed: (args) =>
    args[0] === "-n" && /^(\d+|\$)(,(\d+|\$))?p$/.test(args[1] ?? "") && never(/^-/)(args.slice(2)),
};

/** Programs of which only the question for their version is known to be harmless. */
const versioned = new Set(
  "node npm npx pnpm yarn bun deno python python3 pip pip3 ruby go cargo rustc java javac gcc g++ clang make cmake git rg tsc docker kubectl bash".split(
    " ",
  ),
);

const listing =
  /^-(a|r|v|vv|l|-list|-all|-remotes|-verbose|-show-current|-sort=.*|-format=.*|-no-color|-column)$/;
/** `--output` and `--ext-diff` in any abbreviation; `--oneline` and `--ours` are harmless. */
const gitWrites = never(/^--o(?!n|ur)/, /^--ex/, /^-O/, /^--open/, /^--text/);

const git: { readonly [subcommand: string]: Check } = {
  status: gitWrites,
  log: gitWrites,
  diff: gitWrites,
  show: gitWrites,
  blame: gitWrites,
  shortlog: gitWrites,
  "rev-parse": gitWrites,
  "rev-list": gitWrites,
  "ls-files": gitWrites,
  "ls-tree": gitWrites,
  "cat-file": never(/^--text/, /^--filters/),
  "merge-base": gitWrites,
  "name-rev": gitWrites,
  "for-each-ref": gitWrites,
  "diff-tree": gitWrites,
  "count-objects": gitWrites,
  "check-ignore": gitWrites,
  describe: gitWrites,
  grep: gitWrites,
  branch: (args) =>
    only(listing)(args) ||
    (/^(-l|--list)$/.test(args[0] ?? "") && args.slice(1).every((arg) => !arg.startsWith("-"))),
  tag: (args) =>
    args.length === 0 || (/^(-l|--list|-n\d*)$/.test(args[0] ?? "") && only(/^[^-]/, listing)(args.slice(1))),
  remote: (args) => only(/^(-v|--verbose)$/)(args) || (args[0] === "get-url" && only(/^[^-]/)(args.slice(1))),
  stash: (args) => args[0] === "list" || (args[0] === "show" && gitWrites(args)),
  config: (args) =>
    /^(--get|--get-all|--list|-l|get|list)$/.test(args[0] ?? "") && only(/^[^-]/)(args.slice(1)),
  reflog: (args) => args.length === 0 || (args[0] === "show" && gitWrites(args)),
  worktree: (args) => args[0] === "list",
};

/** git runs what its options before the subcommand say (`-c core.pager=…`), so only two are known. */
function gitLooks(args: readonly string[]): boolean {
  const first = args.findIndex((arg) => !/^(--no-pager|-P|--no-optional-locks)$/.test(arg));
  const subcommand = args[first];
  if (subcommand === undefined || !Object.hasOwn(git, subcommand)) return false;
  return git[subcommand]?.(args.slice(first + 1)) === true;
}

/**
 * Whether a command is known only to look: `text` when its arguments are no files, `files` when it reads those it is
 * given, null when it is not known. Only commands called by bare name count: `/tmp/ls` may be anything.
 */
export function looksOnly(command: SimpleCommand): "text" | "files" | null {
  const [name, ...args] = command.words.map((word) => word.text);
  if (name === undefined || command.hidden.length > 0) return null;
  // An option whose value a variable decides may be any option.
  const open = command.words.some((word) => word.dynamic && /^[$`<>]/.test(word.text));
  if (open)
    return Object.is(textCommands[name], always)
      ? "text"
      : Object.is(fileCommands[name], always)
        ? "files"
        : null;
  if (args.length === 1 && /^(--version|-[vV]|version)$/.test(args[0] ?? "") && versioned.has(name))
    return "text";
  if (Object.hasOwn(textCommands, name)) return textCommands[name]?.(args) === true ? "text" : null;
  if (name === "git") return gitLooks(args) ? "files" : null;
  return Object.hasOwn(fileCommands, name) && fileCommands[name]?.(args) === true ? "files" : null;
}

/** Whether a command reads the files among its arguments, whatever its options. */
export function readsFiles(command: SimpleCommand): boolean {
  const name = programName(command);
  return Object.hasOwn(fileCommands, name) || ["sed", "awk", "less", "more", "base64", "git"].includes(name);
}

/** Commands whose arguments name what they change. */
const writers = new Set(
  "rm mv cp touch tee truncate dd ln install chmod chown mkdir rmdir sed patch shred unlink rsync".split(" "),
);

/** Whether a command changes the files among its arguments. */
export function changesFiles(command: SimpleCommand): boolean {
  return writers.has(programName(command));
}
