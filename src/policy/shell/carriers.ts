/** Commands that run the command in their arguments: what a rule is about is what they run. */

import { hiddenIn } from "./hidden.ts";
import type { Carried, ShellLine, SimpleCommand, Word } from "./line.ts";
import { programName } from "./line.ts";
import { isShell, maxGuesses, readsInput } from "./shells.ts";

/** Reads a script that is one of a command's words. */
type ReadScript = (text: string) => ShellLine;

/** Options that take a value, by wrapper; any other option stands alone. */
const wrapperOptions: { readonly [name: string]: readonly string[] } = {
  timeout: ["-s", "--signal", "-k", "--kill-after"],
  gtimeout: ["-s", "--signal", "-k", "--kill-after"],
  time: ["-f", "--format", "-o", "--output"],
  nice: ["-n", "--adjustment"],
  ionice: ["-c", "-n", "-p"],
  chrt: [],
  taskset: [],
  nohup: [],
  setsid: [],
  stdbuf: ["-i", "-o", "-e"],
  unbuffer: [],
  command: [],
  builtin: [],
  exec: ["-a"],
  env: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string"],
  sudo: ["-u", "-g", "-p", "-C", "-D", "-h", "-r", "-t", "-T", "-U", "-R"],
  doas: ["-u", "-C"],
  xargs: "-I -n -P -L -d -s -a -E --max-args --max-procs --delimiter --arg-file --replace".split(" "),
  parallel: "-j --jobs -a --arg-file -d --delimiter -n -N -S --colsep --timeout --workdir".split(" "),
  watch: ["-n", "--interval"],
  busybox: [],
  toybox: [],
  coproc: [],
  noglob: [],
  nocorrect: [],
};

/** Words before the command that are no options: the time of `timeout`, the mask of `taskset`. */
const ownWords: { readonly [name: string]: number } = { timeout: 1, gtimeout: 1, chrt: 1, taskset: 1 };

/** Wrappers that do more than run their command: as someone else, again and again, over other names, unseen. */
const notTransparent = new Set("sudo doas watch busybox toybox coproc parallel chrt taskset".split(" "));

/** Options that make a transparent wrapper do something of its own, or run something this does not see. */
const activeOptions: { readonly [name: string]: readonly string[] } = {
  env: ["-S", "--split-string", "-C", "--chdir", "-", "--argv0", "-a"],
  time: ["-o", "--output", "-a", "--append"],
  exec: ["-a", "-l"],
};

/**
 * Commands that run some of their words, of which it is not known where those begin: programs of containers, packages
 * and debuggers, other machines.
 */
const launchers = new Set(
  `ssh npx bunx uvx nix-shell flock unshare nsenter chroot fakeroot proot bwrap firejail systemd-run runuser su pkexec
  script strace ltrace gdb lldb valgrind perf entr nodemon concurrently caffeinate torsocks proxychains tsocks cgexec numactl
  setarch linux32 linux64 prlimit softlimit daemonize start-stop-daemon rlwrap screen tmux hyperfine watchexec sg newgrp osascript`.split(
    /\s+/,
  ),
);

/** The same with a subcommand that runs something. */
const launchingSubcommands: readonly { programs: RegExp; subcommand: RegExp }[] = [
  { programs: /^(npm|pnpm|yarn|bun)$/, subcommand: /^(exec|x|dlx)$/ },
  { programs: /^(docker|podman|nerdctl|kubectl|oc|lxc|multipass)$/, subcommand: /^(exec|run|debug|sh)$/ },
  {
    programs: /^(uv|poetry|pipenv|pipx|hatch|rye|pdm|rustup|op|doppler|dotenv)$/,
    subcommand: /^(run|tool)$/,
  },
  {
    programs: /^(bundle|mise|asdf|direnv|rbenv|pyenv|nodenv|conda|vagrant|nix|guix|ip)$/,
    subcommand: /^(exec|x|run|ssh|shell|develop|environment|netns)$/,
  },
];

/** At which word what a launcher runs may begin; -1 where a command is none. */
function launchedFrom(name: string, words: readonly Word[]): number {
  if (launchers.has(name) || /^ld(-linux.*)?\.so/.test(name)) return 1;
  const row = launchingSubcommands.find(({ programs }) => programs.test(name));
  const at =
    row === undefined ? -1 : words.findIndex(({ text }, index) => index > 0 && row.subcommand.test(text));
  return at === -1 ? -1 : at + 1;
}

