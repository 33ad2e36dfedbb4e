/** Options before a command's name: `tau --model x exec "task"` means what `tau exec --model x "task"` does. */
import type { Command, Option } from "commander";
import { TauError } from "../core/errors.ts";

/**
 * Hands what was given to the commands in front of `command` on to it; what it was given itself wins, lists are joined.
 * @throws TauError `usage` for an option it has not: left out silently, a cap or a mode would not hold.
 */
export function takeOuterOptions(command: Command): void {
  for (let outer = command.parent; outer !== null; outer = outer.parent)
    for (const option of outer.options) {
      const name = option.attributeName();
      if (outer.getOptionValueSource(name) !== "cli") continue;
      if (!command.options.some((own) => own.attributeName() === name)) throw foreign(option, outer, command);
      const value: unknown = outer.getOptionValue(name);
      const own: unknown = command.getOptionValue(name);
      if (Array.isArray(value) && Array.isArray(own)) command.setOptionValue(name, [...value, ...own]);
      else if (command.getOptionValueSource(name) !== "cli")
        command.setOptionValueWithSource(name, value, "cli");
    }
}

function foreign(option: Option, outer: Command, command: Command): TauError {
  const path = pathOf(command);
  const value = String(outer.getOptionValue(option.attributeName()));
  const instead: { [long: string]: string } = {
    "--cwd": `cd ${value} && ${path}`,
    "--profile": `TAU_PROFILE=${value} ${path}`,
  };
  const long = option.long ?? option.flags;
  return new TauError("usage", `${path} has no option ${long}`, instead[long] ?? `${path} --help`);
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
