/** The tool names a permission rule may use: Tau's own, and those of other agents people bring in their settings. */
import { TauError } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import { families, ownNames } from "./rule.ts";

/** The tools of tools/toolset.ts and recall; a test holds the two together. */
export const ownTools: readonly string[] = [
  "read",
  "ls",
  "glob",
  "grep",
  "edit",
  "write",
  "apply_patch",
  "bash",
  "jobs",
  "web_fetch",
  "todo",
  "recall",
];

/**
 * Tools of Claude Code without a counterpart here. A rule about one is harmless, and refusing it would refuse the
 * settings people already have. Source: Claude Code's documentation, "Tools available to Claude".
 */
const foreignTools = [
  "Agent",
  "AskUserQuestion",
  "BashOutput",
  "EnterPlanMode",
  "ExitPlanMode",
  "KillBash",
  "KillShell",
  "LSP",
  "ListMcpResources",
  "NotebookRead",
  "ReadMcpResource",
  "Skill",
  "SlashCommand",
  "Task",
  "TaskOutput",
  "TaskStop",
  "TodoRead",
  "ToolSearch",
  "WebSearch",
];

const known = new Set(
  [...ownTools, ...Object.keys(families), ...Object.keys(ownNames), ...foreignTools].map((name) =>
    name.toLowerCase(),
  ),
);

/** As rules are mostly written; what suggestions are made of. */
const offered = [
  "Read",
  "Edit",
  "Write",
  "Bash",
  "WebFetch",
  "ls",
  "glob",
  "grep",
  "apply_patch",
  "jobs",
  "todo",
  "recall",
];

/** Beginnings of rules, for completion. */
export const ruleTools: readonly string[] = offered.map((name) =>
  ["Read", "Edit", "Bash"].includes(name) ? `${name}(` : name === "WebFetch" ? "WebFetch(domain:" : name,
);

/**
 * Refuses a rule about a tool that neither exists nor may come with an MCP server (`mcp__server`,
 * `mcp__server__tool`, `mcp__server__*`). What is no rule at all is left to `parseRule`.
 * @throws TauError `config` with the nearest names.
 */
export function refuseUnknownTool(text: string, source: string): void {
  const name = /^[A-Za-z][\w-]*/.exec(text.trim())?.[0];
  if (name === undefined || known.has(name.toLowerCase()) || /^mcp__[\w-]*[A-Za-z0-9]/.test(name)) return;
  const near = nearestNames(name, offered);
  throw new TauError(
    "config",
    `The permission rule ${JSON.stringify(text)} (${source}) is about a tool there is not: ${name}.`,
    near.length > 0
      ? `did you mean ${near.join(" or ")}?`
      : `tools are ${offered.join(", ")}, and mcp__server__tool`,
  );
}
