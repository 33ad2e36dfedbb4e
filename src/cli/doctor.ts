/** `tau doctor`: what Tau finds on this machine, what is wrong with it, and what to do. Offline unless asked, and changes nothing unless asked. */
import type { Command } from "commander";
import * as z from "zod";
import { exitCodes, TauError } from "../core/errors.ts";
import type { Check } from "./doctor/check.ts";
import { checkpointChecks } from "./doctor/checkpoints.ts";
import { leftovers } from "./doctor/leftovers.ts";
import { folders, programs, proxies } from "./doctor/machine.ts";
import { mend } from "./doctor/mend.ts";
import { settingsChecks } from "./doctor/settings.ts";
import { boundedStoreCheck, storeChecks } from "./doctor/store.ts";
import { ownPaths } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { runtime } from "./runtime.ts";
import { table } from "./table.ts";

const options = z.object({
  online: z.boolean().default(false),
  store: z.boolean().default(false),
  json: z.boolean().default(false),
  fix: z.boolean().default(false),
  yes: z.boolean().default(false),
  profile: z.string().optional(),
});

type Options = z.infer<typeof options>;

/**
 * Runs the checks, prints them, and returns the exit code: 1 when something is wrong. Changes nothing but what `--fix`
 * was allowed to, and looks again after that.
 */
export async function runDoctor(raw: object, tau: Command): Promise<number> {
  const chosen = options.parse(raw);
  const { fix, yes, json } = chosen;
  if (yes && !fix) throw new TauError("usage", "--yes goes with --fix", "tau doctor --fix --yes");
  if (fix && json)
    throw new TauError(
      "usage",
      "--fix talks to people, so it does not go with --json",
      "tau doctor --json, or tau doctor --fix",
    );
  const checks = await look(chosen, tau);
  print(json ? JSON.stringify({ checks: checks.map(asData) }) : lines(checks).join("\n"));
  if (!fix || !(await mend(checks, yes))) {
    const mendable = checks.filter((check) => check.fix !== undefined).length;
    if (!fix && !json && mendable > 0)
      print(`\ntau doctor --fix mends ${mendable} of these, and asks before it does.`);
    return codeOf(checks);
  }
  return codeOf(await look(chosen, tau));
}

/** What the checks find, offline. `profile` is the command line's. */
export const findings = (profile: string | undefined): Promise<Check[]> =>
  look(options.parse(profile === undefined ? {} : { profile }), null);

/** @param tau the command tree; without it nothing is said of completions */
async function look({ online, store, profile }: Options, tau: Command | null): Promise<Check[]> {
  const paths = ownPaths();
  return store
    ? storeChecks(paths)
    : [
        ...(await programs(runtime())),
        ...folders(paths),
        ...(await settingsChecks(paths, online, profile)),
        proxies(),
        ...leftovers(paths, tau),
        ...checkpointChecks({ paths, now: Date.now, settings: {} }),
        ...(await boundedStoreCheck(paths)),
      ];
}

const codeOf = (checks: readonly Check[]): number =>
  checks.some((check) => check.state === "problem") ? exitCodes.failure : exitCodes.done;

const asData = ({ fix, ...check }: Check): object => ({ ...check, ...(fix && { fix: fix.what }) });

const marks = { ok: "ok", warning: "!", problem: "X" };

function lines(checks: readonly Check[]): string[] {
  const rows = table(
    [{ title: "" }, { title: "" }, { title: "" }],
    checks.map((check) => [marks[check.state], check.name, check.detail.split("\n").join("\n      ")]),
  ).slice(1);
  return checks.flatMap((check, index) => [
    rows[index] ?? "",
    ...(check.next === undefined ? [] : [`      ${check.next}`]),
  ]);
}
