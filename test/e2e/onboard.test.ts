/** The wizard as a script: what it writes is what the next run uses, and every refusal leaves everything as it was. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { goodKey, type Mood, startProvider } from "./support/provider.ts";
import { told } from "./support/run.ts";
import { makeWorld, runTau, type World } from "./support/tau.ts";

/** A machine nobody has used Tau on, and a provider that no variable but its address tells of. */
async function fresh(mood: Mood = "accepts"): Promise<{ world: World; asked: string[] }> {
  const provider = await startProvider(mood);
  const world = makeWorld({ ANTHROPIC_BASE_URL: provider.url });
  onTestFinished(world.remove);
  return { world, asked: provider.asked };
}

const inHome = (world: World, name: string): string => join(world.env.TAU_HOME ?? "", name);
const settingsOf = (world: World): unknown => JSON.parse(readFileSync(inHome(world, "config.json"), "utf8"));
const scripted = ["onboard", "--non-interactive", "--provider", "anthropic"];

describe("tau onboard --non-interactive", () => {
  it("keeps the key, writes the settings, and the next run has exactly these", async () => {
    const { world } = await fresh();
    const options = [
      "--key-stdin",
      "--check",
      "--mode",
      "edit",
      "--daily-budget",
      "3",
      "--theme",
      "dark",
      "--json",
    ];
    const model = "anthropic/claude-haiku-4-5";
    const run = await runTau(world, [...scripted, ...options, "-m", model], { input: `${goodKey}\n` });
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(JSON.parse(run.stdout)).toEqual({
      ok: true,
      settings: inHome(world, "config.json"),
      keys: ["model", "mode", "budgets.day.usd", "theme"],
      profile: null,
      credentials: inHome(world, "credentials.json"),
      provider: "anthropic",
      model,
      checked: { models: 3 },
    });
    expect(settingsOf(world)).toEqual({ model, mode: "edit", budgets: { day: { usd: 3 } }, theme: "dark" });
    expect(statSync(inHome(world, "credentials.json")).mode & 0o777).toBe(0o600);
    expect(run.stdout + run.stderr).not.toContain(goodKey);

    const used = told(await runTau(world, ["exec", "--json", "hi"]));
    expect(used.init).toMatchObject({ model, mode: "edit" });
    expect(used.result).toMatchObject({ reason: "done", text: "Finished as asked." });
    // The cap is the one that is enforced.
    await runTau(world, ["config", "set", "budgets.day.usd", "0.00001"]);
    expect(told(await runTau(world, ["exec", "--json", "hi"])).result).toMatchObject({ reason: "budget" });
  });

  it("writes a profile beside the rest, which --profile, TAU_PROFILE and a setting choose", async () => {
    const { world } = await fresh();
    world.file("../home/.tau/config.json", '{\n  // mine\n  "mode": "ask"\n}\n');
    const env = { WORK_KEY: goodKey };
    const work = [
      "--profile",
      "work",
      "--key-env",
      "WORK_KEY",
      "-m",
      "anthropic/claude-haiku-4-5",
      "--mode",
      "plan",
    ];
    expect((await runTau(world, [...scripted, ...work], { env })).code).toBe(0);
    const text = readFileSync(inHome(world, "config.json"), "utf8");
    expect(text).toMatch(/^\{\n {2}\/\/ mine\n {2}"mode": "ask",/);
    expect(text).not.toContain(goodKey);
    expect(existsSync(inHome(world, "credentials.json"))).toBe(false);
    const init = { model: "anthropic/claude-haiku-4-5", mode: "plan" };
    const chosen = told(await runTau(world, ["exec", "--json", "--profile", "work", "hi"], { env }));
    expect([chosen.init, chosen.result.reason]).toMatchObject([init, "done"]);
    expect(
      told(await runTau(world, ["exec", "--json", "hi"], { env: { ...env, TAU_PROFILE: "work" } })).init,
    ).toMatchObject(init);
    await runTau(world, ["config", "set", "profile", "work"]);
    expect(
      told(await runTau(world, ["--profile", "work", "exec", "--json", "hi"], { env })).init,
    ).toMatchObject(init);
    expect(told(await runTau(world, ["exec", "--json", "hi"], { env })).init).toMatchObject(init);
    expect((await runTau(world, ["config", "get", "mode", "--profile", "default"])).stdout).toBe("ask\n");
    const unknown = await runTau(world, ["doctor", "--profile", "wrok"], { env });
    expect(unknown.stdout).toMatch(/there is no profile "wrok"[\s\S]*did you mean work\?/);
  });

  it.each<[Mood | "absent", string, number, RegExp]>([
    ["accepts", "a-wrong-key-0123", 4, /the key was rejected.*HTTP 401.*\n.*copy the key again/],
    ["no credit", goodKey, 7, /no credit: .*HTTP 402.*\n.*has no credit/],
    ["rate limit", goodKey, 7, /rate limited: .*HTTP 429.*\n.*try again in a minute/],
    ["html", goodKey, 6, /no list of models; is http.* the right address/],
    ["slow", goodKey, 6, /did not answer in time.*\n.*slow/],
    ["absent", goodKey, 6, /connection was refused.*asked at http:\/\/127\.0\.0\.1:9.*\n.*check the network/],
  ])("a provider that %s, asked with %s: %i, and nothing is written", async (mood, key, code, says) => {
    const { world } = await fresh(mood === "absent" ? "accepts" : mood);
    const env = mood === "absent" ? { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" } : {};
    const run = await runTau(world, [...scripted, "--key-stdin", "--check", "--mode", "edit"], {
      input: key,
      env,
    });
    expect([run.code, run.stderr]).toEqual([code, expect.stringMatching(says)]);
    expect(existsSync(inHome(world, "config.json"))).toBe(false);
    expect(existsSync(inHome(world, "credentials.json"))).toBe(false);
  });

  it.each([
    [["--mode", "edti"], 2, /mode: expected one of/],
    [["--daily-budget", "lots"], 2, /--daily-budget must be an amount/],
    [["--theme", "drak"], 2, /there is no theme "drak"\n.*dark/],
    [["-m", "openai/gpt-5.1"], 2, /no model of anthropic/],
    [["-m", "anthropic/claude-unheard-of-9", "--daily-budget", "1"], 2, /no known price.*\n.*give its price/],
    [[], 4, /no key of anthropic: ANTHROPIC_API_KEY or .* is not set\n.*--key-stdin/],
    [["--profile", "default"], 2, /cannot be the name of a profile/],
  ])("refuses %j with %i", async (options, code, says) => {
    const { world } = await fresh();
    const run = await runTau(world, [...scripted, ...options]);
    expect([run.code, run.stderr]).toEqual([code, expect.stringMatching(says)]);
    expect(existsSync(inHome(world, "config.json"))).toBe(false);
  });

  it("takes a file of answers or standard input, and names what is wrong in it by path", async () => {
    const { world } = await fresh();
    const answers = { provider: "anthropic", mode: "plan", dailyBudget: 2, keyEnv: "K" };
    const run = await runTau(world, ["onboard", "--answers", "-"], {
      input: JSON.stringify(answers),
      env: { K: goodKey },
    });
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(settingsOf(world)).toMatchObject({ mode: "plan", budgets: { day: { usd: 2 } } });
    const file = world.file("answers.json", '{"mode": "x", "dailyBudget": -1, "apiKey": "sk-secret-0123"}');
    const wrong = await runTau(world, ["onboard", "--answers", file]);
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toMatch(/mode: .*\n.*dailyBudget: .*\n.*no answer apiKey.*keyEnv, or --key-stdin/);
    expect(wrong.stderr).not.toContain("sk-secret");
  });

  it("makes a local server run under a budget, as its tokens cost nothing", async () => {
    const { world } = await fresh();
    const run = await runTau(world, [
      "onboard",
      "--non-interactive",
      "-m",
      "ollama/qwen",
      "--daily-budget",
      "1",
    ]);
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(settingsOf(world)).toMatchObject({ models: { "ollama/*": { price: { input: 0, output: 0 } } } });
  });

  it("several at once lose nothing of each other's", async () => {
    const { world } = await fresh();
    const names = ["one", "two", "three", "four"];
    const runs = names.map((name) =>
      runTau(world, ["onboard", "--non-interactive", "--profile", name, "--mode", "plan"]),
    );
    const keys = names.map((_, index) =>
      runTau(
        world,
        ["auth", "login", ["openai", "groq", "xai", "mistral"][index] ?? "", "--stdin", "--no-check"],
        {
          input: `${goodKey}-${index}`,
        },
      ),
    );
    for (const run of await Promise.all([...runs, ...keys])) expect(run).toMatchObject({ code: 0 });
    expect(settingsOf(world)).toEqual({
      profiles: Object.fromEntries(names.map((name) => [name, { mode: "plan" }])),
    });
    expect(JSON.parse(readFileSync(inHome(world, "credentials.json"), "utf8"))).toEqual({
      openai: `${goodKey}-0`,
      groq: `${goodKey}-1`,
      xai: `${goodKey}-2`,
      mistral: `${goodKey}-3`,
    });
  });

  it("without a terminal and without answers it says what to give", async () => {
    const { world } = await fresh();
    const run = await runTau(world, ["onboard"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringMatching(/no terminal.*\n.*--non-interactive/)]);
    const half = await runTau(world, ["onboard", "--provider", "openai"]);
    expect([half.code, half.stderr]).toEqual([
      2,
      expect.stringMatching(/--provider .*\n.*--non-interactive/),
    ]);
  });
});
