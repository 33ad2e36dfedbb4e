/** Going back in a session: in the terminal, and on the command line. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { conversationOf } from "../support/upstream/conversation.ts";
import { keys, startPty } from "./support/pty.ts";
import { call, resultsIn, saidTo, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";
import { linesWith, ready, tui } from "./support/tui.ts";

describe("esc esc", () => {
  it("goes back to before a message: text in the composer, files told and left, the model as of then", async () => {
    const { tau, say, fake, world } = await tui(
      [
        { calls: [call("read", { path: "a.txt" })] },
        { text: "I read it." },
        {
          calls: [
            call("edit", { path: "a.txt", edits: [{ old_string: "one", new_string: "two" }] }, "call_2"),
          ],
        },
        { text: "I changed it." },
        { calls: [call("write", { path: "a.txt", content: "three\n" }, "call_3")] },
        { text: "It changed meanwhile." },
      ],
      ["--mode", "full"],
    );
    const file = world.file("a.txt", "one\n");
    say("read a.txt");
    await tau.waitFor("I read it.");
    await tau.waitFor(ready);
    say("change a.txt");
    await tau.waitFor("I changed it.");
    await tau.waitFor(ready);
    tau.write(keys.escape);
    await tau.waitFor("esc again");
    tau.write(keys.escape);
    await tau.waitFor("Go back to before (2)");
    const list = tau.screen();
    expect(list).toContain("1 file changed: a.txt");
    tau.write(keys.enter);
    await tau.waitFor(/Conversation and files.*1 restored, \+1 -1 lines/);
    tau.write(`conversation only${keys.enter}`);
    const moved = await tau.waitFor(/Files are not rewound:\s+1 changed since:\s+a\.txt/);
    expect(moved).toContain("› change a.txt");
    // What stood on the screen still stands there, once.
    expect(linesWith(tau, "I changed it.")).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toBe("two\n");
    tau.write(` to three${keys.enter}`);
    await tau.waitFor("It changed meanwhile.");
    expect(saidTo(fake, 4).filter((text) => text.includes("a.txt"))).toEqual([
      "read a.txt",
      "change a.txt to three",
    ]);
    // The agent knows the file as it read it then, so it may not write over what is there now.
    expect(resultsIn(fake, 5).at(-1)).toContain("changed");
    expect(readFileSync(file, "utf8")).toBe("two\n");
    tau.write(`/tree${keys.enter}`);
    const tree = await tau.waitFor("Branches (3)");
    expect(tree).toContain("● read a.txt");
    expect(tree).toContain("○ change a.txt");
    expect(tree).toContain("● change a.txt to three");
    tau.write(`${keys.up}${keys.enter}`);
    await tau.waitFor("the conversation goes on behind what came of");
    say("and now?");
    await tau.waitFor("All done.");
    expect(saidTo(fake, 6).filter((text) => /a\.txt|now/.test(text))).toEqual([
      "read a.txt",
      "change a.txt",
      "and now?",
    ]);
  });
});

describe("the picker", () => {
  it("opens with -r, finds a session by what was said in it, and goes on there", async () => {
    const set = await scene([{ text: "The walrus answer." }, { text: "Second." }, { text: "Here again." }]);
    const first = await set.exec(["tell me of tusks"]);
    await set.exec(["something else"]);
    const tau = startPty(set.world, ["--model", "anthropic/claude-haiku-4-5", "-r"]);
    await tau.waitFor("Sessions of this folder");
    await tau.waitFor("something else");
    tau.write("walrus");
    await tau.waitFor(/tell me of tusks.*walrus/);
    tau.write(keys.enter);
    await tau.waitFor("going on here");
    tau.write(`and?${keys.enter}`);
    await tau.waitFor("Here again.");
    expect(saidTo(set.fake, 2).filter((text) => /tusks|and\?/.test(text))).toEqual([
      "tell me of tusks",
      "and?",
    ]);
    const shown = await runTau(set.world, ["sessions", "show", "--json", String(first.result.sessionId)]);
    expect(shown.stdout).toContain("Here again.");
  });
});

describe("tau sessions rewind", () => {
  it("says what would change, refuses what others changed since, and takes back conversation and files", async () => {
    const set = await scene([
      { text: "Hello." },
      {
        calls: [
          call("bash", {
            command: "mkdir src; printf 'new\\n' > src/a.txt; printf 'two\\n' > b.txt; rm c.txt",
          }),
        ],
      },
      { text: "Done." },
    ]);
    const { world } = set;
    const b = world.file("b.txt", "one\n");
    const c = world.file("c.txt", "precious\n");
    const id = String((await set.exec(["--mode", "full", "say hello"])).result.sessionId);
    await set.exec(["--mode", "full", "-r", id, "change all"]);
    expect(existsSync(c)).toBe(false);
    const rewind = (...args: string[]) => runTau(world, ["sessions", "rewind", id, ...args]);
    const dry = await rewind("--both", "--dry-run", "--diff");
    expect(dry.stdout).toContain("Files: 1 restored, 1 created, 2 deleted, +2 -2 lines.");
    expect(dry.stdout).toMatch(/1 removed: two\n1 added: one/);
    expect(JSON.parse((await rewind("--files", "--dry-run", "--json")).stdout)).toMatchObject({
      dryRun: true,
      files: {
        conflicts: [],
        files: expect.arrayContaining([{ path: "b.txt", change: "modified", added: 1, removed: 1 }]),
      },
    });
    writeFileSync(b, "mine\n");
    const refused = await rewind("--both");
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/nothing was changed.*b\.txt \(changed since\).*--overwrite/s);
    expect(existsSync(c)).toBe(false);
    const done = JSON.parse((await rewind("--both", "--skip", "--json")).stdout);
    expect(done).toMatchObject({
      takenBack: [{ type: "text", text: "change all" }],
      files: { skipped: ["b.txt"], failed: [] },
    });
    expect([readFileSync(b, "utf8"), readFileSync(c, "utf8")]).toEqual(["mine\n", "precious\n"]);
    expect(existsSync(join(world.project, "src"))).toBe(false);
  });
});

describe("tau sessions", () => {
  it("rewind, fork, label and tree work on what is in the ledger, and what was spent stays counted once", async () => {
    const set = await scene([
      { text: "First." },
      { text: "Second." },
      { text: "Third." },
      { text: "Fourth." },
    ]);
    const id = String((await set.exec(["one"])).result.sessionId);
    await set.exec(["-r", id, "two"]);
    const tau = async (...args: string[]) =>
      JSON.parse((await runTau(set.world, ["sessions", ...args, "--json"])).stdout);
    const moved = await tau("rewind", id);
    expect(moved.takenBack).toEqual([{ type: "text", text: "two" }]);
    expect(moved.left).toMatchObject({ prompts: 1, changed: [] });
    await set.exec(["-r", id, "three"]);
    const asked = (index: number) => saidTo(set.fake, index).filter((text) => /^(one|two|three)$/.test(text));
    expect([asked(1), asked(2)]).toEqual([
      ["one", "two"],
      ["one", "three"],
    ]);
    // Law "prefix": before the point nothing changed.
    const [, was, is] = set.fake.requests.map(conversationOf);
    expect(is?.fixed).toEqual(was?.fixed);
    expect(is?.items.slice(0, -1)).toEqual(was?.items.slice(0, -1));
    await tau("label", id, "the better way", "--at", "3");
    await tau("label", id, "Ways");
    const tree = await tau("tree", id);
    expect(
      tree.points.map((point: { text: string; label: string | null; current: boolean }) => [
        point.text,
        point.label,
        point.current,
      ]),
    ).toEqual([
      ["one", null, true],
      ["two", null, false],
      ["three", "the better way", true],
    ]);
    const fork = await tau("fork", id);
    expect(fork).toMatchObject({ title: "Ways (fork)", cost: 0 });
    await set.exec(["-r", fork.id, "four"]);
    expect(asked(3)).toEqual(["one", "three"]);
    const drawn = await runTau(set.world, ["sessions", "tree", id]);
    expect(drawn.stdout).toMatch(/1 {2}● one.*\n2 {2}├─○ two.*\n3 {2}└─● \[the better way\] three/);
    const wrong = await runTau(set.world, ["sessions", "rewind", id, "--to", "9"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("there is no prompt 9: there are 3"),
    ]);
  });
});
