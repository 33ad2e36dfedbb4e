/**
 * Whether a tool call may run. Order: what is never permitted, then rules that deny, ask, allow, then the mode.
 * Every decision names the rule that made it, where that rule stands, and why.
 */
import type { Decision, Mode } from "../core/permission.ts";
import {
  commandRule,
  type Judge,
  judgeAll,
  pathRule,
  placesOf,
  ruleAllows,
  unclearAsks,
  unseen,
} from "./command.ts";
import { hardDenied } from "./hard-deny.ts";
import { forbiddenEdits, guarded, isInProject, type Place, pathMatches, sensitive } from "./path-pattern.ts";
import { looksOnly } from "./read-only.ts";
import {
  commandMatches,
  domainMatches,
  type Effect,
  parseRule,
  type Rule,
  specKind,
  targets,
} from "./rule.ts";
import { everyCommand, type ShellLine, type SimpleCommand, unreadLine } from "./shell/line.ts";
import { candidateRules, type SuggestedCall, type WidthRule, widthCandidates } from "./suggest.ts";

/** The mode and all rules, in any order. */
export type Policy = {
  mode: Mode;
  rules: readonly Rule[];
  /** The freest mode the machine's policy permits; a freer one counts as this. */
  freest?: Mode;
};

/** A call, as policy sees it. */
export type PolicyCall = SuggestedCall;

const builtIn = "built-in";

function decision(effect: Effect, rule: string, source: string, reason: string, place?: string): Decision {
  return { effect, rule, source, reason, ...(place !== undefined && { place }) };
}

/** The modes, tightest first. */
export const tightness: readonly Mode[] = ["plan", "ask", "edit", "full"];

/** The mode that is in force: the freest that is permitted, if a freer one is wished for. */
export function modeInForce({ mode, freest = "full" }: Pick<Policy, "mode" | "freest">): Mode {
  return tightness.indexOf(mode) <= tightness.indexOf(freest) ? mode : freest;
}

const verbs = { allow: "allows", ask: "asks about", deny: "forbids" } as const;

function byRule(rule: Rule): Decision {
  return decision(
    rule.effect,
    rule.text,
    rule.source,
    `The rule ${rule.text} (${rule.source}) ${verbs[rule.effect]} it.`,
    rule.place,
  );
}

/** Decides whether a call may run, must be asked for, or is refused. Pure; never throws. */
export function decide(call: PolicyCall, wished: Policy): Decision {
  const policy = { ...wished, mode: modeInForce(wished) };
  if (call.intent.command !== undefined) return decideCommand(call, call.intent.command, policy);
  const deny = policy.rules.find((rule) => rule.effect === "deny" && matches(rule, call, "any"));
  const never = forbidden(call);
  if (never !== null) return never;
  if (deny) return byRule(deny);
  const reads = call.access === "read";
  if (policy.mode === "plan" && !reads && call.access !== "network")
    return decision("deny", "mode:plan", "mode", "Plan mode is read-only.");
  const ask = policy.rules.find((rule) => rule.effect === "ask" && matches(rule, call, "any"));
  if (ask) return byRule(ask);
  const allow = policy.rules.find((rule) => rule.effect === "allow" && matches(rule, call, "all"));
  if (allow) return byRule(allow);
  return byMode(call, policy.mode);
}

/** Edits no mode permits. */
function forbidden(call: PolicyCall): Decision | null {
  if (call.access !== "edit") return null;
  for (const path of call.intent.paths) {
    const pattern = forbiddenEdits.find((each) => pathMatches(each, path, call, true));
    if (pattern !== undefined)
      return decision(
        "deny",
        `Edit(${pattern})`,
        builtIn,
        `${path} holds credentials or runs at every login; Tau never changes it.`,
      );
  }
  return null;
}

