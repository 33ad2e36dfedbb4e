/** Where money went, and why the prompt cache missed, through the built binary. */
import { describe, expect, it } from "vitest";
import type { Usage } from "../../src/core/usage.ts";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { ofType, told, until } from "./support/run.ts";
import { call, pricedModel, scene } from "./support/scene.ts";
import { runTau, startTau } from "./support/tau.ts";

type Row = { kind?: string; key: string | null; calls?: number; usage: Usage; cost: number };
type Report = { rows: Row[]; total: Row };

/** What the fake provider counted for an answer that it began, and for one that it also ended. */
const begun = ({ usage = {} }: FakeAnswer): Usage => ({
  input: usage.input ?? 100,
  cacheRead: usage.cached ?? 0,
  cacheWrite5m: usage.written ?? 0,
  cacheWrite1h: 0,
  output: 1,
  reasoning: 0,
});
const ended = (answer: FakeAnswer): Usage => ({ ...begun(answer), output: answer.usage?.output ?? 20 });

const sum = (usages: readonly Usage[]): Usage =>
  usages.reduce((all, usage) => ({
    input: all.input + usage.input,
    cacheRead: all.cacheRead + usage.cacheRead,
    cacheWrite5m: all.cacheWrite5m + usage.cacheWrite5m,
    cacheWrite1h: all.cacheWrite1h + usage.cacheWrite1h,
    output: all.output + usage.output,
    reasoning: all.reasoning + usage.reasoning,
  }));

/** A dollar a million in, a tenth cached, a quarter more written, ten out: in nano-dollars. */
const price = { input: 1, output: 10, cacheRead: 0.1, cacheWrite5m: 1.25 };
const costOf = (usage: Usage): number =>
  usage.input * 1_000 + usage.cacheRead * 100 + usage.cacheWrite5m * 1_250 + usage.output * 10_000;

