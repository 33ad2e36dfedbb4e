/** The manual page tau(1), made from the command tree, in the man macros every system's man understands. */
import type { Command } from "commander";
import { exitCodes } from "../../core/errors.ts";
import { allCommands, type CommandNode, commandTree, namesOf, type OptionNode } from "../completion/tree.ts";
import { version } from "../version.ts";

/** Backslashes and leading dots mean something to roff, and its hyphens are not the ones people type. */
const text = (words: string): string =>
  words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/gm, "\\&");

/** One argument of a macro. */
const argument = (words: string): string => `"${text(words).replaceAll('"', '""')}"`;

/** Writes it. The date is left out: a page that is made anew each day would never be the same twice. */
export function manualPage(tau: Command): string {
  const tree = commandTree(tau);
  const inner = allCommands(tree).slice(1);
  return `${[
    `.TH TAU 1 "" ${argument(`tau ${version}`)} "User Commands"`,
    ".SH NAME",
    `tau \\- ${text("a coding agent for the terminal")}`,
    ".SH SYNOPSIS",
    [tree, ...tree.commands].map(synopsis).join("\n.br\n"),
    ".SH DESCRIPTION",
    text(
      "Give it a task; it reads, edits and runs your project until the task is done. Every token, dollar and byte it touches is seen, capped, recoverable and replayable. Without a command it works in this folder, in the terminal; tau exec does one task without a screen.",
    ),
    ".SH OPTIONS",
    ...options(tree),
    ".SH COMMANDS",
    ...inner.flatMap(section),
    ".SH EXIT STATUS",
    ...Object.entries(exitCodes).flatMap(([name, code]) => [
      ".TP",
      `.B ${code}`,
      text(name.replaceAll("_", " ")),
    ]),
    ".SH ENVIRONMENT",
    ...variables.flatMap(([name, meaning]) => [".TP", `.B ${name}`, text(meaning)]),
    ".SH FILES",
    ...files.flatMap(([name, meaning]) => [".TP", `.I ${text(name)}`, text(meaning)]),
    ".SH EXAMPLES",
    ...examples.flatMap(([line, meaning]) => [".TP", `.B ${text(line)}`, text(meaning)]),
  ].join("\n")}\n`;
}

function synopsis({ path, options: own, values, commands }: CommandNode): string {
  const words = values.map(({ name, optional, variadic }) => {
    const one = variadic ? `${name}...` : name;
    return optional ? `[${one}]` : one;
  });
  const parts = [own.length > 0 && "[options]", commands.length > 0 && "[command]", ...words].filter(
    (part) => part !== false,
  );
  return `.B ${text(path)}\n${text(parts.join(" "))}`;
}

function section(node: CommandNode): string[] {
  const own = options(node);
  return [
    `.SS ${argument(node.path)}`,
    text(node.description),
    ...node.values.flatMap(({ name, description }) =>
      description ? [".TP", `.I ${text(name)}`, text(description)] : [],
    ),
    ...own,
  ];
}

function options({ options: own }: CommandNode): string[] {
  return own.filter(({ long }) => long !== "--help").flatMap(option);
}

function option(node: OptionNode): string[] {
  const { value } = node;
  const shown = value === null ? "" : value.optional ? ` [${value.name}]` : ` <${value.name}>`;
  const choices = value?.choices ?? [];
  const told = choices.every((choice) => node.description.includes(choice));
  const listed = told ? node.description : `${node.description} (${choices.join(", ")})`;
  return [".TP", `.B ${argument(`${namesOf(node).join(", ")}${shown}`)}`, text(listed)];
}

const variables: readonly (readonly [string, string])[] = [
  [
    "ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, OPENROUTER_API_KEY, ...",
    "the key of a provider; tau doctor shows which are found",
  ],
  ["TAU_HOME", "the folder for everything of Tau's, instead of the XDG folders below"],
  ["TAU_MODEL", "the model, where --model does not say"],
  ["TAU_PROFILE", "the profile, where --profile does not say"],
  ["TAU_DEBUG", "with a value, where an internal error came from"],
  ["NO_COLOR", "with a value, no colours; stands above FORCE_COLOR"],
  ["TAU_PLAIN", "with a value, as --plain: lines of text, nothing drawn"],
  ["TAU_REDUCED_MOTION", "with a value, nothing on the screen moves but what is finished"],
];

const files: readonly (readonly [string, string])[] = [
  ["~/.config/tau/config.json", "your settings; tau schema config prints every one"],
  ["~/.config/tau/credentials.json", "keys of providers, mode 0600"],
  [".tau/config.json", "the project's settings, which can tighten yours"],
  ["~/.local/share/tau/tau.db", "the ledger: every session"],
];

const examples: readonly (readonly [string, string])[] = [
  ["tau", "work in this folder, in the terminal"],
  [
    'tau exec "make the failing test pass" --mode edit --allow "Bash(npm test)"',
    "one task, without a screen",
  ],
  ['git diff | tau exec "review this" --json', "events, one a line, for a script"],
];
