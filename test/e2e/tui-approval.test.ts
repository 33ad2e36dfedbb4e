/** What a person is asked before a call runs, and what the answers do. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys } from "./support/pty.ts";
import { call, resultsIn } from "./support/scene.ts";
import { ready, tui } from "./support/tui.ts";

const bash = (command: string, id = "call_bash") => call("bash", { command }, id);
/** The line of answers: it is drawn once the question takes keys. */
const answers = /┃ y yes {2}n no/;

describe("a question", () => {
  it("shows the command, the reason and the rule; y runs it, n does not and tells the model", async () => {
    const { tau, fake, world, say } = await tui([
      { calls: [bash("touch made")] },
      { calls: [bash("touch made-not")] },
      { text: "Then not." },
    ]);
    say("go");
    const screen = await tau.waitFor(answers);
    expect(screen).toMatch(
      /┃ Allow bash\?\n┃ touch made\n┃ .+\(mode:ask, .+\)\n┃ y yes {2}n no\n┃ a always in this session {2}p always in this project\n┃ always: Bash\(touch:\*\)\n/,
    );
    tau.write("y");
    await tau.waitFor(/✓ .*touch made\n/);
    await tau.waitFor((shown) => shown.includes("┃ touch made-not") && answers.test(shown));
    tau.write("n");
    await tau.waitFor("┃ n no");
    tau.write("there is one, see made");
    await tau.waitFor("› there is one, see made");
    tau.write(keys.enter);
    expect(await tau.waitFor("Then not.")).toMatch(/✗ .*touch made-not.* denied/);
    expect(existsSync(join(world.project, "made"))).toBe(true);
    expect(existsSync(join(world.project, "made-not"))).toBe(false);
    expect(resultsIn(fake, 2)[1]).toMatch(
      /^Denied .*The user refused.*The user says: there is one, see made/,
    );
  });

  it("answered with a is not asked again in this session", async () => {
    const { tau, world, say } = await tui([
      { calls: [bash("touch a1")] },
      { calls: [bash("touch a1 a2")] },
      { text: "Both." },
      { calls: [bash("touch a3")] },
      { text: "And the third." },
    ]);
    say("go");
    await tau.waitFor(answers);
    tau.write("a");
    await tau.waitFor("Both.");
    say("once more");
    await tau.waitFor("And the third.");
    for (const name of ["a1", "a2", "a3"]) expect(existsSync(join(world.project, name))).toBe(true);
  });

  it("answered with p is not asked again in this project, by any later run; the rule is shown, and where it stands", async () => {
    const { tau, world, say, exec } = await tui([
      { calls: [bash("touch a1")] },
      { text: "Made." },
      { calls: [bash("touch a2")] },
      { text: "And a2." },
    ]);
    const planted = JSON.stringify({ permissions: { allow: ["Bash(touch:*)"] } });
    world.file(".tau/config.local.json", planted);
    say("go");
    await tau.waitFor(answers);
    tau.write("p");
    const screen = await tau.waitFor("Made.");
    const file = join(world.env.TAU_HOME ?? "", "projects.json");
    expect(screen.replaceAll(/\n */g, " ")).toContain("Bash(touch:*) is allowed in this project from now on");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ [world.project]: { allow: ["Bash(touch:*)"] } });
    expect(readFileSync(join(world.project, ".tau/config.local.json"), "utf8")).toBe(planted);
    const { events } = await exec(["again"]);
    expect(existsSync(join(world.project, "a2"))).toBe(true);
    expect(events.find((event) => event.type === "tool.started")).toMatchObject({
      decision: { effect: "allow", rule: "Bash(touch:*)", source: "project approvals" },
    });
  });

  it("is one list when one answer holds several: walked with arrows, each answered for itself, or all alike", async () => {
    const { tau, fake, world, say } = await tui([
      { calls: [bash("touch first", "c1"), bash("rm second", "c2"), bash("touch third", "c3")] },
      { calls: [bash("touch fourth", "c4"), bash("touch fifth", "c5")] },
      { text: "Mixed." },
    ]);
    say("go");
    const screen = await tau.waitFor((shown) => shown.includes("touch third") && answers.test(shown));
    expect(screen).toMatch(
      /┃ Allow bash\? \(1 of 3\)\n┃ ▸ bash touch first\n┃ {3}bash rm second\n┃ {3}bash touch third\n┃ touch first\n/,
    );
    await tau.waitFor("Y yes to all 3 shown whole");
    tau.write("\u001b[B");
    await tau.waitFor("▸ bash rm second");
    tau.write("n");
    await tau.waitFor("┃ n no");
    tau.write(keys.enter);
    // The last one is allowed before the first is answered, and does not wait for that; the refused one is told at once.
    await tau.waitFor((shown) => shown.includes("(2 of 2)") && answers.test(shown));
    tau.write("y");
    await tau.waitFor(
      (shown) => /^✓ touch third/m.test(shown) && shown.includes("Allow bash?") && answers.test(shown),
    );
    expect(existsSync(join(world.project, "third"))).toBe(true);
    expect(existsSync(join(world.project, "first"))).toBe(false);
    tau.write("y");
    await tau.waitFor((shown) => shown.includes("bash touch fifth") && shown.includes("all 2 shown whole"));
    for (const name of ["first", "third"]) expect(existsSync(join(world.project, name))).toBe(true);
    tau.write("Y");
    await tau.waitFor("Mixed.");
    for (const name of ["fourth", "fifth"]) expect(existsSync(join(world.project, name))).toBe(true);
    expect(resultsIn(fake, 1)[1]).toMatch(/^Denied/);
  });

  it("offers rules of several widths, to be edited, and says what they would have let run before", async () => {
    const { tau, world, say } = await tui([
      { calls: [bash("npm run build -- --fast && touch x", "c0")] },
      { calls: [bash("npm run build", "c1")] },
      { calls: [bash("npm run test", "c2")] },
      { text: "Ran." },
    ]);
    say("go");
    const line = await tau.waitFor(answers);
    expect(line).toMatch(/┃ \? npm run build -- --fast +mode:ask/);
    expect(line).toMatch(/┃ \? touch x +mode:ask/);
    tau.write(`n${keys.enter}`);
    await tau.waitFor((shown) => shown.includes("┃ npm run build\n") && answers.test(shown));
    expect(tau.screen()).toMatch(/always: Bash\(npm run build:\*\)\n┃ +sub-command, 2 of 3/);
    tau.write("\u001b[C");
    await tau.waitFor(/always: Bash\(npm:\*\)\n┃ +program, 3 of 3/);
    tau.write("e");
    await tau.waitFor("Rule › Bash(npm:*)");
    tau.write("x");
    await tau.waitFor("is not a rule");
    tau.write(`\u0015Bash(npm run:*)`);
    await tau.waitFor(/Rule › Bash\(npm run:\*\)\n/);
    tau.write(keys.enter);
    await tau.waitFor(/always: Bash\(npm run:\*\)\n┃ +your own/);
    tau.write("p");
    await tau.waitFor("Ran.");
    const file = join(world.env.TAU_HOME ?? "", "projects.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      [world.project]: { allow: ["Bash(npm run:*)"] },
    });
  });

  it("about an edit shows the diff, long ones whole in the scrollback", async () => {
    const before = Array.from({ length: 60 }, (_, n) => `line ${n}`).join("\n");
    const after = before.replaceAll(/line (\d)$/gm, "changed $1").replace("line 30", "-- comment");
    const { tau, world, say } = await tui([
      { calls: [call("read", { path: "a.txt" })] },
      { calls: [call("write", { path: "a.txt", content: after })] },
      { text: "Changed." },
    ]);
    world.file("a.txt", before);
    say("change it");
    const screen = await tau.waitFor(answers);
    expect(screen).toMatch(/┃ Allow write\?\n┃ a\.txt \+11 -11\n┃ {2}1 - line 0\n/);
    expect(screen).toMatch(/┃ … \d+ more lines, d shows all/);
    const all = tau.history();
    for (const line of ["   1 - line 0", "  10 + changed 9", "  31 - line 30", "  31 + -- comment"])
      expect(all).toContain(line);
    tau.write("y");
    await tau.waitFor("Changed.");
    expect(readFileSync(join(world.project, "a.txt"), "utf8")).toBe(after);
  });

  it("is not answered by what somebody was typing, and Escape stops the turn", async () => {
    const { tau, fake, world, say } = await tui(
      [{ calls: [bash("sh wait.sh")] }, { calls: [bash("rm precious")] }, { text: "Carried on." }],
      ["--allow", "Bash(sh wait.sh)"],
    );
    world.file("wait.sh", "until [ -e go ]; do sleep 0.02; done");
    world.file("precious", "");
    say("go");
    await tau.waitFor("● sh wait.sh");
    // A word has been begun when the question comes up.
    tau.write("y");
    await tau.waitFor("› y");
    world.file("go", "");
    await tau.waitFor(answers);
    tau.write("es, but a backup first");
    await tau.waitFor("› yes, but a backup first");
    expect(existsSync(join(world.project, "precious"))).toBe(true);
    tau.write(keys.escape);
    await tau.waitFor("! ");
    expect(await tau.waitFor("› yes, but a backup first")).not.toContain("┃");
    expect(existsSync(join(world.project, "precious"))).toBe(true);
    tau.write(keys.enter);
    await tau.waitFor("Carried on.");
    await tau.waitFor(ready);
    expect(resultsIn(fake, 2)[1]).toMatch(/not run|interrupted/i);
  });

  it("shows what cannot be seen: escapes and reordering characters in a command", async () => {
    const { tau, say } = await tui([{ calls: [bash("touch safe \u001b[2K\r\u202e tfar")] }, { text: "ok" }]);
    say("go");
    await tau.waitFor(answers);
    expect(tau.screen()).toContain("┃ touch safe ^[[2K^M\\u202e tfar");
  });
});
