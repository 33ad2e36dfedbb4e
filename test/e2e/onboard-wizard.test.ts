/** The wizard in a real pseudo-terminal: from a fresh machine to a finished task, and every way out of it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { goodKey, type Mood, type Provider, startProvider } from "./support/provider.ts";
import { keys, type Pty, type PtyOptions, startPty } from "./support/pty.ts";
import { makeWorld, runTau, type World } from "./support/tau.ts";
import { startTmux, tmuxVersion } from "./support/tmux.ts";
import { ready } from "./support/tui.ts";

/** Ports nobody listens at: what runs on the machine of the test is none of its business. */
const noServers = {
  OLLAMA_HOST: "http://127.0.0.1:9",
  LMSTUDIO_BASE_URL: "http://127.0.0.1:9/v1",
  LLAMACPP_BASE_URL: "http://127.0.0.1:9/v1",
  VLLM_BASE_URL: "http://127.0.0.1:9/v1",
};

async function fresh(mood: Mood = "accepts"): Promise<{ world: World; provider: Provider }> {
  const provider = await startProvider(mood);
  const world = makeWorld({ ANTHROPIC_BASE_URL: provider.url, ...noServers });
  onTestFinished(world.remove);
  return { world, provider };
}

const inHome = (world: World, name: string): string => join(world.env.TAU_HOME ?? "", name);
const settingsOf = (world: World): unknown => JSON.parse(readFileSync(inHome(world, "config.json"), "utf8"));

