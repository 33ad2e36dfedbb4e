/** `tau keys`: every key of the terminal UI, what was changed, and what stands in each other's way. */
import * as z from "zod";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import { chosenKeys } from "../tui/input/chosen-keys.ts";
import { keyConflicts, keyRows } from "../tui/input/key-list.ts";
import { workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { print, say } from "./print/streams.ts";
import { table } from "./table.ts";

const options = z.object({ json: z.boolean().default(false), default: z.boolean().default(false) });

/** Prints them; `default` as they are without settings. */
export async function runKeys(raw: object): Promise<void> {
  const { json, default: usual } = options.parse(raw);
  const chosen = usual
    ? {}
    : chosenKeys(await loadSettings(ownPaths(), projectRoot(workingFolder()), process.env, {}));
  const rows = keyRows(chosen);
  const conflicts = keyConflicts(chosen);
  if (json) return print(JSON.stringify({ keys: rows, conflicts }));
  const cells = rows.map(({ place, action, keys, changed, help }) => [
    `${place}.${action}`,
    keys.join(", "),
    changed ? "changed" : "",
    help,
  ]);
  print(table([{ title: "action" }, { title: "keys" }, { title: "" }, { title: "does" }], cells).join("\n"));
  for (const conflict of conflicts) say(`tau: ${conflict}\n`);
}
