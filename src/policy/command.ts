/** Judges one simple command: by rules, by what it is known to do, by where it reads and writes. */
import type { Decision, Mode } from "../core/permission.ts";
import { isInProject, type Place, pathMatches, sensitive } from "./path-pattern.ts";
import { changesFiles, looksOnly, readsFiles } from "./read-only.ts";
import { commandMatches, type Rule, specKind } from "./rule.ts";
import {
  allUnclear,
  type Carried,
  everyCommand,
  type Hidden,
  programName,
  type ShellLine,
  type SimpleCommand,
  type Unclear,
} from "./shell/line.ts";
import { maySpeakOf, reaches, speaksOf, spellings } from "./spelling.ts";
import { argumentPaths, type WordPath, wordPath } from "./word-paths.ts";

/** What judging a command needs to know. */
export type Judge = {
  mode: Mode;
  rules: readonly Rule[];
  /** Where the command runs. */
  place: Place;
  /** Where the line began, which is what the user opened Tau on; `cd` does not move that. */
  opened: Place;
  /** How a change of that path would be judged if the edit tool made it. */
  edit(path: string): Decision;
};

/** Variables that decide what a command runs, loads or trusts. */
const dangerousVariables =
  /^(PATH|IFS|ENV|HOME|SHELL|CDPATH|PS4|SHELLOPTS|BASHOPTS|GCONV_PATH|EDITOR|VISUAL|.*PAGER|.*_?EDITOR|BROWSER|MAKEFLAGS|(LD|DYLD|GIT|BASH|PYTHON|PERL|RUBY|NODE|NPM|JAVA|JDK|CARGO|RUST|GO|LUA|PHP|DOCKER|SSH|SSL|LESS|MAN|RIPGREP)(_?[A-Z\d].*)?|PROMPT_COMMAND|npm_.*|.*_?(OPTIONS|OPTS|FLAGS|WRAPPER|CONFIG|HOOK|COMMAND|PRELOAD|PROXY))$/i;
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

/** The first command rule of an effect that matches, seeing through every spelling. */
export function commandRule(
  rules: readonly Rule[],
  effect: "deny" | "ask",
  command: SimpleCommand,
): Rule | undefined {
  return rules.find(
    (rule) => rule.effect === effect && specKind(rule.target) === "command" && speaksOf(rule, command),
  );
}

/** The folders a command may run in; `unknown` stands for one that a `cd` nobody can follow leads to. */
export function placesOf(command: SimpleCommand, place: Place, unknown: string | null = null): Place[] {
  return command.folders.map((steps) =>
    steps.reduce((at, step) => ({ ...at, cwd: wordPath(step, at).path ?? unknown ?? at.cwd }), place),
  );
}

/** A path rule that forbids (or asks for) what a command's words point at. */
export function pathRule(
  rules: readonly Rule[],
  effect: "deny" | "ask",
  command: SimpleCommand,
  start: Place,
): Rule | undefined {
  for (const place of placesOf(command, start)) {
    const reads = [...argumentPaths(command, place), ...redirected(command, "read", place)];
    const writes = redirected(command, "write", place);
    if (changesFiles(command) || downloads.has(programName(command)))
      writes.push(...argumentPaths(command, place));
    const matches = (rule: Rule, paths: readonly WordPath[]) =>
      paths.some(({ path }) => path !== null && pathMatches(rule.spec ?? "//**", path, place, true));
    const found = rules.find(
      (rule) =>
        rule.effect === effect &&
        rule.spec !== null &&
        ((rule.target.kind === "reads" && matches(rule, reads)) ||
          (rule.target.kind === "edits" && matches(rule, writes))),
    );
    if (found) return found;
  }
  return undefined;
}