function commandOf(
  words: readonly Word[],
  assignments: readonly string[],
  outer: SimpleCommand,
): SimpleCommand {
  const raw = words.map(({ text }) => text).join(" ");
  const { folders, input } = outer;
  return { assignments, words, redirects: [], raw, folders, input, carried: null, hidden: [] };
}

/** The same commands, run where their wrapper is run. */
function moved(commands: readonly SimpleCommand[], { folders }: SimpleCommand): SimpleCommand[] {
  return commands.map((command) => ({
    ...command,
    folders: folders.flatMap((outer) => command.folders.map((inner) => [...outer, ...inner])),
    ...(command.carried && {
      carried: { ...command.carried, commands: moved(command.carried.commands, { ...command, folders }) },
    }),
  }));
}

/**
 * The command with what it runs, one layer down and all below, and what it hides.
 * @param given its standard input, where the line says it word for word
 */
export function completed(
  command: SimpleCommand,
  given: string | null,
  read: ReadScript,
  depth = 0,
): SimpleCommand {
  const inner =
    depth > maxDepth ? unreadable("commands nested too deep", command) : innerOf(command, given, read);
  const carried =
    inner === null || inner.standing === "guessed"
      ? inner
      : {
          ...inner,
          // Those of a script are complete.
          commands:
            inner.script === null || inner.script.commands.length === 0
              ? inner.commands.map((one) => completed(one, given, read, depth + 1))
              : inner.commands,
        };
  return { ...command, carried, hidden: hiddenIn({ ...command, carried }) };
}

/** How deep wrappers are looked into; nobody nests deeper in good faith. */
const maxDepth = 12;