/** Whether a rule is about a call: rules that forbid or ask by any of its paths, one that allows by all. */
function matches(rule: Rule, call: PolicyCall, how: "any" | "all"): boolean {
  if (!targets(rule, call)) return false;
  const { spec } = rule;
  if (spec === null) return true;
  const { paths, url } = call.intent;
  if (specKind(rule.target) === "domain") return url !== undefined && domainMatches(spec, hostOf(url));
  if (specKind(rule.target) !== "path" || paths.length === 0) return false;
  const one = (path: string) => pathMatches(spec, path, call, how === "any");
  return how === "any" ? paths.some(one) : paths.every(one);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

function byMode(call: PolicyCall, mode: Mode): Decision {
  const by = (effect: Effect, reason: string) => decision(effect, `mode:${mode}`, "mode", reason);
  if (mode === "full") return by("allow", "Full mode allows everything that is not forbidden.");
  const outside = call.intent.paths.find((path) => !isInProject(path, call));
  if (call.access === "read") {
    if (outside !== undefined)
      return decision("ask", "outside the project", builtIn, `${outside} is outside the project.`);
    const secret = call.intent.paths.map((path) => sensitive(path, call.home)).find((why) => why !== null);
    if (secret != null) return decision("ask", "credential file", builtIn, `${secret}.`);
    return by("allow", "Reading inside the project is allowed.");
  }
  if (call.access === "edit" && mode === "edit") {
    if (outside !== undefined)
      return decision("ask", "outside the project", builtIn, `${outside} is outside the project.`);
    const guard = call.intent.paths.find((path) => guarded(path, call));
    if (guard !== undefined)
      return decision("ask", "guarded folder", builtIn, `${guard} decides what git or Tau will run.`);
    return by("allow", "Edit mode allows changes inside the project.");
  }
  const what = {
    read: "",
    edit: "Changing files",
    execute: "Running commands",
    network: "Using the network",
  };
  return by("ask", `${what[call.access]} needs a yes in ${mode} mode.`);
}

/** Rules about a tool as a whole, or the whole line as written. */
function wholeRule(rules: readonly Rule[], effect: Effect, call: PolicyCall, line: string): Rule | undefined {
  return rules.find((rule) => {
    if (rule.effect !== effect || !targets(rule, call)) return false;
    // A pattern could match across commands; only the exact line speaks for all of them.
    return rule.spec === null || (!rule.spec.includes("*") && commandMatches(rule.spec, line.trim()));
  });
}

function decideCommand(call: PolicyCall, text: string, policy: Policy): Decision {
  const { mode, rules } = policy;
  const line = call.line ?? unreadLine(text);
  const refused = neverRun(line, call) ?? forbiddenOrAsked(line, call, text, policy);
  if (refused !== null) return refused;

  const judge: Judge = {
    mode,
    rules: mode === "plan" ? rules.filter((rule) => rule.target.kind === "reads") : rules,
    place: call,
    opened: call,
    edit: (path) =>
      decide({ ...call, name: "edit", access: "edit", intent: { summary: "", paths: [path] } }, policy),
  };
  if (mode === "plan") {
    if (!looksOnlyAll(line))
      return decision("deny", "mode:plan", "mode", "Plan mode only runs commands that read.");
    return judgeAll(line.commands, judge);
  }
  const whole = wholeRule(rules, "allow", call, text);
  // A rule that is the line, word for word, knows what it allows.
  if (whole !== undefined && whole.spec !== null) return ruleAllows(whole);
  const [unclear] = line.unclear;
  if (line.unread && unclear !== undefined) return unclearAsks(unclear);
  const asks = unseen(line, rules);
  if (whole) return asks ?? byRule(whole);
  const judged = unclear === undefined ? judgeAll(line.commands, judge) : unclearAsks(unclear);
  if (judged.effect !== "ask") return judged;
  return mode === "full" ? (asks ?? byMode(call, mode)) : judged;
}

/** What no mode and no rule permits. */
function neverRun(line: ShellLine, place: Place): Decision | null {
  for (const command of [...everyCommand(line.commands), ...line.guessed]) {
    for (const here of placesOf(command, place)) {
      const why = hardDenied(command, here);
      if (why !== null)
        return {
          ...decision("deny", "destructive command", builtIn, `${why}; Tau never runs that.`),
          part: command.raw,
        };
    }
    const written = forbiddenWrite(command, place);
    if (written !== null) return { ...written, part: command.raw };
  }
  return null;
}

/** The rule that denies a line or asks about it. */
function forbiddenOrAsked(line: ShellLine, call: PolicyCall, text: string, policy: Policy): Decision | null {
  const { mode, rules } = policy;
  const every = [...everyCommand(line.commands), ...line.guessed];
  for (const effect of ["deny", "ask"] as const) {
    if (effect === "ask" && mode === "plan" && !looksOnlyAll(line)) break;
    const whole = wholeRule(rules, effect, call, text);
    if (whole) return byRule(whole);
    for (const command of every) {
      const rule = commandRule(rules, effect, command) ?? pathRule(rules, effect, command, call);
      if (rule) return { ...byRule(rule), part: command.raw };
    }
  }
  return null;
}

/** Whether a command line is known to change nothing: it only reads, and writes nowhere. */
export function onlyReads(line: ShellLine): boolean {
  return looksOnlyAll(line);
}

/** Whether every command of a line is known to read only and writes nowhere. */
function looksOnlyAll(line: ShellLine): boolean {
  return (
    line.unclear.length === 0 &&
    line.commands.every(
      (command) =>
        looksOnly(command) !== null &&
        command.assignments.length === 0 &&
        command.redirects.every((redirect) => redirect.direction === "read"),
    )
  );
}

/** A command that writes where no mode may write. */
function forbiddenWrite(command: SimpleCommand, place: Place): Decision | null {
  const rules = forbiddenEdits.map((pattern) => forbiddingRule(pattern));
  const rule = pathRule(rules, "deny", command, place);
  return rule === undefined
    ? null
    : decision(
        "deny",
        rule.text,
        builtIn,
        "The command would change credentials or what runs at every login.",
      );
}

function forbiddingRule(pattern: string): Rule {
  return {
    effect: "deny",
    target: { kind: "edits" },
    spec: pattern,
    text: `Edit(${pattern})`,
    source: builtIn,
  };
}

/**
 * What stands when nobody can be asked: an `ask` becomes a refusal that says so and how to permit the call, with the
 * rule to write where one would do.
 */
export function headless(asked: Decision, call: PolicyCall): Decision {
  if (asked.effect !== "ask") return asked;
  const rule = suggestRule(call);
  // Shells take what stands in single quotes as it is.
  const option = rule === null ? "--allow" : `--allow '${rule.replaceAll("'", "'\\''")}'`;
  return {
    ...asked,
    effect: "deny",
    reason: `${asked.reason} Nobody is there to ask; the user can permit it with ${option} or a rule in the config.`,
  };
}

/**
 * The rule "always allow" would save: the command with its subcommand, the folder, the domain. Null when no rule
 * narrower than everything would allow this call.
 */
export function suggestRule(call: PolicyCall): string | null {
  const found = candidateRules(call).find(
    (rule) => decide(call, { mode: "ask", rules: [rule] }).effect === "allow",
  );
  return found?.text ?? null;
}

/** The rules of different widths that would allow this call, narrowest first: what a person may choose from. */
export function ruleWidths(call: PolicyCall): WidthRule[] {
  const offers = widthCandidates(call).filter(({ rule }) => allows(rule, call));
  return offers.filter(({ rule }, index) => offers.findIndex((other) => other.rule === rule) === index);
}

/** Whether a rule, by itself, would let a call run that needs a yes without it. False for what is no rule. */
export function allows(rule: string, call: PolicyCall): boolean {
  try {
    const parsed = parseRule(rule, "allow", "suggestion");
    return (
      decide(call, { mode: "ask", rules: [] }).effect === "ask" &&
      decide(call, { mode: "ask", rules: [parsed] }).effect === "allow"
    );
  } catch {
    return false; // a host the grammar has no words for, or a rule still being typed
  }
}
