/** `tau doctor`: what Tau finds on this machine, what is wrong with it, and what to do. Offline unless asked. */
import * as z from "zod";
import { exitCodes } from "../core/errors.ts";
import type { Check } from "./doctor/check.ts";
import { folders, programs, proxies } from "./doctor/machine.ts";
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
  profile: z.string().optional(),
});

/** Runs the checks, prints them, and returns the exit code: 1 when something is wrong. Changes nothing. */
export async function runDoctor(raw: object): Promise<number> {
  const { online, store, json, profile } = options.parse(raw);
  const paths = ownPaths();
  const checks = store
    ? await storeChecks(paths)
    : [
        ...(await programs(runtime())),
        ...folders(paths),
        ...(await settingsChecks(paths, online, profile)),
        proxies(),
        ...(await boundedStoreCheck(paths)),
      ];
  print(json ? JSON.stringify({ checks }) : lines(checks).join("\n"));
  return checks.some((check) => check.state === "problem") ? exitCodes.failure : exitCodes.done;
}

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
