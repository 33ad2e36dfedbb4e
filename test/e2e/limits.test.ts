/** Money, tokens, steps and time: what a headless run may spend, and what happens where it may not. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BudgetRefusal } from "../../src/core/event.ts";
import { usd } from "../../src/core/usage.ts";
import type { FakeAnswer, SeenRequest } from "../support/upstream/script.ts";
import { ofType, type Told, told, until } from "./support/run.ts";
import { call, model, priced, pricedModel, rows, saidTo, scene } from "./support/scene.ts";
import { runTau, startTau } from "./support/tau.ts";

/** The priced model of the scene: a dollar a million in, ten a million out. */
const costOf = (input: number, output: number): number => input * 1000 + output * 10_000;

const step = (index: number, usage: NonNullable<FakeAnswer["usage"]>): FakeAnswer => ({
  calls: [call("bash", { command: `echo ${index}` }, `call_${index}`)],
  usage,
});

const refusalOf = ({ events }: Told): BudgetRefusal | undefined => ofType(events, "budget.refused")[0];

describe("a cap that leaves no room", () => {
  it.each([
    { what: "--max-cost", args: ["--max-cost", "0.001"], unit: "usd", cap: 1_000_000 },
    { what: "--max-tokens", args: ["--max-tokens", "1000"], unit: "tokens", cap: 1000 },
  ])("$what refuses the request, with the numbers, before it is sent", async ({ args, unit, cap }) => {
    const { exec, fake, settings, world } = await scene();
    settings(priced);
    const run = await exec([...args, "-m", pricedModel, "go"]);
    expect(run.result).toMatchObject({
      reason: "budget",
      exitCode: 8,
      usage: { input: 0, output: 0 },
      cost: 0,
    });
    const refusal = refusalOf(run);
    expect(refusal).toMatchObject({ scope: "run", unit, cap, spent: 0, reserved: 0 });
    expect(refusal?.wanted).toBeGreaterThan(cap);
    expect(run.result.error?.message).toBe(refusal?.reason);
    expect(refusal?.reason).toMatch(unit === "usd" ? /\$0\.0010/ : /1,?000/);
    expect(fake.requests).toEqual([]);
    const text = await runTau(world, ["exec", "-m", pricedModel, ...args, "go"]);
    expect([text.code, text.stdout]).toEqual([8, ""]);
    expect(text.stderr).toContain(refusal?.reason);
  });

  it("refuses a model without a price under a money cap, and no other cap", async () => {
    const { exec, fake } = await scene();
    const unpriced = "anthropic/never-heard-of";
    const refused = await exec(["-m", unpriced, "--max-cost", "100", "go"]);
    expect(refused.result).toMatchObject({ reason: "budget", exitCode: 8 });
    expect(refusalOf(refused)).toMatchObject({
      unit: "usd",
      wanted: null,
      reason: expect.stringMatching(/price/),
    });
    expect(fake.requests).toEqual([]);
    const counted = await exec(["-m", unpriced, "--max-tokens", "100000", "go"]);
    expect(counted.result).toMatchObject({ reason: "done", cost: null });
    const free = await exec(["-m", unpriced, "go"]);
    expect(free.result).toMatchObject({ reason: "done", cost: null, usage: { input: 100, output: 20 } });
  });
});