const shellWords =
  /^(!|\{|\}|\(|\[\[|if|then|elif|else|fi|for|while|until|do|done|case|esac|function|select|time|coproc)$/;

function unreadable(what: string, { raw }: SimpleCommand): Carried {
  const unclear = [{ what, text: raw }];
  const line: ShellLine = {
    text: raw,
    commands: [],
    operators: [],
    flat: false,
    unclear,
    guessed: [],
    unread: false,
  };
  return { commands: [], script: line, standing: "seen", at: Infinity };
}

function innerOf(command: SimpleCommand, given: string | null, read: ReadScript): Carried | null {
  const name = programName(command);
  const { words } = command;
  if (isShell(name)) return shellScript(command, given, read);
  if (name === "eval" || name === "trap") return evaluated(command, read);
  if (name === "find" || name === "gfind") return listed(findActions(command), words);
  if (name === "fd" || name === "fdfind") return listed(fdActions(command), words);
  // `command -v ls` only looks.
  if (name === "command" && /^-[vV]/.test(words[1]?.text ?? "")) return null;
  if (Object.hasOwn(wrapperOptions, name)) return wrapped(name, command, read);
  const from = launchedFrom(name, words);
  return from === -1 ? null : launched(command, from, read);
}

function script(
  text: string,
  judged: boolean,
  at: number,
  command: SimpleCommand,
  read: ReadScript,
): Carried {
  const line = read(text);
  const commands = moved(line.commands, command);
  return { commands, script: { ...line, commands }, standing: judged ? "judged" : "seen", at };
}

/** Where the script of `bash -c 'script'` is announced; -1 when there is none. */
const scriptOption = (words: readonly Word[]): number =>
  words.findIndex((word, index) => index > 0 && /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word.text));

/** The script of a shell: after `-c`, or on its input. One in a file is not looked into. */
function shellScript(command: SimpleCommand, given: string | null, read: ReadScript): Carried | null {
  const { words } = command;
  const at = scriptOption(words);
  if (at === -1)
    return given === null || !readsInput(words) ? null : script(given, true, Infinity, command, read);
  const text = words.slice(at + 1).find((word) => !/^[-+]/.test(word.text));
  if (text === undefined) return null;
  // `-l` and `-i` run the user's start files, which is no more than the user's own shell does.
  const plain = words.slice(1, at).every((word) => /^-[a-zA-Z]+$/.test(word.text) && !word.dynamic);
  return script(text.text, plain && text === words[at + 1], at + 1, command, read);
}

/** `eval words` and `trap script signals`. */
function evaluated(command: SimpleCommand, read: ReadScript): Carried | null {
  const { words } = command;
  const rest = words.slice(1).filter(({ text }) => text !== "--");
  const scripts = programName(command) === "trap" ? rest.slice(0, 1) : rest;
  const text = scripts.map((word) => word.text).join(" ");
  if (text === "" || /^-[lp]?$/.test(text)) return null;
  return script(text, true, 1, command, read);
}

function listed(commands: SimpleCommand[], words: readonly Word[]): Carried | null {
  if (commands.length === 0) return null;
  const at = words.findIndex(({ text }) => /^-(exec|execdir|ok|okdir|delete|x|X|-exec)/.test(text)) + 1;
  return { commands, script: computed(commands), standing: "seen", at };
}

/** What cannot be judged of commands whose program is not known; null where all are. */
function computed(commands: readonly SimpleCommand[]): ShellLine | null {
  const one = commands.find(({ words }) => words[0] === undefined || words[0].dynamic || words[0].tilde);
  return one === undefined ? null : unreadable("a command whose name is computed", one).script;
}

/** The commands after `-exec` and kin of find; `-delete` is `rm`. */
function findActions(command: SimpleCommand): SimpleCommand[] {
  const { words } = command;
  return words.flatMap((word, index) => {
    if (word.text === "-delete") return [commandOf([{ ...word, text: "rm" }], [], command)];
    if (!/^-(exec|execdir|ok|okdir)$/.test(word.text)) return [];
    const rest = words.slice(index + 1);
    const end = rest.findIndex((each) => each.text === ";" || each.text === "+");
    return [commandOf(rest.slice(0, end === -1 ? rest.length : end), [], command)];
  });
}

function fdActions(command: SimpleCommand): SimpleCommand[] {
  const { words } = command;
  const at = words.findIndex((word) => /^(-[xX]|--exec(-batch)?)$/.test(word.text));
  return at === -1 ? [] : [commandOf(words.slice(at + 1), [], command)];
}

function wrapped(name: string, command: SimpleCommand, read: ReadScript): Carried | null {
  const { words } = command;
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
    const split = name === "env" ? splitString(words, at) : null;
    if (split !== null) return script(split, false, at, command, read);
    if (/^(env|sudo|doas|time)$/.test(name) && /^[A-Za-z_]\w*\+?=/.test(text)) assignments.push(text);
    else if (/^-./.test(text) || (text === "-" && name === "env")) {
      if (active.some((option) => text.startsWith(option))) judged = false;
      if (valued.includes(text)) at += 1;
    } else break;
  }
  at += ownWords[name] ?? 0;
  const rest = words.slice(at);
  const [first] = rest;
  if (first === undefined) return null;
  // Behind `time`, which is a word of the shell, may stand whatever the shell has a word for.
  if (/^(time|coproc)$/.test(name) && shellWords.test(first.text))
    return unreadable(`${first.text} behind ${name}`, command);
  if (name === "parallel" && /\s/.test(first.text)) return script(first.text, false, at, command, read);
  // xargs and parallel add arguments nobody knows.
  const adds = name === "xargs" || name === "parallel";
  const unknown: Word[] = adds ? [{ text: "$XARGS", dynamic: true, tilde: false }] : [];
  const commands = [commandOf([...rest, ...unknown], assignments, command)];
  return {
    commands,
    script: computed(commands),
    standing: judged ? "judged" : "seen",
    at,
  };
}

/** The value of `env -S`, which is a command line of its own. */
function splitString(words: readonly Word[], at: number): string | null {
  const text = words[at]?.text ?? "";
  const rest = words.slice(at + 1).map((word) => word.text);
  if (/^(-[a-zA-Z0]*S|--split-string)$/.test(text)) return rest.join(" ");
  const value = /^(?:-[a-zA-Z0]*S|--split-string=)(.+)$/s.exec(text)?.[1];
  return value === undefined ? null : [value, ...rest].join(" ");
}

/** Every rest of the words may be what is run, and the last word a script of another shell. */
function launched(command: SimpleCommand, from: number, read: ReadScript): Carried | null {
  const { words } = command;
  const commands = words.slice(from, from + maxGuesses).flatMap((word, index) => {
    if (/^-/.test(word.text)) return [];
    const guess = commandOf(words.slice(from + index), [], command);
    if (launchedFrom(programName(guess), guess.words) !== -1) return [guess];
    return [completed(guess, null, read, maxDepth - 2)];
  });
  const last = words.length > 1 ? words.at(-1) : undefined;
  if (last !== undefined && /[\s;&|]/.test(last.text))
    commands.push(...moved(read(last.text).commands, command));
  return commands.length === 0 ? null : { commands, script: null, standing: "guessed", at: Infinity };
}
