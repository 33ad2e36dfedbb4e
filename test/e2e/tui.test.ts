/** The terminal UI in a real pseudo-terminal: what a person types, what the model is sent, what the screen shows. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys, processesWith, startPty } from "./support/pty.ts";
import { latestSession, until } from "./support/run.ts";
import { call, model, resultsIn, saidTo, scene } from "./support/scene.ts";
import { linesWith, ready, tui } from "./support/tui.ts";

describe("a task", () => {
  it("is typed, streamed and answered, and the footer counts what it took", async () => {
    const { tau } = await tui([
      { text: "Hello from the model.\nSecond line.", deltaMs: 5, usage: { input: 40_000, output: 50 } },
    ]);
    tau.write("say hello");
    await tau.waitFor("› say hello");
    tau.write(keys.enter);
    const screen = await tau.waitFor(/40\.0k in, 50 out/);
    expect(screen).toMatch(/Hello from the model\.\nSecond line\./);
    // 40,050 of 200,000 tokens; a dollar a million in, five out.
    expect(screen).toMatch(/claude-haiku-4-5 · ask · context ▰▱▱▱▱ 20% · 40\.0k in, 50 out · \$0\.04\d\d/);
    expect(linesWith(tau, "Hello from the model.")).toHaveLength(1);
    await tau.waitFor(ready);
  });

  it("begins at once when it is given on the command line, and shows its tools as cards", async () => {
    const { world, fake } = await scene([
      { text: "I will look.", calls: [call("bash", { command: "printf 'one\\ntwo\\n'; exit 3" })] },
      { thinking: "hm", text: "It failed." },
    ]);
    const tau = startPty(world, ["--model", model, "--mode", "full", "run", "it"]);
    const screen = await tau.waitFor("It failed.");
    expect(screen).toMatch(/› run it\n\nI will look\.\n✗ .*exit 3.*\n {2}one\n {2}two\n/);
    expect(saidTo(fake, 0)).toEqual(["run it"]);
  });
});

describe("typing", () => {
  it("sends what was meant: a line with its Enter, several lines, a paste", async () => {
    const { tau, fake } = await tui([{ text: "One." }, { text: "Two." }, { text: "Three." }]);
    tau.write(`all in one write${keys.enter}`);
    await tau.waitFor("One.");
    tau.write(`first${keys.newline}second`);
    const typed = (await tau.waitFor("  second")).split("\n");
    // The terminal's own cursor is where the next key shows.
    expect(tau.cursor()).toEqual({ row: typed.indexOf("  second"), column: "  second".length });
    expect(tau.modes().cursorHidden).toBe(false);
    tau.write(`${keys.up} line${keys.enter}`);
    await tau.waitFor("Two.");
    tau.write(keys.paste("a\r\tb\r\rc"));
    await tau.waitFor(/› a\n {6}b\n\n {2}c/);
    expect(fake.requests).toHaveLength(2);
    tau.write(`${keys.backspace}d${keys.enter}`);
    await tau.waitFor("Three.");
    expect(fake.requests.map((_, index) => saidTo(fake, index).at(-1))).toEqual([
      "all in one write",
      "first line\nsecond",
      "a\n\tb\n\nd",
    ]);
  });

  it("reaches the model after the batch that was running", async () => {
    const { tau, fake, world, say } = await tui(
      [
        { calls: [call("bash", { command: "until [ -e go ]; do sleep 0.02; done; echo went" })] },
        { text: "Noted." },
      ],
      ["--mode", "full"],
    );
    say("start");
    await tau.waitFor("● ");
    await tau.waitFor(/until \[ -e go/);
    say("mind the gap");
    await tau.waitFor("↳ mind the gap");
    expect(fake.requests).toHaveLength(1);
    world.file("go", "");
    const screen = await tau.waitFor("Noted.");
    expect(screen).toMatch(/› mind the gap \(steer\)/);
    expect(screen).not.toContain("↳");
    expect(resultsIn(fake, 1)).toEqual([expect.stringContaining("went")]);
    expect(saidTo(fake, 1)).toEqual(["start", "mind the gap"]);
  });
});

describe("the queue", () => {
  it("outlives kill -9: a headless run leaves it alone, the screen shows it, Enter sends it in its order, once", async () => {
    const { tau, fake, world, say, exec } = await tui([
      { text: "Begun", fault: { type: "silence", pings: false } },
      { text: "Headless." },
      { text: "In blue." },
      { text: "Documented." },
    ]);
    say("paint it");
    await tau.waitFor("Begun");
    tau.write("then document it");
    await tau.waitFor("› then document it");
    tau.write(keys.tab);
    await tau.waitFor("↳ then document it (next turn)");
    say("in blue");
    await tau.waitFor(/↳ in blue \(next step\)\n↳ then document it/);
    tau.kill("SIGKILL");
    await tau.ended;

    const { events, finished } = await exec(["-c", "are you there?"]);
    expect(finished.stderr).toMatch(/2 messages wait in the queue of this session/);
    expect(events.flatMap((event) => (event.type === "note" ? [event.text] : []))).toEqual([
      expect.stringMatching(/^2 messages wait/),
    ]);
    expect(saidTo(fake, 1)).toEqual(["paint it", "are you there?"]);

    const again = startPty(world, ["-c"]);
    const screen = await again.waitFor("enter sends what waits, up edits it");
    expect(screen).toMatch(/↳ in blue \(waits for you\)\n↳ then document it \(waits for you\)/);
    again.write(keys.enter);
    expect(await again.waitFor("Documented.")).not.toContain("↳");
    await again.waitFor(ready);
    expect(saidTo(fake, 2).slice(2)).toEqual(["in blue"]);
    expect(saidTo(fake, 3).slice(2)).toEqual(["in blue", "then document it"]);
    expect(fake.requests).toHaveLength(4);
  });
});

describe("Escape", () => {
  it("stops a stream, keeps what came of it, gives queued words back, and takes the next task", async () => {
    const { tau, fake, say } = await tui([
      { text: "The first half", fault: { type: "silence", pings: false } },
      { text: "The rest." },
    ]);
    say("tell me");
    await tau.waitFor("The first half");
    say("and more");
    await tau.waitFor("↳ and more");
    tau.write(keys.escape);
    const screen = await tau.waitFor(/› and more/);
    expect(screen).toMatch(/The first half\n! interrupted \(what was done is kept; type to go on\)/);
    expect(screen).not.toContain("↳");
    tau.write(keys.enter);
    await tau.waitFor("The rest.");
    expect(linesWith(tau, "The first half")).toHaveLength(1);
    expect(fake.requests[1]?.raw).toContain("The first half");
    expect(saidTo(fake, 1)).toEqual(["tell me", expect.stringContaining("and more")]);
  });

  it("stops a running command with all its children", async () => {
    const { tau, fake, say } = await tui(
      [
        { calls: [call("bash", { command: "echo begun; sleep 1000.25 & sleep 1000.25" })] },
        { text: "Stopped, I see." },
      ],
      ["--mode", "full"],
    );
    say("run");
    await tau.waitFor("  begun");
    tau.write(keys.escape);
    await tau.waitFor("interrupted");
    const screen = await tau.waitFor(ready);
    expect(screen).toMatch(/✗ .*interrupted/);
    expect(screen).toMatch(/ {2}begun/);
    await until("the sleeps are gone", () => processesWith("sleep\u00001000.25").length === 0);
    say("what happened?");
    await tau.waitFor("Stopped, I see.");
    expect(resultsIn(fake, 1)).toEqual([expect.stringMatching(/begun/)]);
  });
});

describe("a command", () => {
  it("is done here: status tells of the model and the hosts, new begins another session, a path is said", async () => {
    const { tau, fake, world, say } = await tui([{ text: "One.", model: "haiku-2026" }, { text: "Two." }]);
    const host = fake.url.replace("http://", "");
    say("first");
    await tau.waitFor("One.");
    await tau.waitFor(ready);
    const id = await latestSession(world);
    say("/status");
    const status = await tau.waitFor(/hosts {4}.+/);
    expect(status).toContain(`session  ${id}`);
    expect(status).toContain(`hosts    ${host} (1)`);
    say("/new");
    expect(await tau.waitFor(/a new session/)).toContain(`tau -r ${id}`);
    await tau.waitFor("0 in, 0 out · $0.0000");
    say("/usr/bin/env is gone");
    await tau.waitFor("Two.");
    await tau.waitFor(ready);
    expect(saidTo(fake, 1)).toEqual(["/usr/bin/env is gone"]);
    say("/quit");
    expect((await tau.ended).code).toBe(0);
    const next = await latestSession(world);
    expect(next).not.toBe(id);
    expect(tau.screen()).toContain(`To go on: tau -r ${next}`);
    expect(linesWith(tau, "One.")).toHaveLength(1);
  });
});

describe("the mode", () => {
  it("changes with Shift+Tab and holds for the next call", async () => {
    const write = (path: string) => ({ calls: [call("write", { path, content: "x\n" })] });
    const { tau, world, say } = await tui([
      write("a.txt"),
      { text: "No a." },
      write("b.txt"),
      { text: "A b." },
    ]);
    say("write a");
    await tau.waitFor("n no");
    tau.write(`n${keys.enter}`);
    await tau.waitFor("No a.");
    tau.write(keys.shiftTab);
    await tau.waitFor(/ · edit · /);
    say("write b");
    await tau.waitFor("A b.");
    expect(existsSync(join(world.project, "a.txt"))).toBe(false);
    expect(readFileSync(join(world.project, "b.txt"), "utf8")).toBe("x\n");
  });
});

describe("a provider in trouble", () => {
  it("is shown waiting for the next try, then the answer", async () => {
    const { tau, say } = await tui(
      [{ fault: { type: "status", status: 529, headers: { "retry-after": "1" } } }, { text: "At last." }],
      [],
    );
    say("go");
    await tau.waitFor(/! .*trying again in \d s/);
    const screen = await tau.waitFor("At last.");
    expect(screen).not.toContain("trying again");
  });

  it("is told of with what to do about it, and the composer works on", async () => {
    const { tau, say } = await tui([{ fault: { type: "status", status: 401 } }, { text: "Better." }]);
    say("go");
    await tau.waitFor(/! .*401.*\n?.*tau doctor/);
    say("again");
    await tau.waitFor("Better.");
  });
});

describe("a session that is gone on with", () => {
  it("after kill -9 shows what was said, what was cut off, and what it cost", async () => {
    const { tau, fake, world, say } = await tui(
      [
        { text: "The plan.", usage: { input: 2000 } },
        { text: "Now the work.", calls: [call("bash", { command: "echo $$ > pid; sleep 1000.5" })] },
        { text: "Going on." },
      ],
      ["--mode", "full"],
    );
    say("make a plan");
    await tau.waitFor("The plan.");
    await tau.waitFor(ready);
    say("do it");
    await until("the command runs", () => existsSync(join(world.project, "pid")));
    tau.kill("SIGKILL");
    await tau.ended;
    await until("no child is left", () => processesWith("sleep\u00001000.5").length === 0);

    const again = startPty(world, ["-c", "--mode", "full"]);
    const screen = await again.waitFor(ready);
    expect(screen).toMatch(
      /› make a plan\n\nThe plan\.\n\n› do it\n\nNow the work\.\n✗ .*sleep 1000\.5.*interrupted/,
    );
    expect(screen).toMatch(/context \d+% · 2\.1k in, 40 out/);
    again.write(`go on${keys.enter}`);
    await again.waitFor("Going on.");
    expect(saidTo(fake, 2)).toEqual(["make a plan", "do it", "go on"]);
  });
});