describe("a cap that leaves a little room", () => {
  const models = {
    ...priced.models,
    "openai/priced": priced.models[pricedModel],
    "google/priced": priced.models[pricedModel],
    "openrouter/priced": priced.models[pricedModel],
  };
  it.each([
    { name: pricedModel, sent: ({ body }: SeenRequest) => body.max_tokens },
    { name: "openai/priced", sent: ({ body }: SeenRequest) => body.max_output_tokens },
    {
      name: "openrouter/priced",
      sent: ({ body }: SeenRequest) => body.max_tokens ?? body.max_completion_tokens,
    },
    {
      name: "google/priced",
      sent: ({ body }: SeenRequest) =>
        (body.generationConfig as { maxOutputTokens: unknown }).maxOutputTokens,
    },
  ])("lowers the answer's length in the request of $name instead of refusing", async ({ name, sent }) => {
    const { exec, fake, settings } = await scene();
    settings({ models });
    const whole = await exec(["-m", name, "go"]);
    const tight = await exec(["-m", name, "--max-cost", "0.02", "go"]);
    const [first, second] = fake.requests;
    if (!first || !second) throw new Error("two requests");
    expect(sent(first)).toBe(8000);
    const lowered = Number(sent(second));
    expect(lowered).toBeGreaterThanOrEqual(256);
    // Even if the whole of it is used, the cap holds; and it is not lowered more than the prompt's price asks.
    expect(lowered * 10_000).toBeLessThan(20_000_000);
    expect(lowered).toBeGreaterThan(500);
    const [started] = ofType(tight.events, "step.started");
    expect(started).toMatchObject({ maxOutputTokens: lowered });
    expect(started?.reservation?.cost).toBeLessThanOrEqual(20_000_000);
    expect(ofType(tight.events, "note").map(({ text }) => text)).toEqual([
      expect.stringMatching(new RegExp(`capped at ${lowered} tokens instead of 8000`)),
    ]);
    expect(whole.result.reason).toBe("done");
    expect(tight.result.reason).toBe("done");
  });

  it.each([
    { what: "money", args: ["--max-cost", "0.03"], cap: usd(0.03), spent: (told: Told) => told.result.cost },
    {
      what: "tokens",
      args: ["--max-tokens", "30000"],
      cap: 30_000,
      spent: ({ result }: Told) => result.usage.input + result.usage.output,
    },
  ])(
    "ends a run of many steps before its $what is passed, with the work so far",
    async ({ args, cap, spent }) => {
      const { exec, fake, settings } = await scene((request, index) =>
        step(index, {
          input: Math.ceil(request.raw.length / 6),
          output: Math.floor(Number(request.body.max_tokens) / 2),
        }),
      );
      settings(priced);
      const run = await exec(["-m", pricedModel, "--mode", "full", ...args, "go"]);
      expect(run.result).toMatchObject({ reason: "budget", exitCode: 8 });
      expect(fake.requests.length).toBeGreaterThan(1);
      expect(spent(run)).toBeLessThanOrEqual(cap);
      expect(spent(run)).toBeGreaterThan(cap / 3);
      expect(refusalOf(run)).toMatchObject({ cap, spent: spent(run), reserved: 0 });
      expect(run.result.toolCalls).toBe(fake.requests.length);
    },
  );
});

