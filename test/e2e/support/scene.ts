/** What most tests of the binary need: a world, a fake upstream that answers by script, and a checked headless run. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { onTestFinished, type TestContext } from "vitest";
import { conversationOf } from "../../support/upstream/conversation.ts";
import type { FakeAnswer, Script } from "../../support/upstream/script.ts";
import { type FakeUpstream, startUpstream } from "../../support/upstream/server.ts";
import { type Told, told } from "./run.ts";
import { type Finished, keysFor, makeWorld, runTau, type StartOptions, type World } from "./tau.ts";

/** A model of the catalogue whose dialect is Messages. */
export const model = "anthropic/claude-haiku-4-5";

/** A model the settings of {@link Scene.settings} price: a dollar a million in, ten a million out. */
export const pricedModel = "anthropic/priced";
export const priced = {
  models: {
    [pricedModel]: { contextWindow: 200_000, maxOutput: 8_000, price: { input: 1, output: 10 } },
  },
};

/** A world with its upstream. Both go away with the test. */
export type Scene = {
  world: World;
  fake: FakeUpstream;
  /** Writes the user's config.json. */
  settings(settings: object): void;
  /** `tau exec --json` with the scene's model, its stream checked. */
  exec(args: readonly string[], options?: StartOptions): Promise<Told & { finished: Finished }>;
};

/**
 * Sets the scene; after the last answer the fake says "done".
 * @param atEnd a test that runs beside others gives its own, because the global one does not know whose end is meant
 */
export async function scene(
  script: Script | readonly FakeAnswer[] = [{ text: "All done." }],
  atEnd: TestContext["onTestFinished"] = onTestFinished,
): Promise<Scene> {
  const fake = await startUpstream(
    typeof script === "function" ? script : (_, index) => script[index] ?? { text: "All done." },
  );
  const world = makeWorld(keysFor(fake.url));
  atEnd(async () => {
    await fake.close();
    world.remove();
  });
  return {
    world,
    fake,
    settings(settings) {
      const home = world.env.TAU_HOME ?? "";
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, "config.json"), JSON.stringify(settings));
    },
    async exec(args, options) {
      const finished = await runTau(world, ["exec", "--json", "--model", model, ...args], options);
      return { ...told(finished), finished };
    },
  };
}

/** The texts people and Tau said in a request, in order; the whole of what is no call and no result of one. */
export function saidTo(fake: FakeUpstream, index: number): string[] {
  const request = fake.requests[index];
  if (request === undefined) throw new Error(`there was no request ${index}`);
  return conversationOf(request).items.flatMap((item) =>
    item.kind === "text" && item.role === "user" ? [item.text] : [],
  );
}

/** The results of tool calls in a request, in order. */
export function resultsIn(fake: FakeUpstream, index: number): string[] {
  const request = fake.requests[index];
  if (request === undefined) throw new Error(`there was no request ${index}`);
  return conversationOf(request).items.flatMap((item) => (item.kind === "result" ? [item.text] : []));
}

/** A scripted tool call. */
export const call = (
  name: string,
  input: unknown,
  id = `call_${name}`,
): NonNullable<FakeAnswer["calls"]>[number] => ({
  id,
  name,
  input,
});

/** Rows of the ledger's file, read beside Tau's own code; none when there is no ledger yet. */
export function rows<Row>(world: World, query: string): Row[] {
  const path = join(world.env.TAU_HOME ?? "", "data/tau.db");
  if (!existsSync(path)) return [];
  const file = new Sqlite(path, { readonly: true });
  try {
    return file.prepare<[], Row>(query).all();
  } finally {
    file.close();
  }
}
