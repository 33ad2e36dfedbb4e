/** The rules that could be saved to allow calls like this one, best first. */
import { posix } from "node:path";
import type { Access, ToolIntent } from "../core/tool.ts";
import { isInside, type Place } from "./path-pattern.ts";
import { looksOnly } from "./read-only.ts";
import { parseRule, type Rule, ruleText } from "./rule.ts";
import { programName, type ShellLine, type SimpleCommand } from "./shell/line.ts";

/** Programs whose first argument says what they do. */
const withSubcommand = new Set(
  "git npm pnpm yarn bun deno npx cargo go docker podman kubectl helm pip pip3 uv poetry gh glab make just dotnet mvn gradle terraform aws gcloud az brew systemctl rustup nx turbo composer bundle rake mix rails".split(
    " ",
  ),
);

/** Subcommands that only lead to the one that says what is done. */
const leading = new Set(["run", "exec", "compose", "tool"]);

/** Programs that do whatever their arguments say: only the very command is remembered. */
const boundless = new Set(
  "rm sudo doas bash sh zsh dash node python python3 perl ruby php deno bun eval source . dd chmod chown ssh scp curl wget kill pkill osascript powershell pwsh".split(
    " ",
  ),
);

/** A longer command is not remembered word for word. */
const maxExactChars = 200;

function prefixOf(command: SimpleCommand): string | null {
  const words = command.words.map((word) => word.text);
  const [name = "", ...args] = words;
  if (boundless.has(programName(command)) || /\s/.test(name)) return null;
  if (!withSubcommand.has(name)) return name;
  const end = args.findIndex((arg) => !leading.has(arg)) + 1;
  const subcommand = args.slice(0, Math.max(end, 1));
  // An option before the subcommand (`git -c …`) decides what runs.
  if (subcommand.length === 0 || subcommand.some((arg) => !/^[\w:.@/-]+$/.test(arg) || arg.startsWith("-")))
    return null;
  return [name, ...subcommand].join(" ");
}

/** What a line is about: its one command that does more than read. */
function subject(line: ShellLine | undefined): SimpleCommand | null {
  if (line === undefined || line.unclear.length > 0) return null;
  let commands = line.commands;
  for (let depth = 0; depth < 6; depth += 1) {
    const acting: SimpleCommand[] = commands.filter(
      (command) => command.words.length > 0 && looksOnly(command) === null,
    );
    const [only] = acting;
    if (acting.length !== 1 || only === undefined) return null;
    if (only.carried?.standing !== "judged") return only;
    if ((only.carried.script?.unclear.length ?? 0) > 0) return null;
    commands = only.carried.commands;
  }
  return null;
}

function commandCandidates(text: string, line: ShellLine | undefined): string[] {
  const command = subject(line);
  const prefix = command === null ? null : prefixOf(command);
  const exact = exactOf(text);
  return [
    ...(prefix === null ? [] : [ruleText("Bash", `${prefix}:*`)]),
    ...(exact === null ? [] : [ruleText("Bash", exact)]),
  ];
}

/** The line as a rule can say it word for word; null where it cannot. */
function exactOf(line: string): string | null {
  const exact = line.trim();
  return exact.length <= maxExactChars && !exact.includes("\n") && !exact.includes("*") ? exact : null;
}

function pathCandidates(tool: "Read" | "Edit", paths: readonly string[], { projectRoot }: Place): string[] {
  const [path] = paths;
  if (path === undefined) return [];
  const folder = posix.dirname(path);
  const below = (base: string) => {
    const inner = posix.relative(projectRoot, base);
    return isInside(projectRoot, base) ? `/${inner}` : `/${base}`;
  };
  const wide = folder === projectRoot || folder === "/" ? [] : [`${below(folder)}/**`];
  return [...wide, below(path)].map((spec) => ruleText(tool, spec));
}

/** How much a rule takes in, beside the call it was made for. */
export type RuleWidth =
  | "exact"
  | "sub-command"
  | "program"
  | "file"
  | "folder"
  | "project"
  | "host"
  | "domain"
  | "tool"
  | "server";

/** A rule of one width, as it would be written. */
export type WidthRule = { width: RuleWidth; rule: string };

/** A call, as suggestions are made for it. */
export type SuggestedCall = {
  name: string;
  access: Access;
  intent: ToolIntent;
  /** Its shell command, read; without it nothing is known of the command. */
  line?: ShellLine;
} & Place;

/** Rules of different widths that may allow a call like this one, narrowest first. */
export function widthCandidates(call: SuggestedCall): WidthRule[] {
  const { command, url, paths } = call.intent;
  if (command !== undefined) return commandWidths(command, call.line);
  if (url !== undefined) return URL.canParse(url) ? hostWidths(new URL(url).hostname) : [];
  if (call.access === "edit") return pathWidths("Edit", paths, call);
  if (call.access === "read" && paths.length > 0) return pathWidths("Read", paths, call);
  const [, server] = /^(mcp__.+?)__/.exec(call.name) ?? [];
  return [
    { width: "tool", rule: call.name },
    ...(server === undefined ? [] : [{ width: "server" as const, rule: server }]),
  ];
}

function commandWidths(text: string, line: ShellLine | undefined): WidthRule[] {
  const exact = exactOf(text);
  const command = subject(line);
  const prefix = command === null ? null : prefixOf(command);
  const program = command?.words[0]?.text;
  return [
    ...(exact === null ? [] : [{ width: "exact" as const, rule: ruleText("Bash", exact) }]),
    ...(prefix === null || prefix === program
      ? []
      : [{ width: "sub-command" as const, rule: ruleText("Bash", `${prefix}:*`) }]),
    ...(prefix === null || program === undefined
      ? []
      : [{ width: "program" as const, rule: ruleText("Bash", `${program}:*`) }]),
  ];
}

function hostWidths(host: string): WidthRule[] {
  const parent = host.split(".").slice(1).join(".");
  return [
    { width: "host", rule: ruleText("WebFetch", `domain:${host}`) },
    ...(parent.includes(".") && !/^[\d.]+$/.test(host)
      ? [{ width: "domain" as const, rule: ruleText("WebFetch", `domain:*.${parent}`) }]
      : []),
  ];
}

function pathWidths(tool: "Read" | "Edit", paths: readonly string[], place: Place): WidthRule[] {
  const [path] = paths;
  if (path === undefined) return [];
  const { projectRoot } = place;
  const inside = paths.every((one) => isInside(projectRoot, one));
  const texts = pathCandidates(tool, paths, place);
  const file = texts.at(-1);
  return [
    ...(file === undefined || paths.length > 1 ? [] : [{ width: "file" as const, rule: file }]),
    ...texts.slice(0, -1).map((rule) => ({ width: "folder" as const, rule })),
    ...(inside ? [{ width: "project" as const, rule: ruleText(tool, "/**") }] : []),
  ];
}

/** Rules to try, as they would be written, most useful first. */
export function candidateRules(call: SuggestedCall): Rule[] {
  const { command, url, paths } = call.intent;
  const texts =
    command !== undefined
      ? commandCandidates(command, call.line)
      : url !== undefined && URL.canParse(url)
        ? [ruleText("WebFetch", `domain:${new URL(url).hostname}`)]
        : call.access === "edit" || (call.access === "read" && paths.length > 0)
          ? pathCandidates(call.access === "edit" ? "Edit" : "Read", paths, call)
          : [call.name];
  return texts.flatMap((text) => {
    try {
      return [parseRule(text, "allow", "suggestion")];
    } catch {
      return []; // a host or name the grammar has no words for (an IPv6 address) cannot be remembered
    }
  });
}
