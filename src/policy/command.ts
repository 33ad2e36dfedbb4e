/** Judges one simple command: by rules, by what it is known to do, by where it reads and writes. */
import type { Decision, Mode } from "../core/permission.ts";
import { isInProject, type Place, pathMatches, sensitive } from "./path-pattern.ts";
import { changesFiles, looksOnly, readsFiles } from "./read-only.ts";
import { commandMatches, type Rule, specKind } from "./rule.ts";
import type { SimpleCommand } from "./shell.ts";
import { argumentPaths, type WordPath, wordPath } from "./word-paths.ts";
import { programName, unwrap } from "./wrappers.ts";

/** What judging a command needs to know. */
export type Judge = {
  mode: Mode;
  rules: readonly Rule[];
  place: Place;
  /** How a change of that path would be judged if the edit tool made it. */
  edit(path: string): Decision;
};

/** Variables that decide what a command runs, loads or trusts. */
const dangerousVariables =
  /^(PATH|IFS|ENV|HOME|SHELL|CDPATH|PS4|SHELLOPTS|BASHOPTS|GCONV_PATH|EDITOR|VISUAL|.*PAGER|.*_?EDITOR|BROWSER|MAKEFLAGS|(LD|DYLD|GIT|BASH|PYTHON|PERL|RUBY|NODE|NPM|JAVA|JDK|CARGO|RUST|GO|LUA|PHP|DOCKER|SSH|SSL|LESS|MAN|RIPGREP)(_?[A-Z].*)?|npm_.*|.*_?(OPTIONS|OPTS|FLAGS|WRAPPER|CONFIG|HOOK|COMMAND|PRELOAD|PROXY))$/i;
const harmlessVariables = new Set([
  "NODE_ENV",
  "CARGO_TERM_COLOR",
  "RUST_LOG",
  "RUST_BACKTRACE",
  "PYTHONUNBUFFERED",
  "PYTHONDONTWRITEBYTECODE",
]);

/** The first variable a command sets that could change what it does altogether. */
export function dangerousAssignment(command: SimpleCommand): string | undefined {
  return command.assignments
    .map((text) => /^\w+/.exec(text)?.[0] ?? "")
    .find((name) => !harmlessVariables.has(name) && dangerousVariables.test(name));
}

