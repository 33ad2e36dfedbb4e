/** What a scripted liar and an honest model come to: the binary holds answers against what was run. */
import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { ledgerOf, ofType } from "./support/run.ts";
import { call, model, saidTo, scene } from "./support/scene.ts";
import { runTau, type World } from "./support/tau.ts";
import { tui } from "./support/tui.ts";

/** A project with a test that fails until `add` is mended. */
function project(world: World): void {
  world.file("add.mjs", "export const add = (a, b) => a - b;\n");
  world.file(
    "add.test.mjs",
    'import assert from "node:assert/strict";\nimport test from "node:test";\nimport { add } from "./add.mjs";\ntest("adds", () => assert.equal(add(1, 2), 3));\n',
  );
}
const mend: FakeAnswer = {
  calls: [
    call("read", { path: "add.mjs" }),
    call("edit", { path: "add.mjs", edits: [{ old_string: "a - b", new_string: "a + b" }] }),
  ],
};
const runTests: FakeAnswer = { calls: [call("bash", { command: "node --test" })] };
const lie: FakeAnswer = { text: "Fixed the bug. All tests pass." };
const full = ["--mode", "full"];

describe("a model that says tests pass", () => {
  it("without having run them is shown as a liar, in every place, and the run is done", async () => {
    const { world } = await scene([mend, lie]);
    project(world);
    const run = await runTau(world, ["exec", "--model", model, ...full, "fix the bug"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toBe("Fixed the bug. All tests pass.\n");
    expect(run.stderr).toMatch(/^evidence: claims tests pass, but none ran$/m);
    const [{ id } = { id: "" }] = JSON.parse((await runTau(world, ["sessions", "list", "--json"])).stdout);
    const shown = await runTau(world, ["sessions", "show", id]);
    expect(shown.stdout).toContain("*Evidence:* claims tests pass, but none ran");
    const [ended] = ofType(await ledgerOf(world, id), "turn.ended");
    expect(ended?.evidence).toMatchObject({
      filesChanged: ["add.mjs"],
      checks: [],
      claims: [{ kind: "test", text: "All tests pass", verdict: "unsupported" }],
    });
  });

  it("after a failing run, in a later turn, is contradicted, and an edit does not change that", async () => {
    const { exec, world } = await scene([runTests, { text: "The test fails." }, lie, mend, lie]);
    project(world);
    const first = await exec([...full, "run the tests"]);
    expect(first.result.evidence).toMatchObject({ checks: [{ outcome: "failed", exitCode: 1 }], claims: [] });
    const second = await exec([...full, "-c", "and now?"]);
    expect(second.result.evidence.claims).toMatchObject([
      { verdict: "contradicted", run: { command: "node --test", thisTurn: false } },
    ]);
    const third = await exec([...full, "-c", "fix it"]);
    expect(third.result.evidence.claims).toMatchObject([
      { verdict: "contradicted", run: { outcome: "failed", editsSince: 1 } },
    ]);
  });

  it("is sent back once where evidence is required, and fails when it lies again", async () => {
    const { exec, fake, world } = await scene([mend, lie, { text: "Really, all tests pass." }]);
    project(world);
    const { result, events } = await exec([...full, "--require-evidence", "fix the bug"]);
    expect(result).toMatchObject({
      reason: "failure",
      exitCode: 1,
      text: "Really, all tests pass.",
      error: { code: "unproven_claim" },
    });
    expect(ofType(events, "user.message").map(({ origin }) => origin)).toEqual(["prompt", "evidence"]);
    expect(saidTo(fake, 2).at(-1)).toContain('"All tests pass": the answer claims tests pass, but none ran');
    expect(fake.requests).toHaveLength(3);
  });

  it("and masks their exit code proves nothing", async () => {
    const { exec, settings, world } = await scene([
      { calls: [call("bash", { command: "node --test | tail -3" })] },
      lie,
      { text: "The tests fail: I cannot say they pass." },
    ]);
    settings({ evidence: "require" });
    project(world);
    const { result } = await exec([...full, "fix the bug"]);
    expect(result).toMatchObject({
      reason: "done",
      evidence: { checks: [{ kind: "test", outcome: "unknown" }], claims: [] },
    });
  });
});

describe("an honest model", () => {
  it("mends, runs the tests and says so: supported, also where evidence is required", async () => {
    const { exec, world } = await scene([runTests, mend, runTests, lie]);
    project(world);
    const { result, events } = await exec([...full, "--require-evidence", "fix the bug"]);
    expect(result).toMatchObject({
      reason: "done",
      exitCode: 0,
      evidence: {
        checks: [{ kind: "test", command: "node --test", outcome: "passed", exitCode: 0, editsSince: 0 }],
        claims: [{ kind: "test", verdict: "supported" }],
      },
    });
    expect(ofType(events, "user.message")).toHaveLength(1);
  });
});

describe("in the terminal UI", () => {
  it("who goes in circles is asked about instead of stopped, and what is not proven is marked at the turn's end", async () => {
    const look: FakeAnswer = { calls: [call("ls", {})] };
    const { tau, say } = await tui([...Array(6).fill(look), lie]);
    say("go");
    const screen = await tau.waitFor(/┃ y yes {2}n no/, 60_000);
    expect(screen).toMatch(
      /┃ Allow going on\?\n┃ go on after 6 equal ls calls\n┃ The same ls call was made 6 times/,
    );
    tau.write("y");
    expect(await tau.waitFor("evidence:", 60_000)).toContain("! evidence: claims tests pass, but none ran");
  });
});

describe("a verify command that fails", () => {
  it("shows the end of its output, and ends with code 9 when it never passes", async () => {
    const { world } = await scene();
    const verify = "seq 1 40; echo 'the  cause'; exit 3";
    const run = await runTau(world, ["exec", "--model", model, "--verify", verify, "go"]);
    expect(run.stderr).toMatch(
      /exit code 3\n {2}│ … 29 lines above\n(?: {2}│ \d+\n){11} {2}│ the {2}cause\n/,
    );
    expect(run.code).toBe(9);
  });
});
