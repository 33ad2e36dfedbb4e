/** How the UI is started and left, and what stays behind: a terminal as it was, and nothing else. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { keys, processesWith, startPty } from "./support/pty.ts";
import { latestSession, until } from "./support/run.ts";
import { call, model, scene } from "./support/scene.ts";
import { launcher, makeWorld, runTau } from "./support/tau.ts";
import { ready, tui } from "./support/tui.ts";

/** Runs tau, then says what state it left the terminal in. */
const thenState = (args: string) => `"$NODE" "$TAU" ${args}; echo "code $?"; stty -a; echo state shown`;

describe("leaving", () => {
  it("by Ctrl+C twice prints how to go on, and the terminal is as it was", async () => {
    const { world } = await scene([{ text: "Hello." }]);
    const tau = startPty(world, [], { shell: thenState(`--model ${model} hi`) });
    await tau.waitFor("Hello.");
    await tau.waitFor(ready);
    expect(tau.modes()).toEqual({ bracketedPaste: true, cursorHidden: false });
    tau.write("half a thought");
    await tau.waitFor("half a thought");
    tau.write(keys.ctrlC);
    expect(await tau.waitFor("ctrl+c again leaves")).not.toContain("half a thought");
    tau.write(keys.ctrlC);
    const screen = await tau.waitFor("state shown");
    const id = await latestSession(world);
    expect(screen).toContain(`Hello.\n\nTo go on: tau -r ${id}\ncode 0`);
    expect(screen).toMatch(/ icanon /);
    expect(screen).toMatch(/ echo /);
    expect(tau.modes()).toEqual({ bracketedPaste: false, cursorHidden: false });
  });

  it("needs the second Ctrl+C right after the first, and Ctrl+D works on an empty line", async () => {
    const { tau } = await tui([]);
    tau.write(keys.ctrlC);
    await tau.waitFor("ctrl+c again leaves");
    tau.write("x");
    await tau.waitFor((screen) => !screen.includes("again leaves"));
    tau.write(`${keys.ctrlD}${keys.backspace}${keys.ctrlD}`);
    await tau.waitFor("ctrl+c again leaves");
    tau.write(keys.ctrlD);
    expect(await tau.ended).toEqual({ code: 0, signal: 0 });
    expect(tau.raw()).not.toContain("To go on");
  });

  it("without a word leaves nothing that -c would go on with", async () => {
    const { tau, world, say } = await tui([{ text: "The answer." }]);
    say("the question");
    await tau.waitFor("The answer.");
    await tau.waitFor(ready);
    for (const one of [tau, startPty(world, [])]) {
      await one.waitFor(ready);
      one.write(keys.ctrlC);
      await one.waitFor("again leaves");
      one.write(keys.ctrlC);
      expect((await one.ended).code).toBe(0);
    }
    await startPty(world, ["-c"]).waitFor(/› the question\n\nThe answer\./);
  });

  it.each([
    { signal: "SIGTERM", code: 143 },
    { signal: "SIGHUP", code: 143 },
    { signal: "SIGINT", code: 130 },
  ] as const)(
    "by $signal ends commands, keeps the work and restores the terminal",
    async ({ signal, code }) => {
      const { tau, world, say } = await tui(
        [
          {
            text: "Working on it.",
            calls: [call("bash", { command: "touch begun; sleep 1000.125 & wait" })],
          },
        ],
        ["--mode", "full"],
      );
      say("go");
      await until("the command runs", () => existsSync(join(world.project, "begun")));
      tau.kill(signal);
      expect(await tau.ended).toEqual({ code, signal: 0 });
      expect(processesWith("sleep\u00001000.125")).toEqual([]);
      expect(tau.modes()).toEqual({ bracketedPaste: false, cursorHidden: false });
      expect(tau.screen()).toMatch(/Working on it\.\n✗ .*interrupted.*\n(?:.*\n)*To go on: tau -r /);
      const { stdout } = await runTau(world, ["sessions", "export", await latestSession(world)]);
      expect(stdout).toMatch(/"type":"turn.ended".*"reason":"(terminated|interrupted)"/);
    },
  );

  it("by kill -9 leaves no process behind", async () => {
    const { tau, world, say } = await tui(
      [{ calls: [call("bash", { command: "touch begun; (setsid sleep 1000.0625 &) ; sleep 1000.0625" })] }],
      ["--mode", "full"],
    );
    say("go");
    await until("the command runs", () => existsSync(join(world.project, "begun")));
    await until("its children run", () => processesWith("sleep\u00001000.0625").length >= 2);
    tau.kill("SIGKILL");
    await tau.ended;
    await until("all are gone", () => processesWith("sleep\u00001000.0625").length === 0);
    await until("the helper is gone", () => processesWith(world.home).length === 0);
  });
});