/** A word as rules are held against it: quoted where it would otherwise fall apart into several. */
function ruleWord(text: string): string {
  return /^[^\s"']+$/.test(text) ? text : JSON.stringify(text);
}

/** The ways to write a command that a rule which allows may match. */
function spellings(command: SimpleCommand): string[] {
  return [command.words.map((word) => ruleWord(word.text)).join(" "), command.raw];
}

/** The ways a rule that forbids is held against: also without folder, and without git's options before the subcommand. */
function allSpellings(command: SimpleCommand): string[] {
  const words = command.words.map((word) => word.text);
  const bare = [programName(command), ...words.slice(1)];
  const written = [...spellings(command), words.join(" "), bare.join(" ")];
  if (bare[0] !== "git") return written;
  const valued = new Set(["-C", "-c", "--git-dir", "--work-tree", "--namespace"]);
  let at = 1;
  while (bare[at]?.startsWith("-")) at += valued.has(bare[at] ?? "") ? 2 : 1;
  return [...written, ["git", ...bare.slice(at)].join(" ")];
}

/** The first command rule of an effect that matches; those that forbid or ask see through every spelling. */
export function commandRule(
  rules: readonly Rule[],
  effect: "deny" | "ask",
  command: SimpleCommand,
): Rule | undefined {
  return rules.find(
    (rule) =>
      rule.effect === effect &&
      specKind(rule.target) === "command" &&
      (rule.spec === null || allSpellings(command).some((text) => commandMatches(rule.spec ?? "", text))),
  );
}

/** A path rule that forbids (or asks for) what a command's words point at. */
export function pathRule(
  rules: readonly Rule[],
  effect: "deny" | "ask",
  command: SimpleCommand,
  place: Place,
): Rule | undefined {
  const reads = [...argumentPaths(command, place), ...redirected(command, "read", place)];
  const writes = redirected(command, "write", place);
  if (changesFiles(command)) writes.push(...argumentPaths(command, place));
  const matches = (rule: Rule, paths: readonly WordPath[]) =>
    paths.some(({ path }) => path !== null && pathMatches(rule.spec ?? "//**", path, place, true));
  return rules.find(
    (rule) =>
      rule.effect === effect &&
      rule.spec !== null &&
      ((rule.target.kind === "reads" && matches(rule, reads)) ||
        (rule.target.kind === "edits" && matches(rule, writes))),
  );
}

function redirected(command: SimpleCommand, direction: "read" | "write", place: Place): WordPath[] {
  return command.redirects
    .filter((redirect) => redirect.direction === direction)
    .map(({ target }) => wordPath(target, place));
}

const builtIn = "built-in";

function ask(rule: string, source: string, reason: string): Decision {
  return { effect: "ask", rule, source, reason };
}

/** Why reading a path is not taken as read; null when it is. */
function readingAsks({ text, path }: WordPath, { place, rules }: Judge): Decision | null {
  if (path === null) return ask("unknown path", builtIn, `It cannot be known which file ${text} stands for.`);
  if (/^\/dev\/(null|zero|stdin|stdout|stderr|tty|fd\/\d+)$/.test(path)) return null;
  const allowed = rules.some(
    (rule) =>
      rule.effect === "allow" &&
      rule.target.kind === "reads" &&
      (rule.spec === null || pathMatches(rule.spec, path, place, false)),
  );
  if (allowed) return null;
  if (!isInProject(path, place))
    return ask("outside the project", builtIn, `${path} is outside the project.`);
  const secret = sensitive(path, place.home);
  return secret === null ? null : ask("credential file", builtIn, `${secret}.`);
}

function first<Item>(items: readonly Item[], judge: (item: Item) => Decision | null): Decision | null {
  for (const item of items) {
    const decision = judge(item);
    if (decision !== null) return decision;
  }
  return null;
}

/** Judges where a command's output and input go; null when nothing stands against it. */
function judgeRedirects(command: SimpleCommand, judge: Judge): Decision | null {
  const written = first(redirected(command, "write", judge.place), ({ text, path }) => {
    if (path === null)
      return ask("unknown path", builtIn, `It cannot be known which file ${text} stands for.`);
    if (/^\/dev\/(null|stdout|stderr|tty)$/.test(path)) return null;
    const decision = judge.edit(path);
    if (decision.effect === "allow") return null;
    return { ...decision, reason: `The output goes to a file: ${decision.reason}` };
  });
  return written ?? first(redirected(command, "read", judge.place), (path) => readingAsks(path, judge));
}

/** The longest part of a command worth repeating in a sentence. */
const shownChars = 80;

/** A command as a sentence may show it. */
export function shownCommand(command: SimpleCommand): string {
  const { raw } = command;
  return raw.length > shownChars ? `${raw.slice(0, shownChars)}…` : raw;
}

/** Judges one command that no rule forbids: allowed, or to be asked for. */
export function judgeCommand(command: SimpleCommand, judge: Judge, depth = 0): Decision {
  const variable = dangerousAssignment(command);
  if (variable !== undefined)
    return ask("dangerous variable", builtIn, `It sets ${variable}, which can change what a command runs.`);
  const redirects = judgeRedirects(command, judge);
  if (redirects !== null) return redirects;
  if (command.words.length === 0)
    return { effect: "allow", rule: "assignment", source: builtIn, reason: "It only sets variables." };

  const rule = judge.rules.find(
    (each) =>
      each.effect === "allow" &&
      each.spec !== null &&
      specKind(each.target) === "command" &&
      spellings(command).some((text) => commandMatches(each.spec ?? "", text)),
  );
  const looks = looksOnly(command);
  if (rule !== undefined || looks !== null) {
    const reads = looks === "files" || (looks === null && readsFiles(command));
    const against = reads
      ? first(argumentPaths(command, judge.place), (path) => readingAsks(path, judge))
      : null;
    if (against !== null) return against;
    if (rule !== undefined)
      return {
        effect: "allow",
        rule: rule.text,
        source: rule.source,
        reason: `The rule ${rule.text} allows it.`,
      };
    return { effect: "allow", rule: "read-only command", source: builtIn, reason: "The command only reads." };
  }
  const inner = depth < 6 ? unwrap(command) : null;
  if (inner?.judged === true && inner.commands.length > 0) return judgeAll(inner.commands, judge, depth + 1);
  return ask(`mode:${judge.mode}`, builtIn, `No rule allows \`${shownCommand(command)}\`.`);
}

/** Judges commands that run together: each must be allowed, and a `cd` counts for those after it. */
export function judgeAll(commands: readonly SimpleCommand[], judge: Judge, depth = 0): Decision {
  let here = judge;
  let allowed: Decision | null = null;
  for (const command of commands) {
    const decision = judgeCommand(command, here, depth);
    if (decision.effect !== "allow") return decision;
    if (allowed === null || allowed.source === builtIn) allowed = decision;
    const [name, target] = command.words;
    if (name?.text === "cd" && target !== undefined) {
      const { path } = wordPath(target, here.place);
      if (path !== null) here = { ...here, place: { ...here.place, cwd: path } };
    }
  }
  return (
    allowed ?? { effect: "allow", rule: "empty command", source: builtIn, reason: "There is nothing to run." }
  );
}
