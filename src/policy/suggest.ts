/** The rules that could be saved to allow calls like this one, best first. */
import { posix } from "node:path";
import type { Access, ToolIntent } from "../core/tool.ts";
import { isInside, type Place } from "./path-pattern.ts";
import { looksOnly } from "./read-only.ts";
import { parseRule, type Rule, ruleText } from "./rule.ts";
import { type SimpleCommand, splitShell } from "./shell.ts";
import { programName, unwrap } from "./wrappers.ts";

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
function subject(line: string): SimpleCommand | null {
  const split = splitShell(line);
  if (!split.plain) return null;
  let commands = split.commands;
  for (let depth = 0; depth < 6; depth += 1) {
    const acting: SimpleCommand[] = commands.filter(
      (command) => command.words.length > 0 && looksOnly(command) === null,
    );
    const [only] = acting;
    if (acting.length !== 1 || only === undefined) return null;
    const inner = unwrap(only);
    if (inner?.judged !== true) return only;
    commands = inner.commands;
  }
  return null;
}

function commandCandidates(line: string): string[] {
  const command = subject(line);
  const prefix = command === null ? null : prefixOf(command);
  const exact = line.trim();
  const isShort = exact.length <= maxExactChars && !exact.includes("\n") && !exact.includes("*");
  return [
    ...(prefix === null ? [] : [ruleText("Bash", `${prefix}:*`)]),
    ...(isShort ? [ruleText("Bash", exact)] : []),
  ];
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

/** Rules to try, as they would be written, most useful first. */
export function candidateRules(call: { name: string; access: Access; intent: ToolIntent } & Place): Rule[] {
  const { command, url, paths } = call.intent;
  const texts =
    command !== undefined
      ? commandCandidates(command)
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
