/**
 * Every option of every command has a case here that fails when nobody reads it; an option without a case fails, too.
 * Cases run the command tree itself, over real settings and a real ledger, and a fake provider.
 */
import { describe, expect, it } from "vitest";
import { program } from "../../src/cli/program.ts";
import { setUp } from "../support/command-line.ts";
import { doesNothing } from "../support/mutation.ts";
import type { FlagCase } from "./flags/case.ts";
import { commandCases } from "./flags/commands.ts";
import { runCases } from "./flags/run.ts";

const cases: { readonly [option: string]: FlagCase } = { ...runCases, ...commandCases };

/** Every option with the commands in front of it. */
function optionsOf(command: ReturnType<typeof program>, path: string): { id: string; long: string }[] {
  return [
    ...command.options.map(({ long }) => ({ id: `${path} ${long}`, long: long ?? "" })),
    ...command.commands.flatMap((inner) => optionsOf(inner, `${path} ${inner.name()}`)),
  ];
}

// `tau --version` is answered before anything is loaded: test/e2e/commands.test.ts.
const options = optionsOf(program(), "tau").filter(({ long }) => long !== "--version");

describe("the option", () => {
  it.each(options)("$id", async ({ id, long }) => {
    const found = cases[id];
    if (found === undefined) throw new Error(`${id} has no case here that fails when nobody reads it`);
    const machine = await setUp(found.machine);
    const made = (await found.before?.(machine)) ?? "";
    const fill = (word: string): string => (word === "ID" ? made : word);
    const { env = {}, ...how } = found.how ?? {};
    const run = await machine.tau(found.words.map(fill), {
      ...how,
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
      ...(doesNothing && { ignored: long }),
    });
    await found.proof({ ...run, machine });
  });

  it("has a case of a command that there is", () => {
    const ids = options.map(({ id }) => id);
    expect(Object.keys(cases).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
