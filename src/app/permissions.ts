/** What a session's tools may do. */
import { Permissions } from "../agent/permissions.ts";
import type { Toolbox } from "../agent/toolbox.ts";
import { removeApproval, saveApproval } from "../config/approvals.ts";
import type { SessionId } from "../core/ids.ts";
import type { Mode } from "../core/permission.ts";
import { approvalsSource, ownFolderRules } from "../policy/collect.ts";
import { parseRule } from "../policy/rule.ts";
import { outputsOf } from "../tools/process/outputs.ts";
import type { PastMatches, SessionRules } from "./contract.ts";
import type { Parts } from "./parts.ts";

/** The rules of the settings and the command line, and where answers that hold for the project are kept. */
export function permissionsOf(parts: Parts, id: SessionId, mode: Mode): Permissions {
  const { options, paths, root } = parts;
  const own = ownFolderRules({ ...paths, output: outputsOf(parts.outputs, id) });
  return new Permissions(
    { mode, rules: [...own, ...parts.rules] },
    { cwd: options.cwd, projectRoot: root, home: options.home },
    async (rule) => {
      const path = await saveApproval(paths, root, rule, options.now);
      // Another session of this process is in the same project.
      parts.rules = [...parts.rules, parseRule(rule, "allow", approvalsSource)];
      return path;
    },
  );
}

/** Calls a new rule is held against. */
const lookedCalls = 500;
/** Matches that are named. */
const namedMatches = 4;

/** The rules of a session, as front ends see them. */
export function sessionRules(parts: Parts, permissions: Permissions, toolbox: () => Toolbox): SessionRules {
  const { options, paths, root, ledger } = parts;
  return {
    all: () => permissions.rules,
    async forget(rule) {
      if (rule.source === approvalsSource) {
        await removeApproval(paths, root, rule.text, options.now);
        parts.rules = parts.rules.filter(({ text, source }) => text !== rule.text || source !== rule.source);
      }
      permissions.drop(rule);
    },
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
