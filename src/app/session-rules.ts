/** The rules of a session, as front ends see them: what is in force, adding some, and taking some away. */
import { join } from "node:path";
import type { Permissions } from "../agent/permissions.ts";
import type { Toolbox } from "../agent/toolbox.ts";
import { approvalsFile, removeApproval, saveApproval } from "../config/approvals.ts";
import { TauError } from "../core/errors.ts";
import { approvalsSource, layerSource } from "../policy/collect.ts";
import { type Effect, parseRule, type Rule } from "../policy/rule.ts";
import { refuseUnknownTool } from "../policy/tool-names.ts";
import type { PastMatches, RuleScope, SessionRules } from "./contract.ts";
import type { Parts } from "./parts.ts";
import { ownPlace, projectPlace, type SettingsPlace } from "./settings-place.ts";

/** Calls a new rule is held against. */
const lookedCalls = 500;
/** Matches that are named. */
const namedMatches = 4;

/** Makes them. */
export function sessionRules(parts: Parts, permissions: Permissions, toolbox: () => Toolbox): SessionRules {
  const { options, paths, root, ledger } = parts;
  /** Null for the file of approvals, which is none of settings. */
  const placeOf = (scope: Exclude<RuleScope, "session">, effect: Effect): SettingsPlace | null => {
    if (scope === "user") return ownPlace(parts, null);
    return effect === "allow" ? null : projectPlace(parts, "local");
  };
  const fileOf: SessionRules["fileOf"] = (scope, effect) =>
    scope === "session" ? null : (placeOf(scope, effect)?.path ?? approvalsFile(paths));

  return {
    all: () => permissions.rules,
    fileOf,
    async add({ effect, rule: text, scope }) {
      refuseUnknownTool(text, "your rule");
      const rule = parseRule(text, effect, sourceOf(scope, effect));
      if (scope !== "session") {
        const place = placeOf(scope, effect);
        if (place === null) await saveApproval(paths, root, rule.text, options.now);
        else await (await lists()).addRule({ ...place, effect }, rule.text, options.now);
        // Another session of this process is in the same project.
        parts.rules = [...parts.rules, rule];
      }
      permissions.add(rule);
      return fileOf(scope, effect);
    },
    async forget(rule) {
      const place = placeOfRule(parts, rule);
      if (rule.source === approvalsSource) await removeApproval(paths, root, rule.text, options.now);
      else if (place !== null)
        await (await lists()).removeRule({ ...place, effect: rule.effect }, rule.text, options.now);
      else if (rule.source !== "session")
        throw new TauError("usage", `${rule.text} stands in ${rule.source}`, nextOf(rule));
      parts.rules = parts.rules.filter((one) => !isSame(one, rule));
      permissions.drop(rule);
      return rule.source === approvalsSource ? approvalsFile(paths) : (place?.path ?? null);
    },
    forCommand: (command) => permissions.forCommand(parts.reader.loaded(command)),
    async pastMatches(rule): Promise<PastMatches> {
      const calls = await ledger.store.recentCalls(options.cwd, lookedCalls);
      const examples = new Set<string>();
      let matched = 0;
      for (const { name, input } of calls) {
        const prepared = await toolbox().prepare({ type: "tool_call", id: "", name, input }, options.cwd);
        if (!("tool" in prepared) || !permissions.wouldAllow(rule, prepared)) continue;
        matched += 1;
        if (examples.size < namedMatches) examples.add(prepared.intent.summary);
      }
      return { matched, looked: calls.length, examples: [...examples] };
    },
  };
}

/** How decisions name where a new rule stands, as if it had been read from there. */
function sourceOf(scope: RuleScope, effect: Effect): string {
  if (scope === "session") return "session";
  if (scope === "user") return layerSource("user");
  return effect === "allow" ? approvalsSource : layerSource("local");
}

/** The settings file a rule was read from; null for rules of no such file. */
function placeOfRule(parts: Parts, { source }: Rule): SettingsPlace | null {
  switch (source) {
    case layerSource("user"):
      return ownPlace(parts, null);
    case layerSource("profile"):
      return ownPlace(parts, parts.settings.settings.profile ?? null);
    case layerSource("project"):
      return { kind: "project", path: join(parts.root, ".tau", "config.json"), within: [] };
    case layerSource("local"):
      return projectPlace(parts, "local");
    default:
      return null;
  }
}

const nextOf = ({ source }: Rule): string =>
  source === "built-in"
    ? "it guards Tau's own folders and cannot be taken away"
    : "leave it out at the next start";

const isSame = (one: Rule, other: Rule): boolean =>
  one.text === other.text && one.source === other.source && one.effect === other.effect;

/** Its code is loaded when a rule is first written. */
const lists = () => import("../config/rule-lists.ts");