describe("The money of a session", () => {
  it("is what the provider counted, retries, cut answers and helper calls included, and is all accounted for", async () => {
    const overloaded: FakeAnswer = {
      fault: { type: "status", status: 503, headers: { "retry-after": "0" } },
    };
    const cut: FakeAnswer = {
      text: "Half of",
      fault: { type: "truncated" },
      usage: { input: 311, written: 40 },
    };
    const reads: FakeAnswer = {
      text: "Look.",
      calls: [call("read", { path: "notes.txt" })],
      usage: { input: 913, written: 501, output: 31 },
    };
    const wrong: FakeAnswer = { text: "not JSON", usage: { input: 17, cached: 1_403, written: 71 } };
    // The window is nearly full by this count: going on begins with a summary.
    const right: FakeAnswer = { text: '{"n":1}', usage: { input: 11_501, cached: 1_474, written: 23 } };
    const summary: FakeAnswer = {
      text: "What happened so far.",
      usage: { input: 207, cached: 1_497, output: 50 },
    };
    const silent: FakeAnswer = {
      text: "And then",
      fault: { type: "silence", pings: true },
      usage: { input: 1_013, written: 7 },
    };
    const { world, settings, exec, fake } = await scene([
      overloaded,
      cut,
      reads,
      wrong,
      right,
      summary,
      silent,
    ]);
    settings({
      retry: { baseDelaySeconds: 0.05 },
      models: { [pricedModel]: { contextWindow: 16_000, maxOutput: 1_000, price } },
    });
    const notes = world.file("notes.txt", "A note. ".repeat(100));
    const schema = world.file("schema.json", JSON.stringify({ type: "object", required: ["n"] }));
    const asked = `count ${"the sheep ".repeat(2_500)}`;
    const first = await exec(["-m", pricedModel, "--output-schema", schema, asked]);
    expect(first.result).toMatchObject({ reason: "done", output: { n: 1 } });
    const run = startTau(world, ["exec", "--json", "-m", pricedModel, "-c", "go on"]);
    await until("it answers", () => run.stdoutSoFar().includes('"text.delta"'));
    run.child.kill("SIGTERM");
    const second = told(await run.finished);
    expect(second.result.reason).toBe("terminated");
    expect(ofType(second.events, "compaction.finished").map(({ method }) => method)).toEqual(["summary"]);
    expect(fake.requests).toHaveLength(7);

    const usage = sum([begun(cut), ended(reads), ended(wrong), ended(right), ended(summary), begun(silent)]);
    const report = async (by: string): Promise<Report> =>
      JSON.parse((await runTau(world, ["cost", "--json", "--session", first.sessionId, "--by", by])).stdout);
    const reports = new Map<string, Row[]>();
    for (const by of ["model", "upstream", "project", "day", "turn", "step", "helper", "tool", "file"]) {
      const { rows, total } = await report(by);
      expect([by, total.usage, total.cost]).toEqual([by, usage, costOf(usage)]);
      expect([by, sum(rows.map((row) => row.usage))]).toEqual([by, usage]);
      expect([by, rows.reduce((all, row) => all + row.cost, 0)]).toEqual([by, costOf(usage)]);
      reports.set(by, rows);
    }
    const costsBy = (by: string) =>
      Object.fromEntries((reports.get(by) ?? []).map(({ key, cost }) => [key, cost]));
    expect(costsBy("helper")).toEqual({
      steps: costOf(ended(reads)) + costOf(ended(wrong)) + costOf(begun(silent)),
      "failed attempts": costOf(begun(cut)),
      "schema repairs": costOf(ended(right)),
      "compaction calls": costOf(ended(summary)),
    });
    expect(Object.keys(costsBy("tool"))).toEqual(
      expect.arrayContaining(["read", "user messages", "answers", "system prompt", "tool definitions"]),
    );
    expect(Object.keys(costsBy("file")).toSorted()).toEqual([notes, "about no file"].toSorted());
    expect(
      reports
        .get("turn")
        ?.map(({ calls }) => calls)
        .toSorted(),
    ).toEqual([2, 5]);
    const text = await runTau(world, ["cost", "--by", "file"]);
    expect(text.stdout).toMatch(/^notes\.txt +\d/m);
    expect((await runTau(world, ["sessions", "delete", first.sessionId, "--yes"])).code).toBe(0);
    const after = JSON.parse((await runTau(world, ["cost", "--json", "--by", "tool"])).stdout) as Report;
    expect(after.rows).toMatchObject([{ kind: "deleted", key: null, cost: costOf(usage), usage }]);
    expect((await runTau(world, ["cost", "--session", "ffff"])).code).toBe(2);
  }, 120_000);
});

describe("A prompt cache that misses", () => {
  it("is explained by the first byte of the request that changed, live and in the report", async () => {
    // The last step a run may make forbids tools: a setting this provider keeps its cache by.
    const { exec, fake, world } = await scene([
      { calls: [call("ls", {})], usage: { input: 10, written: 9_000 } },
      { text: "Done.", usage: { input: 10, written: 9_100 } },
    ]);
    const { events } = await exec(["--max-steps", "2", "go"]);
    const [missed] = ofType(events, "cache.missed");
    expect(missed).toMatchObject({
      changed: "settings",
      departure: {
        source: "setting tool_choice",
        path: "tool_choice",
        before: "nothing",
        now: '{"type":"none"}',
      },
    });
    const sent = Buffer.from(fake.requests[1]?.raw ?? "");
    expect(sent.subarray(missed?.departure?.byte).toString()).toMatch(/^\{"type":"none"\}/);

    const report = await runTau(world, ["cost"]);
    expect(report.stdout).toMatch(
      /^prompt cache: 0 tokens read \(0% of the prompts\), 18,100 written, 9,000 missed once \(\$/m,
    );
    const json = JSON.parse((await runTau(world, ["cost", "--json"])).stdout);
    expect(json.cache).toEqual({ misses: 1, missedTokens: 9_000, missedCost: missed?.cost });
  });
});
