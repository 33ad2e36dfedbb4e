/** A recorded run replays to the same events without a network, and says where it leaves the recording. */
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../src/core/event.ts";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { isEntry, ofType, type Told, told } from "./support/run.ts";
import { call, rows, type Scene, scene } from "./support/scene.ts";
import { keysFor, runTau } from "./support/tau.ts";

const models = [
  "anthropic/claude-sonnet-4-5",
  "openai/gpt-5",
  "google/gemini-2.5-pro",
  "openrouter/anthropic/claude-sonnet-4.5",
];

const work: FakeAnswer[] = [
  {
    thinking: "Look first.",
    text: "Ünïcode “text” 🙂.",
    deltaSize: 2,
    calls: [
      call("read", { path: "notes.txt" }, "read"),
      call("write", { path: "out.txt", content: "é\n" }, "write"),
    ],
    usage: { input: 321, cached: 12, output: 45, reasoning: 6 },
  },
  { fault: { type: "status", status: 503, headers: { "retry-after": "0" } } },
  { text: "Cut", fault: { type: "truncated" } },
  { calls: [call("bash", { command: "cat out.txt notes.txt" }, "bash")] },
  { text: "All done.", usage: { output: 7 } },
];

/** What a new run may draw anew or measure otherwise. */
const fleeting = new Set([
  "id",
  "at",
  "parent",
  "sessionId",
  "turnId",
  "durationMs",
  "timings",
  "reservation",
  "delayMs",
  // The mark of a replay, which contacts nobody and waits for nothing.
  "replayed",
  "hosts",
  "seq",
]);
const lasting = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner) => (fleeting.has(key) ? undefined : inner)));

/** What happened, without how the wire cut it: entries and waits one by one, deltas of a kind as one text. */
function happenings({ events }: Told): unknown[] {
  const told: unknown[] = [];
  const texts: Record<string, string> = {};
  for (const event of events as AgentEvent[]) {
    if ("delta" in event)
      texts[`${event.type} ${event.step}`] = `${texts[`${event.type} ${event.step}`] ?? ""}${event.delta}`;
    else if (isEntry(event) || event.type === "retry.scheduled") {
      // How many files a checkpoint found changed is of the project as it is, not of the run.
      const { type } = event;
      told.push(
        type === "checkpoint.created" ? { type, when: event.when, callId: event.callId } : lasting(event),
      );
    }
  }
  return [...told, texts];
}

async function recorded(model: string): Promise<{ stage: Scene; first: Told; file: string }> {
  const stage = await scene(work);
  stage.settings({ retry: { baseDelaySeconds: 0.05 } });
  stage.world.file("notes.txt", "the notes\n");
  const file = join(stage.world.home, "run.jsonl");
  const flags = ["--model", model, "--record", file, "--effort", "medium"];
  const first = told(await runTau(stage.world, ["exec", "do it", "--json", "--mode", "full", ...flags]));
  expect([first.result.reason, first.result.text]).toEqual(["done", "All done."]);
  expect(ofType(first.events, "attempt.failed").map(({ error }) => error.code)).toEqual([
    "overloaded",
    "truncated",
  ]);
  // From here on there is no network, and the project is as it was.
  await stage.fake.close();
  rmSync(join(stage.world.project, "out.txt"));
  return { stage, first, file };
}

const replay = async ({ world }: Scene, file: string, model: string, task: string): Promise<Told> => {
  const flags = ["--model", model, "--replay", file, "--effort", "medium"];
  return told(await runTau(world, ["exec", task, "--json", "--mode", "full", ...flags]));
};

describe("A replayed run", () => {
  it("is not counted as spent: not in reports, not in budgets, and a cap that is used up does not stop it", async () => {
    const { stage, first, file } = await recorded("anthropic/claude-sonnet-4-5");
    const cost = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await runTau(stage.world, ["cost", "all", "--json"])).stdout);
    const budgets = () => rows(stage.world, "SELECT * FROM spend ORDER BY 1, 2");
    // The day's cap is passed already.
    const ledger = new Sqlite(join(stage.world.env.TAU_HOME ?? "", "data/tau.db"));
    ledger.exec("UPDATE spend SET cost = cost + 2000000000 WHERE scope = 'day'");
    ledger.close();
    stage.settings({ retry: { baseDelaySeconds: 0.05 }, budgets: { day: { usd: 2 } } });
    const [before, spent] = [await cost(), budgets()];
    const second = await replay(stage, file, "anthropic/claude-sonnet-4-5", "do it");
    expect(second.result).toMatchObject({ reason: "done", cost: first.result.cost });
    expect(await cost()).toMatchObject({ rows: before.rows, total: before.total, replayedCalls: 5 });
    expect(budgets()).toEqual(spent);
    expect((await runTau(stage.world, ["cost"])).stdout).toMatch(/^5 replayed calls left out/m);
    const live = told(await runTau(stage.world, ["exec", "for real", "--json", "-m", models[0] ?? ""]));
    expect(live.result.reason).toBe("budget");
  }, 60_000);
});

describe.each(models)("A recorded run of %s", (model) => {
  it("replays to the same events with nobody at the other end, and holds no key", async () => {
    const { stage, first, file } = await recorded(model);
    const asked = stage.fake.requests.length;
    const second = await replay(stage, file, model, "do it");
    expect(happenings(second)).toEqual(happenings(first));
    expect(lasting(second.result)).toEqual(lasting(first.result));
    expect(stage.fake.requests).toHaveLength(asked);
    expect(readFileSync(join(stage.world.project, "out.txt"), "utf8")).toBe("é\n");

    expect(statSync(file).mode & 0o777).toBe(0o600);
    const recording = readFileSync(file, "utf8");
    const keys = Object.entries(keysFor("")).flatMap(([name, value]) =>
      name.endsWith("_KEY") ? [value] : [],
    );
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(recording).not.toContain(key);
  });

  it("names the place where another run departs from it", async () => {
    const { stage, file } = await recorded(model);
    const other = await replay(stage, file, model, "do something else");
    expect([other.result.exitCode, other.result.reason]).toEqual([1, "failure"]);
    expect(other.result.error?.message).toMatch(
      /exchange 1: (messages|input|contents)\[\d\].*"do it" and is "do something else"/,
    );
    expect(other.result.error?.hint).toMatch(/record the run again/);

    // The same words, but another file under them: the run departs at the request that carries what was read.
    stage.world.file("notes.txt", "other notes\n");
    const later = await replay(stage, file, model, "do it");
    expect([later.result.exitCode, later.result.steps]).toEqual([1, 2]);
    expect(later.result.error?.message).toMatch(/exchange 2: (messages|input|contents)\[\d\].*notes/);
    expect(ofType(later.events, "tool.finished").map(({ status }) => status)).toEqual(["ok", "ok"]);
  });
});

it("A recording that is none is refused before anything runs, with its line", async () => {
  const stage = await scene();
  const file = stage.world.file("broken.jsonl", '{"type":"recording","v":1,"at":1}\n{"type":"surprise"}\n');
  const { result } = await replay(stage, file, models[0] ?? "", "do it");
  expect([result.exitCode, result.error?.code]).toEqual([3, "config"]);
  expect(result.error?.message).toContain(`${file}:2`);
  expect(stage.fake.requests).toEqual([]);
});
