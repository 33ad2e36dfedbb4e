/**
 * Permission rules in the grammar people already have in their settings: `Tool` or `Tool(spec)`, where the spec is a
 * command (exact, `prefix:*`, or with `*`), a gitignore-style path pattern, or `domain:host`.
 * Source of the grammar: Claude Code's settings documentation ("Permission rule syntax").
 */
import { TauError } from "../core/errors.ts";
import { ownValue } from "../core/own.ts";
import type { Access } from "../core/tool.ts";
import { pathMatches } from "./path-pattern.ts";

/** What a rule does with the calls it matches. */
export type Effect = "allow" | "ask" | "deny";

/**
 * Which calls a rule is about: every tool that reads paths, every tool that changes them, or one tool by name
 * (`mcp__server` stands for all tools of that server).
 */
export type RuleTarget = { kind: "reads" } | { kind: "edits" } | { kind: "tool"; name: string };

/** A rule, parsed. */
export type Rule = {
  effect: Effect;
  target: RuleTarget;
  /** What stands in the parentheses, unescaped; null for every call of the target. */
  spec: string | null;
  /** As written. */
  text: string;
  /** Where it stands: `built-in`, `user config`, `--allow`, `session`. */
  source: string;
  /** `file:line:column` of it, where it stands in a file. */
  place?: string;
};

/** Names that stand for a family of tools. */
export const families: { readonly [name: string]: RuleTarget } = {
  read: { kind: "reads" },
  edit: { kind: "edits" },
  write: { kind: "edits" },
  multiedit: { kind: "edits" },
  notebookedit: { kind: "edits" },
};

/** Other agents' names of tools that Tau names differently. */
export const ownNames: { readonly [name: string]: string } = {
  webfetch: "web_fetch",
  todowrite: "todo",
  applypatch: "apply_patch",
};

/** Tools whose rules may carry a path pattern although they name one tool. */
const pathTools = new Set(["grep", "glob", "ls", "apply_patch"]);

function targetOf(name: string): RuleTarget {
  if (name.startsWith("mcp__")) return { kind: "tool", name: name.replace(/__\*$/, "") };
  const lower = name.toLowerCase();
  return ownValue(families, lower) ?? { kind: "tool", name: ownValue(ownNames, lower) ?? lower };
}

/** What kind of spec a target's rules take. */
export function specKind(target: RuleTarget): "path" | "command" | "domain" | "none" {
  if (target.kind !== "tool" || pathTools.has(target.name)) return "path";
  if (target.name === "bash") return "command";
  return target.name === "web_fetch" ? "domain" : "none";
}

function refused(text: string, source: string, why: string): TauError {
  const example = "write it like Bash(npm run test:*), Edit(src/**), WebFetch(domain:example.com) or bash";
  return new TauError("config", `The permission rule ${JSON.stringify(text)} (${source}) ${why}.`, example);
}

/**
 * Parses one rule. Parentheses and backslashes inside the spec are escaped with a backslash.
 * @throws TauError `config` when it is no rule, or its spec is not one its tool takes.
 */
export function parseRule(text: string, effect: Effect, source: string, place?: string): Rule {
  const match = /^([A-Za-z][\w-]*(?:__\*)?)(?:\((.*)\))?$/s.exec(text.trim());
  const [, name, written] = match ?? [];
  if (name === undefined) throw refused(text, source, "is not a rule");
  const target = targetOf(name);
  const base = { effect, target, text: text.trim(), source, ...(place !== undefined && { place }) };
  if (written === undefined || written === "" || written === "*") return { ...base, spec: null };
  const spec = written.replace(/\\([()\\])/g, "$1");
  const kind = specKind(target);
  if (kind === "none") throw refused(text, source, `names a tool whose rules take nothing in parentheses`);
  if (kind === "domain" && !/^domain:(\*\.)?[\w-]+(\.[\w-]+)*$/.test(spec))
    throw refused(text, source, "needs domain:host");
  if (kind === "path" && !isPattern(spec)) throw refused(text, source, "has a pattern that cannot be read");
  if (kind === "command" && /:\*(?!$)/.test(spec)) throw refused(text, source, "has :* before its end");
  return { ...base, spec };
}

/** Whether a path pattern compiles; a range like `[z-a]` does not. */
function isPattern(spec: string): boolean {
  try {
    pathMatches(spec, "/", { cwd: "/", projectRoot: "/", home: "/" }, true);
    return true;
  } catch {
    return false; // the only thing that throws is the pattern itself
  }
}

/** Writes the text of a rule with its spec escaped. */
export function ruleText(tool: string, spec: string): string {
  return `${tool}(${spec.replace(/[()\\]/g, "\\$&")})`;
}

/** Whether a rule is about a tool, whatever its spec. */
export function targets(rule: Rule, tool: { name: string; access: Access }): boolean {
  const { target } = rule;
  if (target.kind === "reads") return tool.access === "read";
  if (target.kind === "edits") return tool.access === "edit";
  if (target.name.startsWith("mcp__")) {
    const isServer = target.name.split("__").length === 2;
    return tool.name === target.name || (isServer && tool.name.startsWith(`${target.name}__`));
  }
  return tool.name === target.name;
}

/** A glob over a whole command line: `*` is anything, blanks and slashes too; a trailing ` *` may be missing whole. */
function commandGlob(spec: string): RegExp {
  const optionalTail = spec.endsWith(" *");
  const body = (optionalTail ? spec.slice(0, -2) : spec)
    .split("*")
    .map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${body}${optionalTail ? "(?: .*)?" : ""}$`, "s");
}

/** Whether a command rule's spec matches a command, written with single blanks between words. */
export function commandMatches(spec: string, command: string): boolean {
  if (spec.endsWith(":*")) {
    const prefix = spec.slice(0, -2).trim();
    return command === prefix || command.startsWith(`${prefix} `);
  }
  return spec.includes("*") ? commandGlob(spec).test(command) : command === spec.trim();
}

/** Whether a `domain:` spec matches a host. `*.example.com` is every sub-domain, but not the domain itself. */
export function domainMatches(spec: string, host: string): boolean {
  const wanted = spec.slice("domain:".length).toLowerCase();
  const name = host.toLowerCase().replace(/\.$/, "");
  return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : name === wanted;
}
