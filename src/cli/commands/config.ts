/** The command tree of `tau config`. Each command's code is loaded when it runs. */
import type { Command } from "commander";
import { TauError } from "../../core/errors.ts";
import { nearestNames } from "../../core/likeness.ts";
import type { GetOptions } from "../config/get.ts";
import type { ListOptions } from "../config/list.ts";
import type { PlaceOptions } from "../config/places.ts";

/** Adds `config` and what is below it. */
export function addConfig(tau: Command): void {
  const config = tau.command("config").description("list, read, change or edit settings");
  const profiled = (command: Command): Command =>
    command.option("--profile <name>", "with this profile instead of the one in force");
  const filed = (command: Command): Command =>
    command
      .option("--project", "the project's .tau/config.json instead of your own")
      .option("--local", "the project's .tau/config.local.json");
  const placed = (command: Command): Command =>
    filed(command).option("--profile <name>", "that profile of your own");
  profiled(config.command("list", { isDefault: true }))
    .description("the settings in force in this folder (the same as tau config)")
    .option("--origin", "also which layer and which line of which file each comes from")
    .option("--json", "as JSON")
    .allowExcessArguments()
    .action(async (options: ListOptions, command: Command) => {
      const [word] = command.args;
      if (word !== undefined) throw noSuchAction(word, config);
      await (await import("../config/list.ts")).listConfig(options);
    });
  profiled(config.command("get"))
    .description("one setting, or those below a name; 1 when it is not set")
    .argument("<key>", "dotted, such as budgets.day.usd")
    .option("--origin", "also where it comes from")
    .option("--json", "as JSON")
    .action(async (key: string, options: GetOptions) => {
      process.exitCode = await (await import("../config/get.ts")).getConfig(key, options);
    });
  placed(config.command("set"))
    .description("write a setting; checked before it is written")
    .argument("<key>", "dotted, such as budgets.day.usd")
    .argument("<value...>", "true, 5, text, JSON; several for a list")
    .action(async (key: string, values: string[], options: PlaceOptions) => {
      await (await import("../config/set.ts")).setConfig(key, values, options);
    });
  placed(config.command("unset"))
    .description("take a setting out of the file")
    .argument("<key>", "dotted, such as budgets.day.usd")
    .action(async (key: string, options: PlaceOptions) => {
      await (await import("../config/set.ts")).unsetConfig(key, options);
    });
  filed(config.command("edit"))
    .description("open the file in $VISUAL or $EDITOR; checked before it is kept")
    .action(async (options: PlaceOptions) => {
      await (await import("../config/edit.ts")).editConfig(options);
    });
  filed(config.command("path"))
    .description("print the path of the file")
    .action(async (options: PlaceOptions) => {
      const [{ placeOf }, { print }] = await Promise.all([
        import("../config/places.ts"),
        import("../print/streams.ts"),
      ]);
      print(placeOf(options).path);
    });
  config
    .command("schema")
    .description("print the JSON Schema of the settings")
    .action(async () => {
      await (await import("../schema.ts")).runSchema("config");
    });
}

function noSuchAction(word: string, config: Command): TauError {
  const names = config.commands.map((command) => command.name());
  const near = nearestNames(word, names);
  const hint = near.length > 0 ? `did you mean tau config ${near[0]}?` : `there are ${names.join(", ")}`;
  return new TauError("usage", `there is no action "${word}"`, hint);
}
