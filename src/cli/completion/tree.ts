/** The command tree as plain data, for what is generated from it: completions and the manual page. */
import type { Argument, Command, Option } from "commander";
import { type Source, sourceOfArgument, sourceOfOption } from "./sources.ts";

/** What may stand where a value is asked for. */
export type Value = {
  /** As the help calls it, without its brackets. */
  name: string;
  /** All there are, or those worth offering; empty where anything may stand. */
  choices: readonly string[];
  /** Where the candidates come from when they are not known beforehand; null when nothing can be offered. */
  source: Source | null;
  /** An option that may do without. */
  optional: boolean;
  /** Takes all words that are left. */
  variadic: boolean;
};

/** One option of a command. */
export type OptionNode = {
  short: string | null;
  long: string | null;
  description: string;
  /** The heading it stands under in the help. */
  group: string;
  /** May be given more than once. */
  repeatable: boolean;
  /** Null for a switch. */
  value: Value | null;
};

/** One command with all below it. */
export type CommandNode = {
  name: string;
  /** All words from `tau` on, with single spaces. */
  path: string;
  description: string;
  options: OptionNode[];
  values: (Value & { description: string })[];
  commands: CommandNode[];
};

/** The tree from a command on. What is hidden from the help is hidden here, too. */
export function commandTree(command: Command, path: string = command.name()): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(optionNode),
    values: command.registeredArguments.map((argument) => ({
      ...argumentValue(argument),
      description: argument.description,
    })),
    commands: help
      .visibleCommands(command)
      .filter((inner) => inner.name() !== "help")
      .map((inner) => commandTree(inner, `${path} ${inner.name()}`)),
  };
}

/** A command and all below it, outer before inner. */
export const allCommands = (node: CommandNode): CommandNode[] => [
  node,
  ...node.commands.flatMap(allCommands),
];

/** The names an option goes by. */
export const namesOf = ({ short, long }: OptionNode): string[] =>
  [short, long].filter((name) => name !== null);

function optionNode(option: Option): OptionNode {
  const takesValue = option.required || option.optional;
  return {
    short: option.short ?? null,
    long: option.long ?? null,
    description: option.description,
    group: option.helpGroupHeading ?? "Options:",
    repeatable: option.parseArg !== undefined && option.argChoices === undefined,
    value: takesValue
      ? {
          name: /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? "value",
          choices: option.argChoices ?? [],
          source: sourceOfOption(option.attributeName(), option.flags),
          optional: option.optional,
          variadic: option.variadic,
        }
      : null,
  };
}

function argumentValue(argument: Argument): Value {
  return {
    name: argument.name(),
    choices: argument.argChoices ?? [],
    source: sourceOfArgument(argument.name()),
    optional: !argument.required,
    variadic: argument.variadic,
  };
}
