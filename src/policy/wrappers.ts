/** Commands that run the command in their arguments: what a rule is about is what they run. */
import { looseCommands, type SimpleCommand, splitShell, type Word } from "./shell.ts";

/**
 * What a command runs. `judged`: the wrapper adds nothing of its own, so judging what it runs is enough.
 * Otherwise (sudo, or options not understood) the wrapper itself needs a rule; what it runs is still seen by rules
 * that forbid.
 */
export type Unwrapped = { judged: boolean; commands: SimpleCommand[] };

/** Options that take a value, by wrapper; any other option stands alone. */
const wrapperOptions: { readonly [name: string]: readonly string[] } = {
  timeout: ["-s", "--signal", "-k", "--kill-after"],
  time: ["-f", "--format", "-o", "--output"],
  nice: ["-n", "--adjustment"],
  ionice: ["-c", "-n", "-p"],
  nohup: [],
  setsid: [],
  stdbuf: ["-i", "-o", "-e"],
  command: [],
  builtin: [],
  exec: ["-a"],
  env: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string"],
  sudo: ["-u", "-g", "-p", "-C", "-D", "-h", "-r", "-t", "-T", "-U", "-R"],
  doas: ["-u", "-C"],
  xargs: [
    "-I",
    "-n",
    "-P",
    "-L",
    "-d",
    "-s",
    "-a",
    "-E",
    "--max-args",
    "--max-procs",
    "--delimiter",
    "--arg-file",
  ],
  watch: ["-n", "--interval"],
};

/** Wrappers that do more than run their command: run it as someone else, again and again, or write a file. */
const notTransparent = new Set(["sudo", "doas", "watch"]);

/** Options that make a transparent wrapper do something of its own, or run something this does not see. */
const activeOptions: { readonly [name: string]: readonly string[] } = {
  env: ["-S", "--split-string", "-C", "--chdir"],
  time: ["-o", "--output", "-a", "--append"],
  exec: ["-a"],
};

const shells = new Set(["bash", "sh", "zsh", "dash", "ksh", "ash"]);

/** The last part of a command's path. */
export function programName(command: SimpleCommand): string {
  return command.words[0]?.text.replace(/^.*\//, "") ?? "";
}

function commandOf(words: Word[], assignments: string[]): SimpleCommand {
  return { assignments, words, redirects: [], raw: words.map((word) => word.text).join(" ") };
}

function script(text: string): Unwrapped {
  const line = splitShell(text);
  return line.plain
    ? { judged: true, commands: line.commands }
    : { judged: false, commands: looseCommands(text) };
}

/** Where the script of `bash -c 'script'` is announced; -1 when there is none. */
const scriptOption = (words: readonly Word[]): number =>
  words.findIndex((word, index) => index > 0 && /^-[a-z]*c[a-z]*$/.test(word.text));

/** The script of `bash -c 'script'`; null when the command is not of that form. */
export function scriptOf(command: SimpleCommand): string | null {
  if (!shells.has(programName(command))) return null;
  const at = scriptOption(command.words);
  return at === -1 ? null : (command.words[at + 1]?.text ?? null);
}

/** `bash -c 'script'`: the script. A shell that runs a file, or a script nobody can know, is not looked into. */
function shellScript(words: readonly Word[]): Unwrapped | null {
  const at = scriptOption(words);
  const text = at === -1 ? undefined : words[at + 1];
  if (text === undefined) return null;
  const before = words.slice(1, at).every((word) => /^-[a-z-]+$/.test(word.text));
  // `-l` and `-i` run the user's start files, which is no more than the user's own shell does.
  const inner = script(text.text);
  return { judged: inner.judged && before && !text.dynamic, commands: inner.commands };
}

/** The commands after `-exec` and kin of find; `-delete` is `rm`. */
function findActions(words: readonly Word[]): SimpleCommand[] {
  return words.flatMap((word, index) => {
    if (word.text === "-delete") return [commandOf([{ ...word, text: "rm" }], [])];
    if (!/^-(exec|execdir|ok|okdir)$/.test(word.text)) return [];
    const rest = words.slice(index + 1);
    const end = rest.findIndex((each) => each.text === ";" || each.text === "+");
    return [commandOf(rest.slice(0, end === -1 ? rest.length : end), [])];
  });
}

function fdActions(words: readonly Word[]): SimpleCommand[] {
  const at = words.findIndex((word) => /^(-[xX]|--exec(-batch)?)$/.test(word.text));
  return at === -1 ? [] : [commandOf(words.slice(at + 1), [])];
}

function wrapped(name: string, words: readonly Word[]): Unwrapped | null {
  const valued = wrapperOptions[name] ?? [];
  const active = activeOptions[name] ?? [];
  const assignments: string[] = [];
  let judged = !notTransparent.has(name);
  let at = 1;
  for (; at < words.length; at += 1) {
    const text = words[at]?.text ?? "";
    if (text === "--") {
      at += 1;
      break;
    }
    if ((name === "env" || name === "sudo") && /^[A-Za-z_]\w*=/.test(text)) {
      assignments.push(text);
    } else if (text.startsWith("-") && text !== "-") {
      if (active.some((option) => text.startsWith(option))) judged = false;
      if (valued.includes(text)) at += 1;
    } else break;
  }
  if (name === "timeout") at += 1;
  const rest = words.slice(at);
  if (rest.length === 0) return null;
  if (rest[0]?.dynamic || rest[0]?.tilde) return { judged: false, commands: [commandOf(rest, assignments)] };
  // xargs adds arguments nobody knows.
  const unknown: Word[] = name === "xargs" ? [{ text: "$XARGS", dynamic: true, tilde: false }] : [];
  return { judged, commands: [commandOf([...rest, ...unknown], assignments)] };
}

/** What a command runs, one layer down; null when it runs nothing but itself. */
export function unwrap(command: SimpleCommand): Unwrapped | null {
  const name = programName(command);
  const { words } = command;
  if (shells.has(name)) return shellScript(words);
  if (name === "eval") {
    const rest = words.slice(1);
    const inner = script(rest.map((word) => word.text).join(" "));
    return { ...inner, judged: inner.judged && rest.every((word) => !word.dynamic) };
  }
  if (name === "find" || name === "fd" || name === "fdfind") {
    const commands = name === "find" ? findActions(words) : fdActions(words);
    return commands.length === 0 ? null : { judged: false, commands };
  }
  // `command -v ls` and `builtin` without a command only look.
  if (name === "command" && /^-[vV]/.test(words[1]?.text ?? "")) return null;
  return Object.hasOwn(wrapperOptions, name) ? wrapped(name, words) : null;
}

/** How deep wrappers are looked into; nobody nests deeper in good faith. */
const maxDepth = 6;

/** The command and everything it runs, all layers down: what rules that forbid are held against. */
export function everyCommand(command: SimpleCommand, depth = 0): SimpleCommand[] {
  const inner = depth < maxDepth ? (unwrap(command)?.commands ?? []) : [];
  return [command, ...inner.flatMap((each) => everyCommand(each, depth + 1))];
}
