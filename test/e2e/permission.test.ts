/** What tools may do in a run nobody watches, what leaves the machine, and what a command gets to see of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { conversationOf } from "../support/upstream/conversation.ts";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { ledgerOf, ofType, told } from "./support/run.ts";
import { call, model, resultsIn, rows, saidTo, scene } from "./support/scene.ts";
import { runTau, type World } from "./support/tau.ts";

/** One call of each kind in one answer. */
const oneOfEach = (world: () => World): FakeAnswer => ({
  text: "Everything at once.",
  calls: [
    call("read", { path: "a.txt" }, "read"),
    call("edit", { path: "a.txt", edits: [{ old_string: "alpha", new_string: "beta" }] }, "edit"),
    call("bash", { command: "touch made.txt" }, "bash"),
    call("write", { path: join(world().home, "outside.txt"), content: "out" }, "outside"),
    call("web_fetch", { url: "https://example.com/" }, "fetch"),
  ],
});

describe("modes and rules with nobody to ask", () => {
  const cases: { what: string; args: string[]; runs: string[]; code?: number }[] = [
    { what: "plan", args: ["--mode", "plan"], runs: ["read"] },
    { what: "ask, the default", args: [], runs: ["read"] },
    { what: "edit", args: ["--mode", "edit"], runs: ["read", "edit"] },
    { what: "ask with an allowed command", args: ["--allow", "Bash(touch:*)"], runs: ["read", "bash"] },
    { what: "ask with another command allowed", args: ["--allow", "Bash(npm test)"], runs: ["read"] },
    {
      what: "edit with a denied file",
      args: ["--mode", "edit", "--deny", "Edit(a.txt)"],
      runs: ["read"],
    },
    {
      what: "full but for commands and the network",
      args: ["--mode", "full", "--deny", "Bash", "--deny", "WebFetch"],
      runs: ["read", "edit", "outside"],
    },
    {
      what: "deny wins over allow",
      args: ["--allow", "Bash", "--deny", "Bash(touch:*)"],
      runs: ["read"],
    },
    { what: "nothing at all", args: ["--mode", "plan", "--deny", "Read"], runs: [], code: 10 },
  ];
  it.each(cases)("$what", async ({ args, runs, code = 0 }) => {
    const answers: FakeAnswer[] = [];
    const { exec, fake, world } = await scene(
      (_, index) => answers[index] ?? { text: "I could not do it all." },
    );
    answers.push(oneOfEach(() => world));
    world.file("a.txt", "alpha\n");
    const { events, result, sessionId } = await exec([...args, "go"]);

    const started = ofType(events, "tool.started").map(({ callId }) => callId);
    expect(started.toSorted()).toEqual(runs.toSorted());
    expect(readFileSync(join(world.project, "a.txt"), "utf8")).toBe(
      runs.includes("edit") ? "beta\n" : "alpha\n",
    );
    expect(existsSync(join(world.project, "made.txt"))).toBe(runs.includes("bash"));
    expect(existsSync(join(world.home, "outside.txt"))).toBe(runs.includes("outside"));
    expect(result).toMatchObject({ exitCode: code, toolCalls: 5, denied: 5 - runs.length });

    // Each refusal names its rule to the model, to readers and in the ledger.
    const refused = ofType(events, "tool.finished").filter(({ status }) => status === "denied");
    expect(refused).toHaveLength(5 - runs.length);
    for (const one of refused) {
      expect(one.decision).toMatchObject({ rule: expect.any(String), source: expect.any(String) });
      expect(one.output).toEqual([{ type: "text", text: expect.stringMatching(/^Denied \(.+\): .{10,}/) }]);
    }
    expect(ofType(await ledgerOf(world, sessionId), "tool.finished")).toEqual(
      ofType(events, "tool.finished"),
    );
    const results = resultsIn(fake, 1);
    expect(results).toHaveLength(5);
    expect(results.filter((text) => text.startsWith("Denied"))).toHaveLength(5 - runs.length);
    if (code === 10) expect(result.error?.hint).toMatch(/--allow|--mode/);
  });

  it("a project's file may forbid, and may not allow", async () => {
    const answers: FakeAnswer[] = [];
    const { exec, settings, world } = await scene((_, index) => answers[index] ?? { text: "Done." });
    answers.push(oneOfEach(() => world));
    world.file("a.txt", "alpha\n");
    settings({ mode: "edit" });
    world.file(
      ".tau/config.json",
      JSON.stringify({ mode: "full", permissions: { allow: ["Bash"], deny: ["Edit(a.txt)"] } }),
    );
    const { events } = await exec(["go"]);
    expect(ofType(events, "tool.started").map(({ callId }) => callId)).toEqual(["read"]);
  });
});

