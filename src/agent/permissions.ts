/** The permission state of a run: mode and rules, plus what a person allowed along the way. */
import { messageOf } from "../core/errors.ts";
import type { ApprovalAnswer, Decision, Mode } from "../core/event.ts";
import { approvalsSource } from "../policy/collect.ts";
import { decide, headless, type Policy, suggestRule } from "../policy/decide.ts";
import { parseRule } from "../policy/rule.ts";
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

  constructor(policy: Policy, place: Place, save: SaveRule) {
    this.#policy = policy;
    this.#place = place;
    this.#save = save;
  }

  get mode(): Mode {
    return this.#policy.mode;
  }

  set mode(mode: Mode) {
    this.#policy = { ...this.#policy, mode };
  }

  /** What policy says of a call in the current mode, with the rules as they are now. */
  decide(item: PreparedCall): Decision {
    return decide(this.#callOf(item), this.#policy);
  }

  /** The decision that stands when nobody is there to be asked. */
  nobodyToAsk(item: PreparedCall, decision: Decision): Decision {
    return headless(decision, this.#callOf(item));
  }

  /** The rule "always allow" would add. */
  suggest(item: PreparedCall): string | null {
    return suggestRule(this.#callOf(item));
  }

  /**
   * Adds the rule of an answer, for the rest of the session or for this project from now on; what there is to tell of
   * that is returned. A rule that cannot be saved holds for the session.
   */
  async remember({ rule, scope }: ApprovalAnswer): Promise<RuleNote | null> {
    if (rule === undefined || scope === "once") return null;
    try {
      const parsed = parseRule(rule, "allow", scope === "project" ? approvalsSource : "session");
      this.#policy = { ...this.#policy, rules: [...this.#policy.rules, parsed] };
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

  #callOf(item: PreparedCall): Parameters<typeof decide>[0] {
    return { name: item.tool.name, access: item.tool.access, intent: item.intent, ...this.#place };
  }
}
