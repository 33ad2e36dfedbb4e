/** `tau --plain`: the conversation without a drawn screen, in a terminal and through pipes. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { keys, startPty } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { call, model, resultsIn, saidTo, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

const bash = (command: string, id = "call_bash") => call("bash", { command }, id);

/** Whether a stream holds nothing but text, line breaks and styles: nothing moves a cursor or clears anything. */
const isPlain = (bytes: string): boolean =>
  // The terminal itself ends lines with a carriage return.
  !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(
    bytes.replaceAll("\r\n", "\n").replace(/\u001b\[[\d;]*m/g, ""),
  ) && !bytes.replaceAll("\r\n", "\n").includes("\r");

async function plain(
  script: readonly FakeAnswer[],
  args: readonly string[] = [],
  env: Record<string, string> = {},
) {
  const set = await scene(script);
  const tau = startPty(set.world, ["--plain", "--model", model, ...args], { env, rows: 60, columns: 120 });
  await tau.waitFor(/you: $/m);
  return { ...set, tau, say: (text: string) => tau.write(`${text}\r`) };
}

describe("in a terminal", () => {
  it("asks by numbers, takes a no with a word, tells the cost, and never moves the cursor", async () => {
    const { tau, say, world, fake } = await plain([
      { calls: [bash("touch made")] },
      { calls: [bash("touch made-not")] },
      { text: "# Result\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nlet x = 1;\n```\n" },
    ]);
    say("go");
    expect(await tau.waitFor("answer: ")).toMatch(
      /question: may Tau run bash\?\n {2}.*touch made\n[\s\S]*1 yes, once\n2 yes.*\n3 yes.*\n4 no\n/,
    );
    say("1");
    await tau.waitFor((shown) => shown.includes("touch made-not") && shown.split("answer: ").length === 3);
    say("5 there is one");
    const screen = await tau.waitFor(/cost: .*\nyou: $/m);
    expect(screen).toContain(
      "tau: Heading: Result\n\n- one\n- two\n\ntable, columns a, b:\na: 1; b: 2\n\ncode, ts:\n  let x = 1;\nend of code\ncost: ",
    );
    expect(existsSync(join(world.project, "made"))).toBe(true);
    expect(existsSync(join(world.project, "made-not"))).toBe(false);
    expect(resultsIn(fake, 2)[1]).toContain("The user says: there is one");
    tau.write(keys.ctrlD);
    expect(await tau.ended).toEqual({ code: 0, signal: 0 });
    expect(tau.raw()).toContain("To go on: tau -r ");
    expect(isPlain(tau.raw())).toBe(true);
    expect(tau.raw()).not.toMatch(/[─│┃●✓✗›▸]/);
  });

  it("hears lines while it works, stops with ctrl+c, and leaves with the second one", async () => {
    const { tau, say, fake, world } = await plain(
      [
        { calls: [bash("while [ ! -e go ]; do sleep 0.05; done")] },
        { text: "Heard." },
        { calls: [bash("touch begun; sleep 300")] },
      ],
      ["--mode", "full"],
    );
    say("wait");
    await tau.waitFor("you: wait");
    say("also this");
    await tau.waitFor("note: the model hears it at its next step");
    say("! touch go");
    await tau.waitFor("tau: Heard.");
    await tau.waitFor(/cost: .*\nyou: $/m);
    expect(saidTo(fake, 1).at(-1)).toContain("also this");
    say("sleep");
    await until("the command to run", () => existsSync(join(world.project, "begun")));
    tau.write(keys.ctrlC);
    await tau.waitFor("note: stopped; ctrl+c again leaves");
    await tau.waitFor((shown) => shown.split("cost: ").length === 3);
    tau.write(keys.ctrlC);
    expect((await tau.ended).code).toBe(0);
    expect(tau.raw()).toContain("To go on: tau -r ");
    expect(isPlain(tau.raw())).toBe(true);
  });

  it("has the commands: a list by number, going back, what changed, folded results whole", async () => {
    const { tau, say, world } = await plain(
      [{ text: "One." }, { calls: [bash("seq 1 40")] }, { text: "Two." }],
      ["--mode", "full"],
    );
    execFileSync("git", ["init", "-q"], { cwd: world.project });
    writeFileSync(join(world.project, "new.txt"), "x");
    say("first");
    await tau.waitFor(/tau: One\.[\s\S]*you: $/m);
    say("second");
    await tau.waitFor(/28 lines left out; \/more 1 prints all[\s\S]*tau: Two\.[\s\S]*you: $/m);
    say("/more");
    await tau.waitFor(/^ {2}17$/m);
    say("/model");
    await tau.waitFor(/question: Model[\s\S]*answer: $/m);
    say("");
    await tau.waitFor((shown) => shown.trimEnd().endsWith("you:"));
    say("/diff");
    await tau.waitFor(/what is not committed:[\s\S]*new\.txt/);
    say("/rewind");
    await tau.waitFor(/question: Go back to before\n1 first: .*\n2 second \(now\): [\s\S]*answer: $/m);
    say("2");
    await tau.waitFor("kept, not sent: second");
    say("/resume");
    await tau.waitFor(/question: Sessions of this folder\n1 .*\(now\)[\s\S]*answer: $/m);
    say("");
    say("/effort");
    say("/exit");
    expect((await tau.ended).code).toBe(0);
    expect(isPlain(tau.raw())).toBe(true);
  });

  it("loads neither Ink nor React", async () => {
    const { world } = await scene();
    const list = join(world.home, "read.json");
    writeFileSync(
      join(world.home, "trace.cjs"),
      `const fs = require("node:fs"); const read = fs.readFileSync; const open = fs.openSync; const seen = [];
fs.readFileSync = function (path, ...rest) { seen.push(String(path)); return read.call(this, path, ...rest); };
process.on("exit", () => fs.writeFileSync(${JSON.stringify(list)}, JSON.stringify([...seen, ...process.moduleLoadList.filter((name) => name.includes("wasm"))])));`,
    );
    const env = { NODE_OPTIONS: `--require ${join(world.home, "trace.cjs")}` };
    const { code } = await runTau(world, ["--plain", "--model", model], { input: "hello\n", env });
    expect(code).toBe(0);
    const chunks = (JSON.parse(readFileSync(list, "utf8")) as string[]).filter((path) =>
      /dist\/.*js$/.test(path),
    );
    expect(chunks.length).toBeGreaterThan(3);
    for (const path of chunks)
      expect(readFileSync(path, "utf8")).not.toMatch(/react\.(element|transitional)|yoga/i);
  });
});

describe("through pipes", () => {
  it("says the lines one after the other, answers by the next line, and ends with the last turn's code", async () => {
    const { world, fake } = await scene([
      { calls: [bash("touch made")] },
      { text: "Made." },
      { text: "Second." },
    ]);
    const { code, stdout } = await runTau(world, ["--plain", "--model", model], {
      input: "go\n1\n/status\nagain\\\nand more\n",
    });
    expect(code).toBe(0);
    expect(existsSync(join(world.project, "made"))).toBe(true);
    expect(stdout).toMatch(
      /you: go\n[\s\S]*question: [\s\S]*answer: 1\n[\s\S]*tau: Made\.\ncost: [\s\S]*you: \/status\n[\s\S]*you: again\nand more\ntau: Second\.\ncost: /,
    );
    expect(saidTo(fake, 2).at(-1)).toBe("again\nand more");
    expect(isPlain(stdout)).toBe(true);
  });

  it("takes the end of input for a no, and tells of a turn that failed by its code", async () => {
    const asked = await scene([{ calls: [bash("touch made")] }, { text: "Not then." }]);
    const denied = await runTau(asked.world, ["--plain", "--model", model], { input: "go\n" });
    expect(existsSync(join(asked.world.project, "made"))).toBe(false);
    expect(denied.stdout).toContain("tau: Not then.");
    const failed = await scene([{ fault: { type: "status", status: 401 } }]);
    const { code, stdout } = await runTau(failed.world, ["--plain", "--model", model], { input: "go\n" });
    expect(code).toBe(4);
    expect(stdout).toContain("warning: ");
  });
});