describe("secrets", () => {
  it("no key and no secret of the environment reaches a command, the ledger, the model or the output", async () => {
    const secrets = {
      ANTHROPIC_API_KEY: "sk-ant-canary-00112233445566778899",
      OPENAI_API_KEY: "sk-openai-canary-00112233445566778899",
      AWS_SECRET_ACCESS_KEY: "aws-canary-00112233445566778899",
      GITHUB_TOKEN: "ghp-canary-00112233445566778899",
      MY_UNHEARD_OF_SETTING: "mine-canary-00112233445566778899",
    };
    const { fake, world } = await scene([
      { calls: [call("bash", { command: "env; cat key.txt; tr '\\0' '\\n' < /proc/$PPID/environ" })] },
      { text: "I saw nothing." },
    ]);
    world.file("key.txt", `the key is ${secrets.ANTHROPIC_API_KEY} here\n`);
    const run = await runTau(
      world,
      ["exec", "--json", "-m", model, "--mode", "full", `go, and my key is ${secrets.ANTHROPIC_API_KEY}`],
      { env: secrets },
    );
    const { events, result } = told(run);
    expect(result.reason).toBe("done");
    expect(ofType(events, "tool.finished")).toMatchObject([
      { status: "ok", output: [{ text: expect.stringMatching(/PATH=[\s\S]*the key is \[redacted\] here/) }] },
    ]);
    expect(fake.requests[0]?.headers["x-api-key"]).toBe(secrets.ANTHROPIC_API_KEY);
    expect(saidTo(fake, 0)).toEqual(["go, and my key is [redacted]"]);
    // Checkpoints hold the project's own files as they are, for nothing else could be put back.
    const kept = filesUnder(join(world.home, ".tau/data")).filter((path) => !path.includes("/checkpoints/"));
    const ledger = kept.map((path) => readFileSync(path, "latin1"));
    expect(ledger.join("")).toContain("the key is [redacted] here");
    const spilled = filesUnder(join(world.home, ".tau/state"));
    const everything = [
      run.stdout,
      run.stderr,
      ...ledger,
      ...spilled.map((path) => readFileSync(path, "latin1")),
      ...fake.requests.map(({ raw }) => raw),
    ];
    for (const text of everything) expect(text).not.toContain("canary-0011");
  });

  it("a command sees what the settings pass on", async () => {
    const { exec, settings } = await scene([
      { calls: [call("bash", { command: "echo [$WANTED][$OTHER]" })] },
    ]);
    settings({ environment: ["WANTED"] });
    const { events } = await exec(["--mode", "full", "go"], { env: { WANTED: "yes", OTHER: "no" } });
    expect(ofType(events, "tool.finished")).toMatchObject([{ output: [{ text: "[yes][]" }] }]);
  });

  it("what Tau keeps, only its user can read", async () => {
    const { exec, world } = await scene([{ calls: [call("bash", { command: "seq 1 30000" })] }]);
    await exec(["--mode", "full", "go"]);
    const files = filesUnder(join(world.home, ".tau"));
    expect(files.some((path) => path.endsWith("tau.db"))).toBe(true);
    expect(files.filter((path) => (mode(path) & 0o077) !== 0)).toEqual([]);
  });
});