/** The questions of somebody who pastes a key, each with the keys that answer it. */
const questions: readonly [shown: RegExp, answer: string][] = [
  [/How do you want to work\?/, keys.enter],
  [/Whose key\?[\s\S]*❯ Anthropic/, keys.enter],
  [/Key of anthropic/, `${goodKey}${keys.enter}`],
  [/Which model\?[\s\S]*❯ claude-sonnet-5-5 +1000k +\$2 in, \$10 out/, "haiku"],
  [/❯ claude-haiku-4-5 +200k +\$1 in, \$5 out/, keys.enter],
  [/Try claude-haiku-4-5 .*\(it\s+costs\s+at\s+most\s+\$0\.00/, keys.enter],
  [/answers and calls tools[\s\S]*What may Tau do unasked\?/, keys.enter],
  [/What may a day cost/, keys.enter],
  [/Theme\?/, keys.enter],
];

/** Answers the questions from one to another; what was said before is on the screen still. */
async function answer(tau: Pty, from = 0, to = questions.length): Promise<void> {
  for (const [shown, typed] of questions.slice(from, to)) {
    await tau.waitFor(shown);
    tau.write(typed);
  }
}

const all = { model: "anthropic/claude-haiku-4-5", mode: "ask", budgets: { day: { usd: 5 } }, theme: "auto" };

const inTmux: [string, PtyOptions & { shell: string }] = ["in tmux", { shell: '"$NODE" "$TAU"' }];

describe("a fresh machine", () => {
  it.each<[string, PtyOptions]>([
    ["80x24", {}],
    ...(tmuxVersion === null ? [] : [inTmux]),
    [
      "a narrow terminal without colours",
      { columns: 60, rows: 20, env: { NO_COLOR: "1", FORCE_COLOR: "3" } },
    ],
  ])("from the first start to the first finished task, %s", async (_, options) => {
    const { world, provider } = await fresh();
    const tau = options === inTmux[1] ? startTmux(world, inTmux[1]) : startPty(world, [], options);
    await answer(tau);
    await tau.waitFor(/What should Tau do first\?/);
    tau.write(`say hello${keys.enter}`);
    const screen = await tau.waitFor(/Finished as asked\.[\s\S]*shall we/);
    expect(screen).toContain("› say hello");
    expect(settingsOf(world)).toEqual(all);
    expect(existsSync(inHome(world, "state/onboarding.json"))).toBe(false);
    // The key is nowhere but in its file.
    expect(tau.raw()).not.toContain(goodKey);
    expect(provider.asked).toEqual(["GET /v1/models?limit=1000", "POST /v1/messages", "POST /v1/messages"]);
    if (options.env?.NO_COLOR)
      expect(tau.raw().split("What should")[0]).not.toMatch(/\u001b\[[39]\dm|Warning/);
  });

  it("the demo is one key away", async () => {
    const { world, provider } = await fresh();
    const tau = startPty(world, [], { env: { TMPDIR: world.home } });
    await tau.waitFor(/Try the demo, no key/);
    tau.write("d");
    await tau.waitFor(/tests pass[\s\S]*shall we/, 60_000);
    expect(provider.asked).toEqual([]);
  });

  it("Esc gives a composer that says what is missing, at the first question and later", async () => {
    const { world } = await fresh();
    const tau = startPty(world, []);
    await tau.waitFor(/How do you want to work\?/);
    tau.write(keys.escape);
    await tau.waitFor(ready);
    expect(tau.history().join("\n")).toMatch(/Not set up yet: provider, model, mode, budget, theme/);
    tau.write(`hello${keys.enter}`);
    await tau.waitFor(/No model is set up yet[\s\S]*tau onboard/);
    tau.write(keys.ctrlC);
    tau.write(keys.ctrlC);
    await tau.ended;

    const again = startPty(world, ["onboard"]);
    await answer(again, 0, 6);
    await again.waitFor(/What may Tau do unasked/);
    again.write(keys.escape);
    await again.waitFor(ready);
    expect(again.history().join("\n")).toMatch(/Not set up yet: mode, budget, theme/);
    expect(settingsOf(world)).toEqual({ model: all.model });
  });
});

describe("a wizard that is broken off", () => {
  // After the key, the model, the trial, the mode and the budget.
  it.each([3, 5, 6, 7, 8])("at question %i goes on there, after Ctrl+C and after kill -9", async (at) => {
    const { world } = await fresh();
    const tau = startPty(world, []);
    await answer(tau, 0, at);
    await tau.waitFor(questions[at]?.[0] ?? /never/);
    if (at % 2 === 0) {
      tau.write(keys.ctrlC);
      expect((await tau.ended).code).toBe(130);
      expect(tau.history().join("\n")).toMatch(/tau onboard goes on there/);
    } else {
      tau.kill("SIGKILL");
      await tau.ended;
    }
    expect(existsSync(inHome(world, "config.json"))).toBe(false);
    expect(readFileSync(inHome(world, "state/onboarding.json"), "utf8")).not.toContain(goodKey);

    const again = startPty(world, ["onboard"]);
    await again.waitFor(/Going on where you stopped/);
    const [, ...rest] = questions.slice(at);
    // The trial's outcome stands on the screen of the first one only.
    await again.waitFor(at === 6 ? /What may Tau do unasked\?/ : (questions[at]?.[0] ?? /never/));
    again.write(questions[at]?.[1] ?? "");
    for (const [shown, typed] of rest) {
      await again.waitFor(shown);
      again.write(typed);
    }
    await again.waitFor(/What should Tau do first\?/);
    expect(settingsOf(world)).toEqual(all);
  });
});

describe("the way back", () => {
  it("leads from a question to the one before it, past those that were not asked, and forgets what they answered", async () => {
    const { world, provider } = await fresh();
    const server = await startLocal();
    const env = { LMSTUDIO_BASE_URL: `${server}/v1`, ANTHROPIC_API_KEY: goodKey };
    const tau = startPty(world, ["onboard"], { env, rows: 60 });
    let questionsSoFar = 0;
    /** A question after the last one shows these words; those before it stay on the screen, answered or not. */
    const asked = async (...words: string[]) => {
      const shown = (screen: string): string[] => screen.split(/^[?✔] /m).slice(1);
      const screen = await tau.waitFor((now) => {
        const all = shown(now);
        return all.length > questionsSoFar && words.every((word) => all.at(-1)?.includes(word));
      });
      questionsSoFar = shown(screen).length;
    };
    const found = ["❯ Anthropic: key in", "LM Studio: running"];
    await asked(...found);
    // Nothing is in front of the first one, so it is asked again.
    tau.write(keys.shiftTab);
    await asked(...found);
    tau.write(`\u001b[B${keys.enter}`);
    await asked("❯ my-coder");
    tau.write(keys.enter);
    await asked("Try my-coder");
    tau.write(keys.shiftTab);
    await asked("❯ my-coder");
    tau.write(keys.shiftTab);
    await asked(...found);
    const kept = JSON.parse(readFileSync(inHome(world, "state/onboarding.json"), "utf8"));
    expect(kept).toMatchObject({ done: [], setup: {} });
    tau.write(keys.enter);
    // The models are those of the other provider now.
    await asked("❯ claude-sonnet-5-5");
    tau.write("haiku");
    await tau.waitFor("❯ claude-haiku-4-5");
    tau.write(keys.enter);
    await asked("Try claude-haiku-4-5");
    tau.write(`n${keys.enter}`);
    await asked("unasked?");
    tau.write(keys.enter);
    await asked("What may a day cost");
    tau.write(`\u001b[B\u001b[B\u001b[B${keys.enter}`);
    await asked("US dollars a day:");
    // Inside a question of several parts, to its beginning.
    tau.write(keys.shiftTab);
    await asked("What may a day cost");
    tau.write(keys.enter);
    await asked("Theme?");
    tau.write(keys.enter);
    await asked("do first?");
    expect(settingsOf(world)).toEqual(all);
    expect(provider.asked).toEqual(["GET /v1/models?limit=1000"]);
  });

  it("is a word where questions are plain", async () => {
    const { world } = await fresh();
    const tau = startPty(world, ["onboard", "--plain"], { rows: 60 });
    await tau.waitFor(/\/back asks the last question again[\s\S]*Number \[1\]: $/m);
    tau.write(keys.enter);
    await tau.waitFor(/Whose key\?[\s\S]*Number \[1\]: $/m);
    tau.write(`/back${keys.enter}`);
    await tau.waitFor(/Whose key\?[\s\S]*How do you want to work\?[\s\S]*Number \[1\]: $/m);
  });
});

/** A port nobody listens at; some others are refused before anything is asked. */
const nobody = "http://127.0.0.1:2";

describe("a key that does not work", () => {
  it.each<[Mood | "absent", RegExp]>([
    ["no credit", /no credit: [\s\S]*add\s+some\s+on\s+the\s+provider/],
    ["rate limit", /rate limited: [\s\S]*try again in a minute/],
    ["html", /is no list\s+of models/],
    ["slow", /did not answer in time/],
    ["absent", /the connection was refused[\s\S]*check the network/],
  ])("because of %s: says so, and the person may go on with it", async (mood, says) => {
    const { world, provider } = await fresh(mood === "absent" ? "accepts" : mood);
    const env = mood === "absent" ? { ANTHROPIC_BASE_URL: nobody } : {};
    const tau = startPty(world, [], { env });
    await answer(tau, 0, 3);
    await tau.waitFor(says, 30_000);
    await tau.waitFor(/What now\?/);
    provider.mood = "accepts";
    tau.write(mood === "slow" ? keys.enter : `${keys.up}${keys.up}${keys.up}`);
    if (mood !== "slow") {
      tau.write(`${"\u001b[B".repeat(2)}${keys.enter}`);
      await tau.waitFor(/The key is kept/);
    } else await tau.waitFor(/It works: 3 models/);
    await tau.waitFor(/Which model\?/);
  });

  it("rejected: not kept, typed anew, kept once it works", async () => {
    const { world } = await fresh();
    const tau = startPty(world, []);
    await answer(tau, 0, 2);
    await tau.waitFor(/Key of anthropic/);
    tau.write(`a-wrong-key-0123${keys.enter}`);
    await tau.waitFor(/the key was rejected[\s\S]*❯ Type another key/);
    expect(existsSync(inHome(world, "credentials.json"))).toBe(false);
    tau.write(keys.enter);
    await tau.waitFor(/Key of Anthropic/);
    tau.write(`${goodKey}${keys.enter}`);
    await tau.waitFor(/The key is kept/);
    expect(JSON.parse(readFileSync(inHome(world, "credentials.json"), "utf8"))).toEqual({
      anthropic: goodKey,
    });
  });
});

describe("what is there already", () => {
  it("is found, named by where it stands, and used after one Enter; the current values are marked", async () => {
    const { world, provider } = await fresh();
    world.file("AGENTS.md", "be kind");
    world.file("../home/.codex/auth.json", '{"OPENAI_API_KEY": "sk-codex-0123456789"}');
    world.file("../home/.tau/config.json", '{"model": "anthropic/claude-haiku-4-5", "mode": "plan"}');
    const env = { ANTHROPIC_API_KEY: goodKey, OLLAMA_HOST: `${provider.url}` };
    const tau = startPty(world, ["onboard"], { env });
    const screen = await tau.waitFor(/❯ Anthropic: key in ANTHROPIC_API_KEY/);
    expect(screen).toMatch(/found AGENTS\.md: its instructions are read/);
    expect(screen).toMatch(/OpenAI: key of Codex/);
    expect(tau.raw()).not.toMatch(/sk-codex|good-key/);
    tau.write(keys.enter);
    await tau.waitFor(/❯ claude-haiku-4-5 .*\(current\)/);
    tau.write(keys.enter);
    await tau.waitFor(/Try claude-haiku/);
    tau.write(`n${keys.enter}`);
    await tau.waitFor(/❯ plan/);
    // Nothing was copied.
    expect(existsSync(inHome(world, "credentials.json"))).toBe(false);
  });

  it("a local server is offered with its models", async () => {
    const { world, provider } = await fresh();
    const server = await startLocal();
    const tau = startPty(world, ["onboard"], { env: { LMSTUDIO_BASE_URL: `${server}/v1` } });
    await tau.waitFor(/❯ LM Studio: running at 127\.0\.0\.1:\d+, 1 models/);
    tau.write(keys.enter);
    await tau.waitFor(/❯ my-coder +32,768 +no known price/);
    tau.write(keys.enter);
    await tau.waitFor(/it runs on\s+this machine/);
    tau.write(`n${keys.enter}`);
    for (const shown of [/unasked\?/, /What may a day cost/, /Theme\?/, /do first\?/]) {
      await tau.waitFor(shown);
      tau.write(keys.enter);
    }
    await tau.waitFor(ready);
    expect(settingsOf(world)).toMatchObject({
      model: "lmstudio/my-coder",
      models: {
        "lmstudio/my-coder": { contextWindow: 32_768 },
        "lmstudio/*": { price: { input: 0, output: 0 } },
      },
    });
    expect(provider.asked).toEqual([]);
  });
});

async function startLocal(): Promise<string> {
  const { createServer } = await import("node:http");
  const server = createServer((_, response) => {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"object":"list","data":[{"id":"my-coder","max_model_len":32768}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

describe("plain questions", () => {
  it.each<[string, string[], Record<string, string>]>([
    ["in a dumb terminal", [], { TERM: "dumb" }],
    ["asked for", ["onboard", "--plain"], {}],
  ])("%s: numbers and words, no cursor moves, a key that is not shown", async (_, args, env) => {
    const { world } = await fresh();
    const tau = startPty(world, args, { env, rows: 60 });
    await tau.waitFor(/1\. Paste a provider's key/);
    tau.write(keys.enter);
    await tau.waitFor(/Whose key\?[\s\S]*Number \[1\]: $/m);
    tau.write(keys.enter);
    await tau.waitFor(/Key of anthropic/);
    tau.write(`${goodKey}${keys.enter}`);
    await tau.waitFor(/It works[\s\S]*search for \[1\]: $/m);
    tau.write(`haiku${keys.enter}`);
    await tau.waitFor(/haiku[\s\S]*search for \[1\]: $/m);
    tau.write(keys.enter);
    await tau.waitFor(/\[Y\/n\]/);
    tau.write(`n${keys.enter}`);
    for (const shown of [
      /unasked\?[\s\S]*Number \[1\]: $/m,
      /What may a day[\s\S]*Number \[1\]: $/m,
      /Theme\?[\s\S]*Number \[1\]: $/m,
    ]) {
      await tau.waitFor(shown);
      tau.write(keys.enter);
    }
    await tau.waitFor(/do first\?/);
    expect(tau.raw().split("do first?")[0]).not.toMatch(/good-key|\u001b\[\d*[ABCDGHJK]/);
    expect(settingsOf(world)).toEqual(all);
    tau.write(`say hello${keys.enter}`);
    await tau.waitFor("Finished as asked.");
  });
});

it("the next headless run uses what the wizard wrote", async () => {
  const { world } = await fresh();
  const tau = startPty(world, []);
  await answer(tau);
  await tau.waitFor(/do first\?/);
  tau.write(keys.ctrlC);
  expect((await tau.ended).code).toBe(130);
  expect(tau.history().join("\n")).toMatch(/Everything is set up; tau starts it/);
  const run = await runTau(world, ["exec", "--json", "hi"]);
  expect(run.lines()[0]).toMatchObject({ model: all.model, mode: all.mode });
  expect(run.code).toBe(0);
});