/** Programs that write where an option says. */
const downloads = new Set("curl wget sort tar unzip scp git openssl gpg".split(" "));

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
function readingAsks({ text, path }: WordPath, { place, opened, rules }: Judge): Decision | null {
  if (path === null) return ask("unknown path", builtIn, `It cannot be known which file ${text} stands for.`);
  if (/^\/dev\/(null|zero|stdin|stdout|stderr|tty|fd\/\d+)$/.test(path)) return null;
  const allowed = rules.some(
    (rule) =>
      rule.effect === "allow" &&
      rule.target.kind === "reads" &&
      (rule.spec === null || pathMatches(rule.spec, path, place, false)),
  );
  if (allowed) return null;
  if (!isInProject(path, opened))
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
function judgeCommand(command: SimpleCommand, judge: Judge): Decision {
  const { raw } = command;
  const decisions = placesOf(command, judge.place, "/").map((place) =>
    judgeHere(command, { ...judge, place }),
  );
  const [decision = judgeHere(command, judge)] = [
    ...decisions.filter(({ effect }) => effect !== "allow"),
    ...decisions,
  ];
  return decision.part === undefined ? { ...decision, part: raw } : decision;
}

function judgeHere(command: SimpleCommand, judge: Judge): Decision {
  const variable = dangerousAssignment(command);
  if (variable !== undefined)
    return ask("dangerous variable", builtIn, `It sets ${variable}, which can change what a command runs.`);
  const redirects = judgeRedirects(command, judge);
  if (redirects !== null) return redirects;
  if (command.words.length === 0)
    return { effect: "allow", rule: "assignment", source: builtIn, reason: "It only sets variables." };

  const rules = judge.rules.filter(
    (each) =>
      each.effect === "allow" &&
      each.spec !== null &&
      specKind(each.target) === "command" &&
      spellings(command).some((text) => commandMatches(each.spec ?? "", text)),
  );
  const looks = looksOnly(command);
  if (rules.length > 0 || looks !== null) {
    const reads = looks === "files" || (looks === null && readsFiles(command));
    const against = reads
      ? first(argumentPaths(command, judge.place), (path) => readingAsks(path, judge))
      : null;
    if (against !== null) return against;
    if (looks !== null && rules.length === 0)
      return {
        effect: "allow",
        rule: "read-only command",
        source: builtIn,
        reason: "The command only reads.",
      };
    const judged = rules.map((rule) => byAllowRule(rule, command, judge));
    return judged.find(({ effect }) => effect === "allow") ?? judged[0] ?? noRule(command, judge);
  }
  const { carried } = command;
  const [hidden] = command.hidden;
  if (carried?.standing === "judged" && hidden === undefined) return judgeCarried(carried, judge);
  if (hidden !== undefined) return hiddenAsks(hidden, command);
  return noRule(command, judge);
}

function noRule(command: SimpleCommand, { mode }: Judge): Decision {
  return ask(`mode:${mode}`, builtIn, `No rule allows \`${shownCommand(command)}\`.`);
}

function hiddenAsks({ what }: Hidden, command: SimpleCommand): Decision {
  return ask(
    "hidden command",
    builtIn,
    `It has ${what}, which can run anything: \`${shownCommand(command)}\`.`,
  );
}

/**
 * What a rule that allows comes to. One with a wildcard is about the program it names: what an option or an argument
 * makes that program run needs its own leave, unless the rule names it as well.
 */
function byAllowRule(rule: Rule, command: SimpleCommand, judge: Judge): Decision {
  const { carried } = command;
  const hidden = command.hidden.find(({ at }) => !reaches(rule, at));
  if (hidden !== undefined) return hiddenAsks(hidden, command);
  if (carried !== null && carried.standing !== "guessed" && !reaches(rule, carried.at)) {
    const inner = judgeCarried(carried, judge);
    if (inner.effect !== "allow") return inner;
  }
  return ruleAllows(rule);
}

/** The decision of a rule that allows. */
export function ruleAllows({ text, source, place }: Rule): Decision {
  const reason = `The rule ${text} allows it.`;
  return { effect: "allow", rule: text, source, reason, ...(place !== undefined && { place }) };
}

function judgeCarried({ commands, script }: Carried, judge: Judge): Decision {
  const [unclear] = script?.unclear ?? [];
  return unclear === undefined ? judgeAll(commands, judge) : unclearAsks(unclear);
}

/** The decision about a part nobody can judge. */
export function unclearAsks({ what, text }: Unclear): Decision {
  const shown = text.length > shownChars ? `${text.slice(0, shownChars)}…` : text;
  return {
    ...ask("shell syntax", builtIn, `It contains ${what}, which rules cannot see through: \`${shown}\`.`),
    part: text,
  };
}

/** Judges commands that run together: each must be allowed. */
export function judgeAll(commands: readonly SimpleCommand[], judge: Judge): Decision {
  let allowed: Decision | null = null;
  for (const command of commands) {
    const decision = judgeCommand(command, judge);
    if (decision.effect !== "allow") return decision;
    if (allowed === null || allowed.source === builtIn) allowed = decision;
  }
  return (
    allowed ?? { effect: "allow", rule: "empty command", source: builtIn, reason: "There is nothing to run." }
  );
}

/**
 * The first thing in a line that a rule which forbids cannot see: while there are such rules, it must not run unasked,
 * whatever else allows it.
 */
export function unseen(line: ShellLine, rules: readonly Rule[]): Decision | null {
  const forbidding = rules.filter(
    (rule) => rule.effect !== "allow" && rule.spec !== null && specKind(rule.target) === "command",
  );
  if (forbidding.length === 0) return null;
  const [unclear] = allUnclear(line);
  if (unclear !== undefined) return unclearAsks(unclear);
  return first(everyCommand(line.commands), (command) => {
    const why = unseenIn(command, forbidding);
    return why === null ? null : { ...why, part: command.raw };
  });
}

function unseenIn(command: SimpleCommand, forbidding: readonly Rule[]): Decision | null {
  const variable = dangerousAssignment(command);
  if (variable !== undefined)
    return ask("dangerous variable", builtIn, `It sets ${variable}, which can change what a command runs.`);
  const [hidden] = command.hidden;
  if (hidden !== undefined) return hiddenAsks(hidden, command);
  const rule = forbidding.find((each) => maySpeakOf(each, command));
  return rule === undefined
    ? null
    : ask(rule.text, rule.source, `It may be what the rule ${rule.text} (${rule.source}) is about.`);
}
