/** What a session's tools may do. */
import { Permissions } from "../agent/permissions.ts";
import { saveApproval } from "../config/approvals.ts";
import type { SessionId } from "../core/ids.ts";
import type { Mode } from "../core/permission.ts";
import { approvalsSource, ownFolderRules } from "../policy/collect.ts";
import { parseRule } from "../policy/rule.ts";
import { outputsOf } from "../tools/process/outputs.ts";
import type { Parts } from "./parts.ts";

/** The rules of the settings and the command line, and where answers that hold for the project are kept. */
export function permissionsOf(parts: Parts, id: SessionId, mode: Mode): Permissions {
  const { options, paths, root } = parts;
  const own = ownFolderRules({ ...paths, output: outputsOf(parts.outputs, id) });
  return new Permissions(
    {
      mode,
      rules: [...own, ...parts.rules],
      ...(parts.settings.freest && { freest: parts.settings.freest.mode }),
    },
    { cwd: options.cwd, projectRoot: root, home: options.home },
    async (rule) => {
      const path = await saveApproval(paths, root, rule, options.now);
      // Another session of this process is in the same project.
      parts.rules = [...parts.rules, parseRule(rule, "allow", approvalsSource)];
      return path;
    },
  );
}