describe("budgets of the settings", () => {
  it.each([
    { scope: "session", second: ["-c"], outside: [] },
    { scope: "project", second: [], outside: ["-C", "../other"] },
    { scope: "day", second: [], outside: null },
  ])("a $scope budget counts what earlier runs spent", async ({ scope, second, outside }) => {
    const { exec, fake, settings, world } = await scene(({ body }) => ({
      text: "Spent.",
      usage: { input: 2000, output: Number(body.max_tokens) },
    }));
    world.file("../other/.git/HEAD", "");
    // Room for one call, which uses all that is left beside its prompt.
    settings({ ...priced, budgets: { [scope]: { usd: 0.0135 } } });
    const first = await exec(["-m", pricedModel, "go"]);
    const once = costOf(2000, Number(fake.requests[0]?.body.max_tokens));
    expect(first.result).toMatchObject({ reason: "done", cost: once });
    const again = await exec(["-m", pricedModel, ...second, "go"]);
    expect(again.result).toMatchObject({ reason: "budget", exitCode: 8 });
    expect(refusalOf(again)).toMatchObject({ scope, unit: "usd", spent: once, reserved: 0 });
    expect(fake.requests).toHaveLength(1);
    if (outside === null) return;
    const elsewhere = await exec(["-m", pricedModel, ...outside, "go"]);
    expect(elsewhere.result.reason).toBe("done");
  });

  it("the tighter of settings, project and flags counts", async () => {
    const { exec, fake, settings, world } = await scene();
    settings({ ...priced, budgets: { run: { usd: 10 } } });
    world.file(".tau/config.json", JSON.stringify({ budgets: { run: { usd: 0.001 } } }));
    const run = await exec(["-m", pricedModel, "--max-cost", "5", "go"]);
    expect(refusalOf(run)).toMatchObject({ scope: "run", cap: usd(0.001) });
    expect(fake.requests).toEqual([]);
  });

  it("eight processes at once never pass a day's budget, whatever order they come in", async () => {
    const cap = 0.25;
    let answered = 0;
    const { fake, settings, world } = await scene((request) => {
      const output = Number(request.body.max_tokens);
      const input = Math.ceil(request.raw.length / 5);
      answered += costOf(input, output);
      // Each call takes a while and comes near its worst case.
      return { ...step(fakeStep++, { input, output }), text: "Working on it, word by word.", deltaMs: 5 };
    });
    let fakeStep = 0;
    settings({ ...priced, budgets: { day: { usd: cap } } });
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        runTau(world, [
          "exec",
          "--json",
          "-m",
          pricedModel,
          "--mode",
          "full",
          "--max-steps",
          "6",
          `task ${at}`,
        ]),
      ),
    );
    const results = runs.map((run) => told(run));
    for (const { result } of results) expect(["budget", "limit"]).toContain(result.reason);
    expect(results.some(({ result }) => result.reason === "budget")).toBe(true);
    expect(results.filter(({ result }) => result.steps > 0).length).toBeGreaterThan(1);
    const [ledger] = rows<{ cost: number; calls: number }>(
      world,
      "SELECT sum(cost) AS cost, count(*) AS calls FROM calls",
    );
    expect(ledger?.calls).toBe(fake.requests.length);
    expect(ledger?.cost).toBe(answered);
    expect(answered).toBeLessThanOrEqual(usd(cap));
    expect(answered).toBeGreaterThan(usd(cap) / 2);
    expect(results.reduce((sum, { result }) => sum + (result.cost ?? 0), 0)).toBe(answered);
    expect(rows(world, "SELECT * FROM reservations")).toEqual([]);
  });
});

describe("--max-steps", () => {
  const endless = (_: SeenRequest, index: number): FakeAnswer =>
    _.body.tool_choice !== undefined && (_.body.tool_choice as { type: string }).type === "none"
      ? { text: "I did three things; two are left." }
      : step(index, { input: 10, output: 10 });

  it("ends in a last word of the model, not in a cut", async () => {
    const { exec, fake } = await scene(endless);
    const { result, events } = await exec(["--mode", "full", "--max-steps", "4", "go"]);
    expect(result).toMatchObject({
      reason: "limit",
      exitCode: 9,
      steps: 4,
      toolCalls: 3,
      text: "I did three things; two are left.",
    });
    expect(fake.requests).toHaveLength(4);
    expect(saidTo(fake, 3).at(-1)).toMatch(/limit of 4 steps/);
    expect(saidTo(fake, 2)).toEqual(["go"]);
    // The tools stay in the request, for the cache; only their use is forbidden.
    expect(fake.requests[3]?.body.tools).toEqual(fake.requests[0]?.body.tools);
    expect(ofType(events, "user.message").map(({ origin }) => origin)).toEqual(["prompt", "reminder"]);
  });

  it("a project may lower the limit, not raise it", async () => {
    const { exec, fake, world } = await scene(endless);
    world.file(".tau/config.json", JSON.stringify({ limits: { steps: 2 } }));
    const { result } = await exec(["--mode", "full", "--max-steps", "9", "go"]);
    expect(result).toMatchObject({ reason: "limit", steps: 2 });
    expect(fake.requests).toHaveLength(2);
  });
});