describe("without a key", () => {
  it("offers the demo, and one key runs it to its proven end", async () => {
    const world = makeWorld();
    const tau = startPty(world, []);
    await tau.waitFor("Try the demo, no key");
    tau.write("d");
    await tau.waitFor("demo/fix · edit");
    await tau.waitFor(ready, 30_000);
    await until("the demo's end", () => /tests? pass|fixed/i.test(tau.history().join("\n")));
    const all = tau.history().join("\n");
    expect(all).toMatch(/✗ .*exit 1/);
    expect(all).toMatch(/✓ edit /);
    expect(all).toMatch(/✓ .*node --test/);
    tau.write(keys.ctrlC);
    await tau.waitFor("again leaves");
    tau.write(keys.ctrlC);
    expect((await tau.ended).code).toBe(0);
    world.remove();
  });

  it("takes Ctrl+C for a no, and leaves the terminal as it was", async () => {
    const world = makeWorld();
    const tau = startPty(world, []);
    await tau.waitFor("Try the demo, no key");
    tau.write(keys.ctrlC);
    expect((await tau.ended).signal).toBe(0);
    expect(tau.modes()).toEqual({ bracketedPaste: false, cursorHidden: false });
    world.remove();
  });
});

describe("without a terminal", () => {
  it.each([
    { what: "on both sides", shell: `"$0" "$1" --model ${model} hi </dev/null | cat; exit` },
    { what: "to write to", shell: `"$0" "$1" --model ${model} hi | cat` },
  ])("$what it says so and draws nothing", async ({ shell }) => {
    const { world } = await scene([]);
    const { stdout, stderr } = spawnSync(
      "/bin/bash",
      ["-c", `set -o pipefail; ${shell}`, process.execPath, launcher],
      {
        cwd: world.project,
        env: world.env,
        encoding: "utf8",
      },
    );
    expect(stdout).toBe("");
    expect(stderr).toMatch(/there is no terminal here to draw in\n.*tau exec/);
  });

  it("is spoken to in plain lines where it is a dumb one", async () => {
    const { world } = await scene();
    const tau = startPty(world, ["--model", model], { env: { TERM: "dumb" } });
    await tau.waitFor("Tau in plain lines");
    tau.write(keys.ctrlD);
    expect(await tau.ended).toEqual({ code: 0, signal: 0 });
    expect(tau.raw()).not.toContain("\u001b");
  });
});

describe("an idle screen", () => {
  it("has no timer, so it uses no processor time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tau-timers-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "timers");
    const probe = resolve(import.meta.dirname, "support/live-timers.cjs");
    const { tau, say } = await tui([{ text: "The answer." }], [], {
      env: { NODE_OPTIONS: `--require ${probe}`, TAU_TEST_TIMERS: file },
    });
    say("the question");
    await tau.waitFor("The answer.");
    await tau.waitFor(ready);
    // What waits for a terminal's answers or holds a connection open for a while may end first; what ticks never would.
    await until(
      "no timer waits",
      () => {
        process.kill(tau.pid, "SIGUSR2");
        return existsSync(file) && readFileSync(file, "utf8") === "0";
      },
      60_000,
    );
    const bytes = tau.raw().length;
    await tau.quiet(200);
    expect(tau.raw().length).toBe(bytes);
  });
});
