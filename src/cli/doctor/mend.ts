/** `tau doctor --fix`: what can be mended without doing harm is shown, asked for, and done, one at a time. */
import { createInterface } from "node:readline/promises";
import { messageOf, systemCode, TauError } from "../../core/errors.ts";
import { print } from "../print/streams.ts";
import type { Check } from "./check.ts";

/**
 * Offers each fix.
 * @param yes do them without asking, as scripts want it
 * @returns whether anything was changed
 * @throws TauError `usage` when there is something to ask and nobody to answer
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
      "run it with --fix --yes",
    );
  let changed = false;
  for (const { what, apply } of fixes) {
    if (!yes && !(await agreed(what))) continue;
    try {
      apply();
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      throw new TauError(
        "failure",
        `could not ${what}: ${messageOf(error)}`,
        "do it as the owner of the files",
      );
    }
    changed = true;
    print(`done: ${what}`);
  }
  return changed;
}

async function agreed(what: string): Promise<boolean> {
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question(`${what[0]?.toUpperCase()}${what.slice(1)}? [y/N] `);
  ask.close();
  return /^y(es)?$/i.test(answer.trim());
}