// They wait for their time, so they wait together.
describe("--timeout", () => {
  it.concurrent("stops a command with all its children, and keeps what was done", async ({
    onTestFinished: atEnd,
  }) => {
    const { exec, world } = await scene(
      [{ calls: [call("bash", { command: "echo begun; sleep 300 & echo $! > pid; wait" })] }],
      atEnd,
    );
    const { result, events } = await exec(["--mode", "full", "--timeout", "5", "go"]);
    expect(result).toMatchObject({ reason: "timeout", exitCode: 124, steps: 1, toolCalls: 1 });
    expect(result.durationMs).toBeLessThan(15_000);
    expect(ofType(events, "tool.finished")).toMatchObject([
      { status: "interrupted", output: [{ text: expect.stringMatching(/begun/) }] },
    ]);
    const pid = readFileSync(join(world.project, "pid"), "utf8").trim();
    await until("the child is gone", () => isGone(Number(pid)));
  });

  it.concurrent("stops a model that says nothing any more, and keeps what it said", async ({
    onTestFinished: atEnd,
  }) => {
    const { exec, fake } = await scene(
      [{ text: "Half an answer", fault: { type: "silence", pings: true } }],
      atEnd,
    );
    const { result, events } = await exec(["--timeout", "5", "go"]);
    expect(result).toMatchObject({ reason: "timeout", exitCode: 124 });
    expect(ofType(events, "assistant.message")).toMatchObject([
      { end: { reason: "aborted" }, parts: [{ type: "text", text: "Half an answer" }] },
    ]);
    await until("the connection is closed", () => fake.aborted === 1);
  });

  it.concurrent("ends in a last word of the model where there is time for one, told as a time-out all the same", async ({
    onTestFinished: atEnd,
  }) => {
    const { exec, fake } = await scene(
      (request, index) =>
        (request.body.tool_choice as { type?: string } | undefined)?.type === "none"
          ? { text: "Some of it is done." }
          : { calls: [call("bash", { command: `sleep 1; echo ${index}` }, `call_${index}`)] },
      atEnd,
    );
    const { result, events } = await exec(["--mode", "full", "--timeout", "15", "go"]);
    expect(result).toMatchObject({ reason: "timeout", exitCode: 124, text: "Some of it is done." });
    expect(saidTo(fake, fake.requests.length - 1).at(-1)).toMatch(/reaches its time limit/);
    expect(ofType(events, "tool.finished").every(({ status }) => status === "ok")).toBe(true);
  });
});

describe("--network-timeout", () => {
  it("bounds the wait for the headers of an answer", async () => {
    const deaf = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void deaf.close());
    await once(deaf, "listening");
    const { port } = deaf.address() as AddressInfo;
    const { exec, settings } = await scene();
    settings({ retry: { attempts: 1 } });
    const { result } = await exec(["--network-timeout", "0.5", "go"], {
      env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
    });
    expect(result).toMatchObject({ reason: "unavailable", exitCode: 6, error: { code: "timeout" } });
    expect(result.error?.message).toMatch(/within 0\.5 s/);
  });
});

describe("--idle-timeout", () => {
  it("ends a call that pings and says nothing", async () => {
    const { exec, settings } = await scene(() => ({ text: "Half", fault: { type: "silence", pings: true } }));
    settings({ retry: { attempts: 1 } });
    const { result } = await exec(["--idle-timeout", "0.5", "go"]);
    expect(result).toMatchObject({ reason: "unavailable", exitCode: 6, error: { code: "stalled" } });
  });
});

it("a run can be interrupted and gone on with", async () => {
  const { exec, fake, world } = await scene([
    { text: "Thinking aloud", fault: { type: "silence", pings: false } },
    { text: "Back again." },
  ]);
  const { child, finished, stdoutSoFar } = startTau(world, ["exec", "--json", "-m", model, "first task"]);
  await until("the answer has begun", () => stdoutSoFar().includes("text.delta"));
  child.kill("SIGINT");
  const run = told(await finished);
  expect(run.result).toMatchObject({ reason: "interrupted", exitCode: 130 });
  const next = await exec(["-c", "go on"]);
  expect(next.result).toMatchObject({ reason: "done", text: "Back again." });
  expect(next.sessionId).toBe(run.sessionId);
  expect(saidTo(fake, 1)).toEqual(["first task", "go on"]);
  expect(fake.requests[1]?.raw).toContain("Thinking aloud");
});

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
