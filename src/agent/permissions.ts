/** The permission state of a run: mode and rules, plus what a person allowed along the way. */
import { messageOf } from "../core/errors.ts";
import type { ApprovalAnswer, ApprovalDetails, Decision, Mode } from "../core/permission.ts";
import { approvalsSource } from "../policy/collect.ts";
import {
  allows,
  decide,
  headless,
  modeInForce,
  type Policy,
  type PolicyCall,
  ruleWidths,
  suggestRule,
} from "../policy/decide.ts";
import { commandVerdicts } from "../policy/explain.ts";
import { parseRule, type Rule } from "../policy/rule.ts";
import type { ShellLine } from "../policy/shell/line.ts";
import type { PreparedCall } from "./toolbox.ts";

/** Where calls are judged. */
export type Place = { cwd: string; projectRoot: string; home: string };

/** Saves a rule for later sessions in this project; resolves to the file it stands in. */
export type SaveRule = (rule: string) => Promise<string>;

/** What became of a rule, for the person who gave it. */
export type RuleNote = { level: "info" | "warning"; text: string };

/** Decides calls of one session. */
export class Permissions {
  #policy: Policy;
  readonly #place: Place;
  readonly #save: SaveRule;
  readonly #watchers = new Set<() => void>();

  constructor(policy: Policy, place: Place, save: SaveRule) {
    this.#policy = policy;
    this.#place = place;
    this.#save = save;
  }

  /** The mode in force: the machine's policy may hold it below what was wished for. */
  get mode(): Mode {
    return modeInForce(this.#policy);
  }

  set mode(mode: Mode) {
    this.#change({ ...this.#policy, mode });
  }

  /** Calls the watcher whenever decisions may have changed; returns what ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #change(policy: Policy): void {
    this.#policy = policy;
    for (const watcher of this.#watchers) watcher();
  }

  /** What policy says of a call in the current mode, with the rules as they are now. */
  decide(item: PreparedCall): Decision {
    return decide(this.#callOf(item), this.#policy);
  }

  /** The decision that stands when nobody is there to be asked. */
  nobodyToAsk(item: PreparedCall, decision: Decision): Decision {
    return headless(decision, this.#callOf(item));
  }

  /** What is never allowed, whatever the mode and the rules say, of a command; null where nothing is. */
  forbids(line: ShellLine): Decision | null {
    const decision = decide(this.#commandCall(line), { mode: "full", rules: [] });
    return decision.effect === "deny" ? decision : null;
  }

  /**
   * What policy says of a command that nobody will be asked about, with more rules for this once.
   * @throws TauError `config` for a rule that is none
   */
  decideCommand(line: ShellLine, allowed: readonly string[], source: string): Decision {
    const more = allowed.map((text) => parseRule(text, "allow", source));
    return decide(this.#commandCall(line), { ...this.#policy, rules: [...this.#policy.rules, ...more] });
  }

  /** Whether a command runs in mode edit without a question, and else the rule that names it word for word; null for none. */
  forCommand(line: ShellLine): { free: boolean; rule: string | null } {
    const call = this.#commandCall(line);
    const free = decide(call, { ...this.#policy, mode: "edit" }).effect === "allow";
    const exact = ruleWidths(call).find(({ width }) => width === "exact")?.rule ?? null;
    if (free || exact === null) return { free, rule: null };
    // A rule that forbids or asks stands above one that allows.
    const rules = [...this.#policy.rules, parseRule(exact, "allow", "session")];
    return {
      free,
      rule: decide(call, { ...this.#policy, mode: "edit", rules }).effect === "allow" ? exact : null,
    };
  }

  /** The rule "always allow" would add. */
  suggest(item: PreparedCall): string | null {
    return suggestRule(this.#callOf(item));
  }

  /** What a person may know of a call that asks. */
  details(item: PreparedCall): ApprovalDetails {
    const call = this.#callOf(item);
    return { rules: ruleWidths(call), commands: commandVerdicts(call, this.#policy) };
  }

  /**
   * Adds the rule of an answer, for the rest of the session or for this project from now on; what there is to tell of
   * that is returned. A rule that cannot be saved holds for the session.
   */
  async remember({ rule, scope }: ApprovalAnswer): Promise<RuleNote | null> {
    if (rule === undefined || scope === "once") return null;
    try {
      const parsed = parseRule(rule, "allow", scope === "project" ? approvalsSource : "session");
      this.add(parsed);
    } catch (error) {
      return { level: "warning", text: `The rule ${rule} was not added: ${messageOf(error)}` };
    }
    if (scope === "session") return null;
    try {
      return {
        level: "info",
        text: `${rule} is allowed in this project from now on: ${await this.#save(rule)}`,
      };
    } catch (error) {
      return { level: "warning", text: `${rule} holds for this session only: ${messageOf(error)}` };
    }
  }

  /** All rules in force, in no order. */
  get rules(): readonly Rule[] {
    return this.#policy.rules;
  }

  /** Adds a rule, for the rest of the session. */
  add(rule: Rule): void {
    this.#change({ ...this.#policy, rules: [...this.#policy.rules, rule] });
  }

  /** Takes a rule away, for the rest of the session. */
  drop(rule: Rule): void {
    this.#change({ ...this.#policy, rules: this.#policy.rules.filter((one) => one !== rule) });
  }

  /** Whether a rule, by itself, would let a call run that needs a yes without it. */
  wouldAllow(rule: string, item: PreparedCall): boolean {
    return allows(rule, this.#callOf(item));
  }

  #commandCall(line: ShellLine): PolicyCall {
    const { text } = line;
    return {
      name: "bash",
      access: "execute",
      intent: { summary: text, paths: [], command: text },
      line,
      ...this.#place,
    };
  }

  #callOf({ tool: { name, access }, intent, line }: PreparedCall): PolicyCall {
    return { name, access, intent, ...(line !== undefined && { line }), ...this.#place };
  }
}