describe("the first request", () => {
  it.each([
    { name: "anthropic/claude-haiku-4-5", key: "x-api-key", value: "test-anthropic-key-0123456789" },
    { name: "openai/gpt-5", key: "authorization", value: "Bearer test-openai-key-0123456789" },
    { name: "google/gemini-2.5-pro", key: "x-goog-api-key", value: "test-gemini-key-0123456789" },
    { name: "openrouter/openai/gpt-5", key: "authorization", value: "Bearer test-openrouter-key-0123456789" },
  ])("of $name is at most 12 KB, has all tools, and no key but its own", async ({ name, key, value }) => {
    const { exec, fake } = await scene();
    const { result } = await exec(["-m", name, "fix the failing test"]);
    expect(result.reason).toBe("done");
    expect(fake.requests).toHaveLength(1);
    const [request] = fake.requests;
    if (!request) throw new Error("no request");
    expect(Buffer.byteLength(request.raw)).toBeLessThanOrEqual(12 * 1024);
    for (const tool of ["read", "edit", "bash", "grep", "web_fetch"])
      expect(conversationOf(request).fixed).toContain(`"name":"${tool}"`);
    expect(request.headers[key]).toBe(value);
    const sent = JSON.stringify([request.path, request.headers]);
    expect(sent.match(/test-\w+-key-0123456789/g)).toEqual([value.replace("Bearer ", "")]);
  });

  it("carries the instruction files from the root to the folder, nearest last, and the ledger names them", async () => {
    const { exec, fake, world } = await scene();
    world.file("AGENTS.md", "Rule of the root: tabs.");
    world.file("CLAUDE.md", "@AGENTS.md");
    world.file("GEMINI.md", "Rule for Gemini.");
    world.file("packages/AGENTS.md", "Rule of packages: spaces.");
    world.file("packages/one/CLAUDE.md", "Rule of one: no comments.");
    world.file("packages/one/below/AGENTS.md", "NEVER READ");
    world.file("packages/two/AGENTS.md", "NEVER READ");
    mkdirSync(join(world.home, ".tau"), { recursive: true });
    writeFileSync(join(world.home, ".tau/AGENTS.md"), "Rule of the user: be brief.");
    const { events } = await exec(["-C", "packages/one", "go"]);
    const fixed = conversationOf(fake.requests[0] ?? fail("no request")).fixed;
    const rules = [
      "Rule of the user: be brief.",
      "Rule of the root: tabs.",
      "Rule for Gemini.",
      "Rule of packages: spaces.",
      "Rule of one: no comments.",
    ];
    const places = rules.map((rule) => fixed.indexOf(rule));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(fixed).not.toContain("NEVER READ");
    const [segment] = ofType(events, "segment.started");
    expect(segment?.files.map(({ path }) => path)).toEqual([
      join(world.home, ".tau/AGENTS.md"),
      join(world.project, "AGENTS.md"),
      join(world.project, "GEMINI.md"),
      join(world.project, "packages/AGENTS.md"),
      join(world.project, "packages/one/CLAUDE.md"),
    ]);
  });

  it("cuts instruction files at their budget, the most general first, and says so", async () => {
    const { exec, fake, settings, world } = await scene();
    settings({ contextFileBytes: 1000 });
    world.file("AGENTS.md", "general line\n".repeat(200));
    world.file("sub/AGENTS.md", "near line\n".repeat(50));
    const { events } = await exec(["-C", "sub", "go"]);
    const fixed = conversationOf(fake.requests[0] ?? fail("no request")).fixed;
    expect(fixed.match(/near line/g)).toHaveLength(50);
    expect(fixed.match(/general line/g)?.length).toBeLessThan(40);
    expect(ofType(events, "segment.started")[0]?.files).toMatchObject([
      { truncated: true },
      { truncated: false },
    ]);
  });
});

