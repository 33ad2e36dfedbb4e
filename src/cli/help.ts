/** Help as it is printed: the first page on one screen, and examples for every command that has some. */
import { type Argument, type Command, Help, type Option } from "commander";

/** What the first page calls the groups of commands; a command that is in none stands in the last. */
const groups: readonly { title: string; commands: readonly [name: string, what: string][] }[] = [
  {
    title: "Work",
    commands: [
      ["exec", "one task without a screen, answer on stdout (tau -p)"],
      ["sessions", "earlier work: list, search, show, export, fork, rewind"],
      ["cost", "what was spent, by model, project, tool, file or turn"],
    ],
  },
  {
    title: "Set up",
    commands: [
      ["onboard", "provider, key, model, mode and budget, in a minute"],
      ["auth", "keys of providers: login, logout, status"],
      ["models", "what there is, its window and its price"],
      ["config", "settings: list, get, set, edit"],
      ["policy", "what may run unasked, by which rule; trying other rules"],
      ["mcp", "MCP servers: list, check, add, allow"],
    ],
  },
  {
    title: "Help",
    commands: [["doctor", "what is wrong here, and what mends it"]],
  },
];

const examples: { [path: string]: readonly string[] } = {
  "tau exec": [
    'tau exec "fix the build" --mode edit --verify "npm run build" --max-cost 1',
    'tsc | tau exec "explain these" -o json',
    'tau exec -c "now add a test"',
  ],
  "tau models": ["tau models haiku", "tau models show anthropic/claude-haiku-4-5"],
  "tau sessions": ['tau sessions search "zebra"', "tau exec -r ID   goes on with one"],
  "tau sessions export": ["tau sessions export ID --format markdown > talk.md"],
  "tau cost": ["tau cost week --by project", "tau cost --session ID --by tool"],
  "tau doctor": ["tau doctor --online", "tau doctor --fix"],
  "tau config": ["tau config set budgets.day.usd 5", "tau config list --origin"],
  "tau auth": ["tau auth login anthropic", "tau auth status"],
  "tau mcp": ["tau mcp add docs -- npx -y some-docs-server", "tau mcp check docs"],
  "tau schema": ["tau schema events > events.schema.json"],
};

/** Gives a command and all below it their pages. */
export function teach(command: Command, path: string): void {
  command.configureHelp({ formatHelp, optionDescription: describe, argumentDescription: describe });
  // Each command's own help is what to read after its own mistake.
  command.showHelpAfterError(`     ${path} --help`);
  const shown = examples[path] ?? [];
  if (shown.length > 0)
    command.addHelpText("after", `\nExamples:\n${shown.map((line) => `  $ ${line}`).join("\n")}`);
  for (const inner of command.commands) teach(inner, `${path} ${inner.name()}`);
}

/** A choice's words in the description take less room than commander's own list of them. */
function describe({ description, defaultValue, argChoices = [] }: Option | Argument): string {
  const told = argChoices.every((choice) => description.includes(choice));
  const full = told ? description : `${description}${description ? ": " : ""}${argChoices.join(", ")}`;
  return defaultValue === undefined || Array.isArray(defaultValue)
    ? full
    : `${full} (default: ${defaultValue})`;
}

const formatHelp = (command: Command, help: Help): string =>
  command.parent === null ? firstPage(command, help) : Help.prototype.formatHelp.call(help, command, help);

/** Wide enough for the longest command, so that what follows stands in one column. */
const labelWidth = 9;
const nameWidth = 13;

/** 24 rows with the prompt below them. */
function firstPage(tau: Command, help: Help): string {
  const known = tau.commands.map((command) => command.name());
  const named = groups.flatMap(({ commands }) => commands.map(([name]) => name));
  const rows = groups.flatMap(({ title, commands }) =>
    commands
      .filter(([name]) => known.includes(name))
      .map(([name, what], index) => row(index === 0 ? title : "", `${name.padEnd(nameWidth)}${what}`)),
  );
  const others = known.filter((name) => !named.includes(name));
  const flags = help.visibleOptions(tau).map(({ flags: text }) => text.replace("provider/model", "model"));
  return `${[
    "Usage: tau [options] [command] [task...]",
    "A coding agent for the terminal. Without a command it works in this folder.",
    "",
    ...rows,
    ...(others.length > 0
      ? [row("", `${"more".padEnd(nameWidth)}${others.join(", ")}: tau COMMAND --help`)]
      : []),
    ...fill([...flags, "(each is explained by: tau exec --help)"], 79 - labelWidth).map((line, index) =>
      row(index === 0 ? "Options" : "", line),
    ),
    row("Try", "tau"),
    row("", 'tau exec "mend the failing test" --mode edit --allow "Bash(npm test)"'),
    row("", 'git diff | tau exec "review this" --json'),
  ].join("\n")}\n`;
}

const row = (label: string, text: string): string => `${label.padEnd(labelWidth)}${text}`;

/** Words in lines of at most `width`, two blanks apart. */
function fill(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + word.length <= width)
      lines[lines.length - 1] = `${last}  ${word}`;
    else lines.push(word);
  }
  return lines;
}
