/** The permission rules of a settings file, changed one by one; comments and order of the file stay. */
import type { Clock } from "../core/ids.ts";
import { withItem, withoutItem } from "./list-edits.ts";
import { rewriteFile } from "./rewrite-file.ts";
import { parseSettings } from "./settings-file.ts";

/** A list of rules in a file. */
export type RuleList = {
  /** The file. */
  path: string;
  /** Leads to the settings in it that hold the list: empty but for a profile's. */
  within: readonly string[];
  effect: "allow" | "ask" | "deny";
};

const stepsOf = ({ within, effect }: RuleList): string[] => [...within, "permissions", effect];

/**
 * Adds a rule; one that is there already stays once. The file is made when it is not there.
 * @throws TauError `config` when the file is wrong or cannot be written; then it is left as it was
 */
export async function addRule(list: RuleList, rule: string, now: Clock): Promise<void> {
  await rewriteFile(list.path, now, async (text) => {
    const before = text === null || text.trim() === "" ? "{}\n" : text;
    await parseSettings(before, list.path);
    const after = await withItem(before, stepsOf(list), rule);
    if (after !== null) await parseSettings(after, list.path);
    return after;
  });
}

/** Takes a rule out. @throws as {@link addRule} */
export async function removeRule(list: RuleList, rule: string, now: Clock): Promise<void> {
  await rewriteFile(list.path, now, async (text) => {
    if (text === null) return null;
    await parseSettings(text, list.path);
    return withoutItem(text, stepsOf(list), rule);
  });
}
