/** What a command does that its words do not show: code in an argument or on its input, options that run something. */

import { type Hidden, programName, type SimpleCommand, type Word } from "./line.ts";
import { hasRunningOptions, runningOption } from "./options.ts";
import { isShell, maxGuesses, readsInput } from "./shells.ts";

/** Options after which a program's own language stands. */
const codeOptions: readonly { programs: RegExp; option: RegExp }[] = [
  { programs: /^(python|pypy|ipython)[\d.]*$/, option: /^-[a-zA-Z]*c/ },
  {
    programs: /^(node|nodejs|bun|tsx|ts-node)$/,
    option: /^(-[a-z]*[epr]|--(eval|print|require|import|loader|experimental-loader|env-file))/,
  },
  { programs: /^deno$/, option: /^(eval|-A|--allow-(all|run))$/ },
  { programs: /^perl[\d.]*$/, option: /^-[a-zA-Z0-9]*[eEMmIix]/ },
  {
    programs:
      /^(ruby|irb|jruby|crystal|elixir|iex|Rscript|R|julia|lua[\d.]*|luajit|guile|racket|sbcl|clisp|ghc|scala|groovy|jshell)$/,
    option: /^(-[a-zA-Z]*[erEl]|--(eval|execute|e))/,
  },
  { programs: /^php[\d.]*$/, option: /^-[a-zA-Z]*[rBREd]/ },
  { programs: /^(osascript|pwsh|powershell)$/, option: /^-/ },
];
const inputLanguages =
  /^(python|pypy)[\d.]*$|^(node|nodejs|perl|ruby|php|lua|tclsh|wish|expect|pwsh|osascript|bc|dc|gdb|psql|mysql|sqlite3|at|batch|ed|ex|R|julia|ghci|irb|deno|bun)$/;

const awk = /^([gmn]?awk|original-awk|busybox-awk)$/;
const awkRuns = /system|(?<!\|)\|(?!\|)|getline|printf?[^;}]*>|@(load|include)/;
const sedRuns =
  /(^|[;{\n}\d$/!,])\s*[ewWr](\s|$)|(^|[;{\s\d$/])s(.)(?:\\.|(?!\4).)*\4(?:\\.|(?!\4).)*\4[gpIMm\d]*[ew]/s;

/** Everything of that kind in a command itself; what it runs is looked at separately. */
export function hiddenIn(command: SimpleCommand): Hidden[] {
  const name = programName(command);
  const { words } = command;
  const args = words.slice(1).map(({ text }) => text);
  const found: Hidden[] = [...ofShells(name, command)];
  const code = codeOptions.find(({ programs }) => programs.test(name));
  const codeAt = code === undefined ? -1 : args.findIndex((arg) => code.option.test(arg));
  if (codeAt !== -1) found.push({ what: `code for ${name}`, at: codeAt + 1 });
  if (inputLanguages.test(name) && readsInput(words) && !onlyOptions(args) && command.input !== null)
    found.push({ what: `code for ${name} on its input`, at: Infinity });
  if (awk.test(name)) found.push(...ofScript(args, awkRuns, /^-[fil]|^--(file|include|load|exec)/, name));
  if (name === "sed" || name === "gsed") found.push(...ofScript(args, sedRuns, /^-[^-]*f|^--file/, name));
  const option = runningOption(name, args);
  if (option !== -1) found.push({ what: `${args[option]} of ${name}`, at: option + 1 });
  const unknown = hasRunningOptions(name) ? unknownOption(name, words) : -1;
  if (unknown !== -1) found.push({ what: `an argument that may be any option of ${name}`, at: unknown });
  if (/^(export|declare|typeset|local|readonly|env)$/.test(name)) {
    const computed = words.findIndex((word, at) => at > 0 && word.dynamic && !/^\w+=/.test(word.text));
    if (computed !== -1 && !(name === "env" && command.carried))
      found.push({ what: "a variable whose name is computed", at: computed });
  }
  if (command.carried?.standing === "guessed" && words.length > maxGuesses)
    found.push({ what: "more words than are looked at", at: Infinity });
  if (calculates(name, words)) found.push({ what: "text that is calculated with", at: Infinity });
  return found;
}

const onlyOptions = (args: readonly string[]): boolean =>
  args.length === 1 && /^(--version|-[vV]|--help|-h)$/.test(args[0] ?? "");

function ofShells(name: string, command: SimpleCommand): Hidden[] {
  const { words, carried } = command;
  const script = "a script that nobody can know";
  if (isShell(name)) {
    if (carried?.script) {
      const { at } = carried;
      return Number.isFinite(at) && words[at]?.dynamic ? [{ what: script, at }] : [];
    }
    const file = words.findIndex(({ text }, at) => at > 0 && !/^[-+]./.test(text));
    if (words[file]?.dynamic === true) return [{ what: script, at: file }];
    return readsInput(words) && !onlyOptions(words.slice(1).map(({ text }) => text))
      ? [{ what: "a script on its input", at: Infinity }]
      : [];
  }
  if (name === "eval" || name === "trap")
    return words.slice(1).some(({ dynamic }) => dynamic) ? [{ what: script, at: 1 }] : [];
  if (name === "source" || name === ".") {
    const file = words[1];
    const open = file === undefined || file.dynamic || /^(-$|\/dev\/|\/proc\/)/.test(file.text);
    return open ? [{ what: script, at: 1 }] : [];
  }
  return [];
}

/** The scripts of awk and sed: they can run commands and write files. */
function ofScript(args: readonly string[], runs: RegExp, fromFile: RegExp, name: string): Hidden[] {
  const file = args.findIndex((arg) => fromFile.test(arg));
  if (file !== -1) return [{ what: `a script of ${name} in a file`, at: file + 1 }];
  const script = args.findIndex((arg) => runs.test(arg) && !/^-[a-zA-Z]$/.test(arg));
  return script === -1
    ? []
    : [{ what: `a script of ${name} that may run or write something`, at: script + 1 }];
}

/** Subcommands of git none of whose options runs anything. */
const gitPlain =
  /^(add|commit|checkout|switch|branch|tag|status|mv|rm|restore|reset|stash|merge|cherry-pick|revert|notes)$/;

/** A word that begins with what nobody knows may be any option; behind `--` it is none. */
function unknownOption(name: string, words: readonly Word[]): number {
  if (name === "git" && gitPlain.test(words[1]?.text ?? "")) return -1;
  const end = words.findIndex(({ text }) => text === "--");
  const considered = end === -1 ? words : words.slice(0, end);
  return considered.findIndex(
    (word, at) => at > 0 && word.dynamic && /^[$`*?[{]/.test(word.text) && word.text !== "{}",
  );
}

/** Builtins that read a word as an expression, in which an index of an array may run a command. */
function calculates(name: string, words: readonly Word[]): boolean {
  const texts = words.slice(1).map(({ text }) => text);
  if (name === "let") return words.some(({ dynamic }) => dynamic) || texts.some((text) => /[$`[]/.test(text));
  const risky = (text: string): boolean => /\[.*[$`]/s.test(text);
  if (/^(unset|read|declare|typeset|local|export|readonly|mapfile|readarray|wait)$/.test(name))
    return texts.some(risky);
  if (name === "printf") return texts[0]?.startsWith("-v") === true;
  return (
    /^(test|\[|\[\[)$/.test(name) &&
    texts.includes("-v") &&
    words.some(({ text, dynamic }) => dynamic || risky(text))
  );
}
