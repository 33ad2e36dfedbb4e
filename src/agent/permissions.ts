/** The permission state of a run: mode and rules, plus what a person allowed along the way. */
import { messageOf } from "../core/errors.ts";
import type { Decision, Mode } from "../core/event.ts";
import { decide, headless, type Policy, suggestRule } from "../policy/decide.ts";
import { parseRule } from "../policy/rule.ts";
import type { PreparedCall } from "./toolbox.ts";

/** Where calls are judged. */
export type Place = { cwd: string; projectRoot: string; home: string };

/** Decides calls of one session. */
export class Permissions {
  #policy: Policy;
  readonly #place: Place;

  constructor(policy: Policy, place: Place) {
    this.#policy = policy;
    this.#place = place;
  }

  get mode(): Mode {
    return this.#policy.mode;
  }

  set mode(mode: Mode) {
    this.#policy = { ...this.#policy, mode };
  }

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

  /** Adds an allow rule for the rest of the session; a rule that cannot be read is not added, and why is returned. */
  allow(rule: string): string | null {
    try {
      const parsed = parseRule(rule, "allow", "session");
      this.#policy = { ...this.#policy, rules: [...this.#policy.rules, parsed] };
      return null;
    } catch (error) {
      return `The rule ${rule} was not added: ${messageOf(error)}`;
    }
  }

  #callOf(item: PreparedCall): Parameters<typeof decide>[0] {
    return { name: item.tool.name, access: item.tool.access, intent: item.intent, ...this.#place };
  }
}
