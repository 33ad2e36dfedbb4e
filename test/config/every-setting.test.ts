/**
 * Every setting, and every environment variable of Tau's own, has a case here that fails when nobody reads it. The
 * typecheck demands one for a new setting; a variable without one fails.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Settings } from "../../src/config/settings.ts";
import type { FlagCase } from "../cli/flags/case.ts";
import { setUp } from "../support/command-line.ts";
import { buildHouse, sitDown } from "../support/front-end.ts";
import { bundledHelper } from "../support/helper.ts";
import { doesNothing } from "../support/mutation.ts";
import type { SettingCase } from "./settings/case.ts";
import { runSettings, variables } from "./settings/run.ts";
import { screenSettings } from "./settings/screen.ts";
import { serverSettings } from "./settings/servers.ts";

/** A record is a table whose names people choose. What may be null is JSON of any form. */
type Below<Value> = [null] extends [Value]
  ? ""
  : Value extends undefined
    ? never
    : Value extends string | number | boolean | readonly unknown[]
      ? ""
      : string extends keyof Value
        ? `.*${Below<Value[string & keyof Value]>}`
        : { [Key in keyof Value & string]-?: `.${Key}${Below<Value[Key]>}` }[keyof Value & string];

type Dotted<Of> = { [Key in keyof Of & string]-?: `${Key}${Below<Of[Key]>}` }[keyof Of & string];

/** Dotted names; a profile holds them all again. `$schema` is for editors: Tau takes it and has no use for it. */
type SettingKey = Dotted<Omit<Settings, "profiles" | "$schema">> | "profiles";

const cases: { readonly [key in SettingKey]: SettingCase } = {
  ...runSettings,
  ...screenSettings,
  ...serverSettings,
};

const helper = bundledHelper();

/** Settings without the one under test. */
function without(settings: object, [step = "", ...rest]: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      if (step !== "*" && step !== name) return [[name, value]];
      return rest.length === 0 ? [] : [[name, without(value, rest)]];
    }),
  );
}

async function prove({ machine: options = {}, before, words, how = {}, proof }: FlagCase): Promise<void> {
  const machine = await setUp(options);
  const made = (await before?.(machine)) ?? "";
  const run = await machine.tau(
    words.map((word) => (word === "ID" ? made : word)),
    how,
  );
  await proof({ ...run, machine });
}

describe("the setting", () => {
  it.each(Object.keys(cases) as SettingKey[])("%s", async (key) => {
    const one = cases[key];
    const left = <Options extends { settings?: Settings }>(options: Options): Options =>
      doesNothing ? { ...options, settings: without(options.settings ?? {}, key.split(".")) } : options;
    if (one.house === undefined) return prove({ ...one, machine: left(one.machine ?? {}) });
    const helperPath = one.runs ? await helper() : "/dev/null";
    const options = typeof one.house === "function" ? await one.house() : one.house;
    await one.proof(await sitDown(await buildHouse({ ...left(options), helperPath })));
  });
});

/** Names of the sources that a case here need not stand for: they mark what Tau's own processes find again. */
const internal = ["TAU_JOB"];

function variablesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return variablesOf(path);
    return entry.name.endsWith(".json") ? [] : (readFileSync(path, "utf8").match(/\bTAU_[A-Z_]+\b/g) ?? []);
  });
}

describe("the environment variable", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const names = [...new Set([...variablesOf(join(root, "src")), ...variablesOf(join(root, "bin"))])].filter(
    (name) => !internal.includes(name),
  );

  it.each(names)("%s", async (name) => {
    const found = variables[name];
    if (found === undefined) throw new Error(`${name} has no case here that fails when nobody reads it`);
    const env = { ...found.machine?.env, ...(doesNothing && { [name]: "" }) };
    await prove({ ...found, machine: { ...found.machine, env } });
  });

  it("is in the manual", () => {
    const manual = readFileSync(join(root, "man/tau.1"), "utf8");
    expect(names.filter((name) => !manual.includes(name))).toEqual([]);
  });
});
