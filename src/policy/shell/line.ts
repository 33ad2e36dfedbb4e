/** What a shell line consists of, once it was read. Plain data; made by read.ts. */

/** A word with its quotes removed. */
export type Word = {
  /** Unquoted text; variables and substitutions stand in it as written. */
  text: string;
  /** It has a variable, a substitution, a pattern or a brace list, so what the command gets is not known. */
  dynamic: boolean;
  /** It began with an unquoted `~`. */
  tilde: boolean;
};

/** A redirection to or from a file. Those between descriptors and to /dev/null are not listed. */
export type Redirect = { direction: "read" | "write"; target: Word };

/** A part of a line that nobody can judge, and why. */
export type Unclear = {
  /** As a sentence names it: `a command whose name is computed`. */
  what: string;
  /** The part, as written. */
  text: string;
};

/** What a command runs beside itself. */
export type Carried = {
  /** The commands in its arguments, or in the script that is one of them. */
  commands: readonly SimpleCommand[];
  /** The whole of that script, where it is one. */
  script: ShellLine | null;
  /**
   * `judged`: the command adds nothing of its own, so judging what it runs is enough. `seen`: it needs leave as well as
   * what it runs. `guessed`: what it runs may be any of these, so only rules that forbid or ask look at them.
   */
  standing: "judged" | "seen" | "guessed";
  /** The word at which what it runs begins: a rule that reaches there is about both. */
  at: number;
};

/** Something a rule with a wildcard does not speak of, unless it reaches the word it begins with. */
export type Hidden = { what: string; at: number };

/** One command: what it sets, what it runs, where it reads and writes. */
export type SimpleCommand = {
  /** `NAME=value` before the first word, or after `export` and kin. */
  assignments: readonly string[];
  words: readonly Word[];
  redirects: readonly Redirect[];
  /** As written, blanks between words made single. */
  raw: string;
  /**
   * The ways to the folder it may run in: each is the targets of `cd` before it, in order. More than one where it cannot
   * be told whether a `cd` was reached or succeeded.
   */
  folders: readonly (readonly Word[])[];
  /** What its standard input is, when the line decides that: another command's output, or text in the line. */
  input: "pipe" | "text" | null;
  /** What it runs; null when it runs nothing but itself. */
  carried: Carried | null;
  /** What it does that its words do not show: code in an argument or on its input, options that run something. */
  hidden: readonly Hidden[];
};

/** A line, read. */
export type ShellLine = {
  text: string;
  /** Every simple command, those of substitutions before the command they stand in. */
  commands: readonly SimpleCommand[];
  /** What stands after `commands[i]`: `&&`, `||`, `|`, `|&`, `;`, `&` or a line break; nothing at the end of a part. */
  operators: readonly string[];
  /** It is a mere sequence of simple commands: no control flow, groups, functions or substitutions. */
  flat: boolean;
  /** What of it nobody can judge; empty when all of it was understood. */
  unclear: readonly Unclear[];
  /** Commands that may be in what was not understood; only rules that forbid or ask look at them. */
  guessed: readonly SimpleCommand[];
  /** There was no parser, so nothing of it is known. */
  unread: boolean;
};

/** Reads a line. Never throws. */
export type ReadShell = (text: string) => ShellLine;

/** A line as it is taken when there is no parser: nothing is known of it. */
export function unreadLine(text: string): ShellLine {
  const unclear = [{ what: "a shell command, and the shell parser could not be loaded", text }];
  return { text, commands: [], operators: [], flat: false, unclear, guessed: [], unread: true };
}

/** The last part of the path of a command's program. */
export function programName(command: SimpleCommand): string {
  return command.words[0]?.text.replace(/^.*\//, "") ?? "";
}

/** The commands and everything they run, all layers down: what rules that forbid are held against. */
export function everyCommand(commands: readonly SimpleCommand[]): SimpleCommand[] {
  return commands.flatMap((command) => [command, ...everyCommand(command.carried?.commands ?? [])]);
}

/** What of a line and of the scripts in it nobody can judge. */
export function allUnclear(line: ShellLine): Unclear[] {
  const scripts = everyCommand(line.commands).flatMap(({ carried }) => carried?.script?.unclear ?? []);
  return [...line.unclear, ...scripts];
}
