/** What a headless run prints: pure stdout, a checked stream, one init and one result whatever goes wrong. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { latestSession, ledgerOf, ofType, told, until } from "./support/run.ts";
import { call, model, rows, saidTo, scene } from "./support/scene.ts";
import { launcher, runTau, startTau, type World } from "./support/tau.ts";

const answer = { text: "The answer is 42.\nReally.", thinking: "Let me think." };

describe("--output", () => {
  it("text: stdout is the answer and nothing else, stderr says what went on", async () => {
    const { world } = await scene([
      { text: "I look.", calls: [call("bash", { command: "echo noise; echo noise >&2" })] },
      answer,
    ]);
    const run = await runTau(world, ["exec", "--model", model, "--mode", "full", "question"]);
    expect(run.stdout).toBe("The answer is 42.\nReally.\n");
    expect(run.stderr).toMatch(/echo noise/);
    expect(run.stderr).toMatch(/done · 2 steps · 200 tokens in, 40 out · \$0\.\d+/);
    expect(run.code).toBe(0);
  });

  it("json: stdout is the result as one object", async () => {
    const { world } = await scene([answer]);
    const run = await runTau(world, ["exec", "--model", model, "-o", "json", "question"]);
    expect(run.lines()).toHaveLength(1);
    expect(run.lines()[0]).toMatchObject({ type: "result", reason: "done", exitCode: 0, text: answer.text });
  });

  it("stream-json: init, events of the published schema, result; and all that was durable is in the ledger", async () => {
    const { exec, world, fake } = await scene([
      { thinking: "Look.", text: "Reading.", calls: [call("read", { path: "a.txt" })] },
      answer,
    ]);
    world.file("a.txt", "alpha\n");
    const { init, events, result, sessionId, finished } = await exec(["question"]);
    expect(finished.stderr).toBe("");
    expect(init).toMatchObject({ v: 1, model, mode: "ask", cwd: world.project });
    expect(init.tools).toEqual(expect.arrayContaining(["read", "edit", "bash"]));
    expect(result).toMatchObject({ exitCode: 0, steps: 2, toolCalls: 1, denied: 0, text: answer.text });
    expect(result.usage).toMatchObject({ input: 200, output: 40 });
    const deltas = ofType(events, "text.delta").map(({ step, delta }) => [step, delta] as const);
    expect(deltas.flatMap(([step, delta]) => (step === 2 ? [delta] : [])).join("")).toBe(answer.text);
    const durable = events.filter((event) => "id" in event);
    expect(await ledgerOf(world, sessionId)).toEqual(durable);
    for (const event of durable.slice(1)) expect(durable.map(({ id }) => id)).toContain(event.parent);
    expect(ofType(events, "tool.started")).toMatchObject([
      { name: "read", callId: "call_read", decision: { effect: "allow" } },
    ]);
    expect(ofType(events, "assistant.message")[1]).toMatchObject({
      model: { requested: model },
      upstream: "anthropic",
      attempt: 1,
      usage: { input: 100, output: 20 },
    });
    expect(fake.requests).toHaveLength(2);
  });

  it("is the published schema: every line of a run validates against tau schema events", async () => {
    const { exec, world } = await scene([answer]);
    const { events } = await exec(["question"]);
    const schema = JSON.parse((await runTau(world, ["schema", "events"])).stdout) as {
      anyOf: { properties: { type: { const: string } } }[];
    };
    const types = schema.anyOf.map((one) => one.properties.type.const);
    for (const { type } of events) expect(types).toContain(type);
    expect(types).toContain("budget.refused");
  });
});

describe("a run that cannot begin", () => {
  const config = (world: World, text: string): void => {
    mkdirSync(join(world.home, ".tau"), { recursive: true });
    writeFileSync(join(world.home, ".tau/config.json"), text);
  };
  const noKeys = { ANTHROPIC_API_KEY: "", OPENAI_API_KEY: "", GEMINI_API_KEY: "", OPENROUTER_API_KEY: "" };
  const cases: {
    what: string;
    args?: string[];
    env?: Record<string, string>;
    prepare?: (world: World) => void;
    code: number;
    says: RegExp;
  }[] = [
    {
      what: "no model and no key",
      args: [],
      env: noKeys,
      code: 4,
      says: /no provider key.*ANTHROPIC_API_KEY/,
    },
    {
      what: "no key for the model's provider",
      args: ["-m", "openai/gpt-5"],
      env: noKeys,
      code: 4,
      says: /no key for openai.*OPENAI_API_KEY/,
    },
    {
      what: "a model name without a provider",
      args: ["-m", "gpt-5"],
      code: 2,
      says: /"gpt-5" .*did you mean openai\/gpt-5/,
    },
    { what: "a model name like none", args: ["-m", "zz"], code: 2, says: /"zz" .*provider\/model/ },
    { what: "an empty model name", args: ["-m", ""], code: 2, says: /--model needs a name/ },
    { what: "an unknown provider", args: ["-m", "nobody/x"], code: 3, says: /nobody/ },
    {
      what: "a config file that is no JSON",
      prepare: (world) => config(world, '{\n  "mode": "ask",\n  "limits": {,}\n}'),
      code: 3,
      says: /config\.json:3:14/,
    },
    {
      what: "a config file with a wrong value",
      prepare: (world) => config(world, '{\n  "mode": "wild"\n}'),
      code: 3,
      says: /config\.json:2:11[\s\S]*mode/,
    },
    {
      what: "a config file with an unknown setting",
      prepare: (world) => config(world, '{ "buget": 1 }'),
      code: 3,
      says: /config\.json:1:3[\s\S]*buget/,
    },
    {
      what: "a project's config file that is wrong",
      prepare: (world) => world.file(".tau/config.json", "nonsense"),
      code: 3,
      says: /project\/\.tau\/config\.json:1:1/,
    },
    {
      what: "a rule that cannot be read",
      args: ["-m", model, "--allow", "Bash(npm"],
      code: 2,
      says: /--allow.*Bash\(npm/,
    },
    { what: "an unknown option", args: ["--no-such-thing"], code: 2, says: /--no-such-thing/ },
    {
      what: "a value that is no choice",
      args: ["--mode", "wild"],
      code: 2,
      says: /wild.*plan, ask, edit, full/,
    },
    {
      what: "a cost that is no number",
      args: ["--max-cost", "lots"],
      code: 2,
      says: /--max-cost must be a number/,
    },
    { what: "a cost of zero", args: ["--max-cost", "0"], code: 2, says: /--max-cost must be above zero/ },
    { what: "tokens that are no whole number", args: ["--max-tokens", "1.5"], code: 2, says: /--max-tokens/ },
    { what: "a schema that is not there", args: ["--output-schema", "no.json"], code: 3, says: /no\.json/ },
    {
      what: "a schema that is none",
      args: ["--output-schema", "bad.json"],
      prepare: (world) => world.file("bad.json", '{"type": "nonsense"}'),
      code: 3,
      says: /bad\.json is not a usable JSON Schema/,
    },
    { what: "a picture that is not there", args: ["--image", "no.png"], code: 2, says: /no\.png/ },
    { what: "a folder that is not there", args: ["-C", "nowhere"], code: 2, says: /nowhere is not a folder/ },
    { what: "a session that is not there", args: ["-r", "0000"], code: 2, says: /no session 0000/ },
    { what: "no session to go on with", args: ["-c"], code: 2, says: /no session of .*project/ },
    { what: "a recording that is not there", args: ["--replay", "no.jsonl"], code: 3, says: /no\.jsonl/ },
    {
      what: "credentials others can read",
      prepare: (world) => {
        mkdirSync(join(world.home, ".tau"));
        writeFileSync(join(world.home, ".tau/credentials.json"), "{}", { mode: 0o644 });
      },
      code: 3,
      says: /credentials\.json can be read by others.*chmod 600/,
    },
  ];
  it.each(cases)("$what: code $code", async ({ args = ["-m", model], env = {}, prepare, code, says }) => {
    const { world, fake } = await scene();
    prepare?.(world);
    const run = await runTau(world, ["exec", "--json", ...args, "the task"], { env });
    const { result, init, events } = told(run);
    expect(result.exitCode).toBe(code);
    expect([result.error?.message, result.error?.hint].join(" ")).toMatch(says);
    expect(init).toMatchObject({ type: "init", v: 1, sessionId: null });
    expect(events).toEqual([]);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(fake.requests).toEqual([]);
    // The same in text mode, on stderr alone.
    const text = await runTau(world, ["exec", ...args, "the task"], { env });
    expect(text.code).toBe(code);
    expect(text.stdout).toBe("");
    expect(text.stderr.replaceAll(/\s+/g, " ")).toMatch(says);
    expect(rows(world, "SELECT * FROM sessions")).toEqual([]);
  });
});

describe("a reader that goes away", () => {
  it("ends the run quietly, with its work kept", async () => {
    const { world } = await scene([
      { text: "Writing.", calls: [call("write", { path: "made.txt", content: "made\n" })] },
      { text: "x".repeat(400_000) },
    ]);
    const { child, finished, stdoutSoFar } = startTau(world, [
      "exec",
      "--json",
      "-m",
      model,
      "--mode",
      "edit",
      "go",
    ]);
    await until("the file is written", () => /"type":"tool.finished"/.test(stdoutSoFar()));
    child.stdout?.destroy();
    const { code, stderr } = await finished;
    expect(stderr).toBe("");
    expect(code).toBe(130);
    expect(readFileSync(join(world.project, "made.txt"), "utf8")).toBe("made\n");
    const entries = await ledgerOf(world, await latestSession(world));
    expect(entries.at(-1)).toMatchObject({ type: "turn.ended", reason: "interrupted" });
    expect(entries.map(({ type }) => type)).toContain("tool.finished");
  });

  it("may go at the first line", async () => {
    const { world } = await scene();
    const pipe = `"$0" "$@" | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const args = [process.execPath, launcher, "exec", "--json", "-m", model, "go"];
    const shell = spawnSync("/bin/bash", ["-c", pipe, ...args], {
      cwd: world.project,
      env: world.env,
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
    expect(shell.stdout).toMatch(/^\{"type":"init".*\}\n130\n$/);
    expect(shell.stderr).toBe("");
  });

  it("does not matter to other commands either", async () => {
    const { world } = await scene();
    const line = (args: string) =>
      `"${process.execPath}" "${launcher}" ${args} 2>&1 | head -n 1; echo "\${PIPESTATUS[0]}"`;
    for (const args of ["models list", "schema events", "exec --help", "--help"]) {
      const child = spawn("/bin/bash", ["-c", line(args)], { cwd: world.project, env: world.env });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      await once(child, "close");
      expect(text.split("\n"), args).toEqual([expect.stringMatching(/./), "0", ""]);
    }
  });

  it("stops nothing when it is only slow", async () => {
    const long = "0123456789abcdef".repeat(40_000);
    const { world } = await scene([{ text: long, deltaSize: 4000 }]);
    const { child, finished } = startTau(world, ["exec", "--json", "-m", model, "go"]);
    child.stdout?.pause();
    await until("the answer is in the ledger", async () => {
      const list = await runTau(world, ["sessions", "list", "--json"]);
      return JSON.parse(list.stdout)[0]?.lastSeq > 3;
    });
    child.stdout?.resume();
    expect(told(await finished).result.text).toBe(long);
  });

  it("a full disk under stdout is said on stderr", async (context) => {
    if (!existsSync("/dev/full")) return context.skip("there is no /dev/full here");
    const { world } = await scene();
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [launcher, "exec", "--json", "-m", model, "go"], {
      cwd: world.project,
      env: world.env,
      stdio: ["ignore", full, "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [code] = (await once(child, "close")) as [number];
    closeSync(full);
    expect(stderr).toMatch(/cannot write to standard output: ENOSPC/);
    expect(code).not.toBe(0);
  });
});

describe("--output-schema", () => {
  const schema = {
    type: "object",
    properties: { n: { type: "integer" } },
    required: ["n"],
    additionalProperties: false,
  };
  it.each([
    { what: "satisfied", answers: ['{"n": 7}'], code: 0, requests: 1, output: { n: 7 } },
    {
      what: "satisfied inside a fence",
      answers: ['```json\n{"n": 7}\n```'],
      code: 0,
      requests: 1,
      output: { n: 7 },
    },
    {
      what: "repaired once",
      answers: ['{"n": "seven"}', '{"n": 7}'],
      code: 0,
      requests: 2,
      output: { n: 7 },
    },
    {
      what: "never satisfied",
      answers: ["seven", "eight", "nine"],
      code: 12,
      requests: 2,
      output: undefined,
    },
  ])("$what", async ({ answers, code, requests, output }) => {
    const { exec, fake, world } = await scene(answers.map((text) => ({ text })));
    world.file("schema.json", JSON.stringify(schema));
    const { result } = await exec(["--output-schema", "schema.json", "count"]);
    expect(result.exitCode).toBe(code);
    expect(result.output).toEqual(output);
    expect(fake.requests).toHaveLength(requests);
    if (requests === 2) expect(saidTo(fake, 1).at(-1)).toMatch(/must be one JSON value that fits/);
    if (code === 12) expect(result.error?.message).toMatch(/does not fit the output schema/);
    const text = await runTau(world, ["exec", "-m", model, "--output-schema", "schema.json", "count"]);
    // The fake has said all it had to say: "All done." is no JSON.
    expect(text.code).toBe(12);
  });

  it("prints the value alone in text mode", async () => {
    const { world } = await scene([{ text: '```json\n{"n": 7}\n```' }]);
    world.file("schema.json", JSON.stringify(schema));
    const run = await runTau(world, ["exec", "-m", model, "--output-schema", "schema.json", "count"]);
    expect(run.stdout).toBe('{"n":7}\n');
  });
});

describe("--verify", () => {
  it("passes: the run is done, with the evidence", async () => {
    const { exec } = await scene();
    const { result, events } = await exec(["--verify", "echo fine", "go"]);
    expect(result).toMatchObject({
      reason: "done",
      evidence: { verify: { command: "echo fine", exitCode: 0 }, editsSinceVerify: 0 },
    });
    expect(ofType(events, "verify.finished")).toMatchObject([{ exitCode: 0, output: "fine\n" }]);
  });

  it("fails, then is fixed: the model gets its output and goes on", async () => {
    const { exec, fake, world } = await scene([
      { text: "Done, I think." },
      { text: "Ah.", calls: [call("write", { path: "fixed", content: "" })] },
      { text: "Now it is." },
    ]);
    const { result, events } = await exec([
      "--mode",
      "edit",
      "--verify",
      "test -e fixed || { echo fixed is missing; exit 4; }",
      "go",
    ]);
    expect(result).toMatchObject({
      reason: "done",
      text: "Now it is.",
      evidence: { verify: { exitCode: 0 } },
    });
    expect(ofType(events, "verify.finished").map(({ exitCode }) => exitCode)).toEqual([4, 0]);
    expect(saidTo(fake, 1).at(-1)).toMatch(/exit code 4[\s\S]*fixed is missing/);
    expect(readFileSync(join(world.project, "fixed"), "utf8")).toBe("");
  });

  it("never passes: code 9 at the step limit, never 0, with the evidence", async () => {
    const { exec } = await scene();
    const { result, events } = await exec(["--verify", "exit 3", "--max-steps", "3", "go"]);
    expect(result).toMatchObject({
      reason: "limit",
      exitCode: 9,
      evidence: { verify: { command: "exit 3", exitCode: 3 } },
    });
    expect(ofType(events, "verify.finished").length).toBeGreaterThan(0);
  });
});
