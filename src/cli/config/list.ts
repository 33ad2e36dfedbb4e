/** `tau config list`: the settings in force here, and where each comes from. */
import { originText, valueText } from "../../config/effective.ts";
import { print } from "../print/streams.ts";
import { table } from "../table.ts";
import { settingsHere } from "./here.ts";

/** What is printed, and how. */
export type ListOptions = { origin?: boolean; json?: boolean; profile?: string };

/** Prints the settings a run in this folder would have. */
export async function listConfig({ origin, json, profile }: ListOptions): Promise<void> {
  const { inForce, ignored } = await settingsHere(profile);
  const all = [...inForce, ...ignored];
  if (json) return print(JSON.stringify(all));
  const rows = all.map((setting) => [
    setting.key,
    valueText(setting.value),
    ...(origin ? [originText(setting)] : []),
    setting.ignored ? "(ignored: a project's file can only tighten)" : "",
  ]);
  const titles = ["setting", "value", ...(origin ? ["from"] : []), ""];
  print(
    table(
      titles.map((title) => ({ title })),
      rows,
    ).join("\n"),
  );
}
