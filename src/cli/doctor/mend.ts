/** `tau doctor --fix`: what can be mended without doing harm is shown, asked for, and done, one at a time. */
import { messageOf, systemCode, TauError } from "../../core/errors.ts";
import { saysYes } from "../ask-yes.ts";
import { print, say } from "../print/streams.ts";
import type { Check, Fix } from "./check.ts";

/**
 * Offers each fix; one that fails stands in the way of no other.
 * @param yes do them without asking, as scripts want it
 * @returns whether anything was changed
 * @throws TauError `usage` when there is something to ask and nobody to answer, `interrupted` at Ctrl+C
 */
export async function mend(checks: readonly Check[], yes: boolean): Promise<boolean> {
  const fixes = checks.flatMap(({ fix }) => fix ?? []);
  if (fixes.length === 0) {
    print("There is nothing here that tau doctor --fix can mend.");
    return false;
  }
  if (!yes && !process.stdin.isTTY)
    throw new TauError(
      "usage",
      `to ${fixes.map(({ what }) => what).join(", and to ")}, a yes is needed`,
      "tau doctor --fix --yes",
    );
  let changed = false;
  for (const fix of fixes) {
    const { what } = fix;
    if (!yes && !(await saysYes(`${what[0]?.toUpperCase()}${what.slice(1)}?`))) continue;
    changed = (await done(fix)) || changed;
  }
  return changed;
}

async function done({ what, apply }: Fix): Promise<boolean> {
  try {
    await apply();
    print(`done: ${what}`);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined && !(error instanceof TauError)) throw error;
    say(`tau: could not ${what}: ${messageOf(error)}\n     do it as the owner of the files\n`);
    return false;
  }
}