describe("the model that answers", () => {
  const other: FakeAnswer = { text: "Hello.", model: "some-cheaper-model" };

  it("is named when it is not the one asked for", async () => {
    const { exec, world } = await scene([other]);
    const { result, events, sessionId } = await exec(["go"]);
    expect(result.reason).toBe("done");
    expect(ofType(events, "model.mismatched")).toMatchObject([
      { requested: model, answered: "some-cheaper-model" },
    ]);
    expect(ofType(await ledgerOf(world, sessionId), "model.mismatched")).toHaveLength(1);
  });

  it("must be the one asked for with --require-model", async () => {
    const { exec } = await scene([other]);
    const { result } = await exec(["--require-model", "go"]);
    expect(result).toMatchObject({ reason: "failure", exitCode: 1, error: { code: "model_mismatch" } });
    const { exec: exact } = await scene([{ text: "Hello.", model: "claude-haiku-4-5-20251001" }]);
    expect((await exact(["--require-model", "go"])).result.reason).toBe("done");
  });
});

it("--image sends the picture beside the text", async () => {
  const { exec, fake, world } = await scene();
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  world.file("dot.png", png);
  await exec(["--image", "dot.png", "what is this?"]);
  const messages = fake.requests[0]?.body.messages as { content: { type: string; source?: object }[] }[];
  expect(messages[0]?.content).toMatchObject([
    { type: "text", text: "what is this?" },
    { type: "image", source: { type: "base64", media_type: "image/png", data: png.toString("base64") } },
  ]);
  expect(rows(world, "SELECT id FROM sessions")).toHaveLength(1);
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

const mode = (path: string): number => statSync(path).mode;

function fail(what: string): never {
  throw new Error(what);
}

describe("tau policy", () => {
  it("lists the rules in force with their places, and explains a line command by command", async () => {
    const { exec, world, settings } = await scene([
      { calls: [call("bash", { command: "touch made.txt" }), call("bash", { command: "npm run build" })] },
      { text: "done" },
    ]);
    settings({ permissions: { allow: ["Bash(npm run:*)"], deny: ["Bash(npm run deploy)"] } });
    const run = async (...args: string[]) =>
      JSON.parse((await runTau(world, ["policy", ...args, "--json"])).stdout);
    const rule = { source: "user config", place: expect.stringMatching(/config\.json:\d+:\d+$/) };
    expect(await run("list")).toEqual(
      expect.arrayContaining([
        { ...rule, effect: "deny", rule: "Bash(npm run deploy)" },
        { ...rule, effect: "allow", rule: "Bash(npm run:*)" },
      ]),
    );
    expect(await run("explain", "npm run build && git push")).toMatchObject({
      effect: "ask",
      mode: "ask",
      commands: [
        {
          command: "npm run build",
          decision: { effect: "allow", rule: "Bash(npm run:*)", source: "user config" },
        },
        { command: "git push", decision: { effect: "ask" } },
      ],
    });
    expect(await run("explain", "npm run deploy", "--mode", "full")).toMatchObject({
      effect: "deny",
      rule: "Bash(npm run deploy)",
    });
    expect((await run("explain", "git push")).rules).toEqual([
      { width: "exact", rule: "Bash(git push)" },
      { width: "sub-command", rule: "Bash(git push:*)" },
      { width: "program", rule: "Bash(git:*)" },
    ]);
    // Another name of the same, and what a person reads.
    const { stdout } = await runTau(world, ["permissions", "explain", "ls; npm run deploy"]);
    expect(stdout).toMatch(
      /deny: .*\nrule: Bash\(npm run deploy\) \(user config, .*config\.json:\d+:\d+\).*\npart: npm run deploy\n/,
    );

    await exec(["go"]);
    expect(await run("simulate", "--allow", "Bash(touch:*)", "--deny", "Bash(npm run build)")).toMatchObject({
      calls: 2,
      asked: { before: 1, after: 0 },
      differences: [
        { change: "newly allowed", summary: "touch made.txt", count: 1, after: { rule: "Bash(touch:*)" } },
        { change: "newly refused", summary: "npm run build" },
      ],
    });
    expect(await run("simulate", "--without", "Bash(npm run:*)")).toMatchObject({
      asked: { before: 1, after: 2 },
      differences: [{ change: "newly asked", summary: "npm run build" }],
    });
    expect(Object.keys(await run("presets"))).toEqual(["strict", "balanced", "permissive"]);
  });
});
