/** Files of every kind through the real tools: bytes outside an edit stay what they were, large files stay on disk. */
import {
  chmodSync,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../support/upstream/script.ts";
import { ledgerOf, ofType, told } from "./support/run.ts";
import { call, model, resultsIn, saidTo, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le");
const edit = (path: string, from: string, to: string, id = "edit") =>
  call("edit", { path, edits: [{ old_string: from, new_string: to }] }, id);

describe("an edit touches the bytes it names and no others", () => {
  it.each([
    {
      what: "CRLF",
      before: utf8("one\r\ntwo\r\nthree\r\n"),
      from: "two\nthree",
      to: "2\n2b\nthree",
      after: utf8("one\r\n2\r\n2b\r\nthree\r\n"),
    },
    {
      what: "CRLF and LF mixed",
      before: utf8("one\r\ntwo\nthree\r\nfour"),
      from: "three",
      to: "3",
      after: utf8("one\r\ntwo\n3\r\nfour"),
    },
    { what: "a lone CR", before: utf8("a\rb\ntwo\n"), from: "two", to: "2", after: utf8("a\rb\n2\n") },
    {
      what: "a byte order mark",
      before: utf8("\ufefffirst\nsecond\n"),
      from: "first",
      to: "1st",
      after: utf8("\ufeff1st\nsecond\n"),
    },
    {
      what: "Latin-1",
      before: latin("caf\xe9 one\nna\xefve two\n"),
      from: "two",
      to: "2",
      after: latin("caf\xe9 one\nna\xefve 2\n"),
    },
    {
      what: "UTF-8 broken in one place",
      before: Buffer.concat([utf8("ünï one\n"), Buffer.from([0xc3, 0x28, 0xff]), utf8("\ntwo ü\n")]),
      from: "two ü",
      to: "zwei ü",
      after: Buffer.concat([utf8("ünï one\n"), Buffer.from([0xc3, 0x28, 0xff]), utf8("\nzwei ü\n")]),
    },
    {
      what: "UTF-16",
      before: utf16("one\r\ntwo\r\n"),
      from: "two",
      to: "zwö",
      after: utf16("one\r\nzwö\r\n"),
    },
    { what: "no last line end", before: utf8("one\ntwo"), from: "two", to: "2", after: utf8("one\n2") },
    {
      what: "trailing blanks and tabs",
      before: utf8("one  \n\ttwo\t\n   \n"),
      from: "\ttwo\t",
      to: "\t2\t",
      after: utf8("one  \n\t2\t\n   \n"),
    },
    {
      what: "every emoji whole",
      before: utf8("👩‍👩‍👧 x\ne\u0301 y\n"),
      from: "y",
      to: "z",
      after: utf8("👩‍👩‍👧 x\ne\u0301 z\n"),
    },
  ])("$what", async ({ before, from, to, after }) => {
    const { exec, world } = await scene([
      { calls: [call("read", { path: "f" })] },
      { calls: [edit("f", from, to)] },
    ]);
    chmodSync(world.file("f", before), 0o751);
    const { events, result } = await exec(["--mode", "edit", "go"]);
    expect(result.reason).toBe("done");
    expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual(["ok", "ok"]);
    const path = join(world.project, "f");
    expect(readFileSync(path).toString("hex")).toBe(after.toString("hex"));
    expect(statSync(path).mode & 0o777).toBe(0o751);
    expect(readdirSync(world.project).toSorted()).toEqual([".git", "f"]);
  });

  it("a link stays a link, and its target is what changes", async () => {
    const { exec, world } = await scene([
      { calls: [call("read", { path: "link" })] },
      { calls: [edit("link", "one", "1")] },
    ]);
    world.file("real/target.txt", "one\n");
    symlinkSync("real/target.txt", join(world.project, "link"));
    await exec(["--mode", "edit", "go"]);
    expect(lstatSync(join(world.project, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(world.project, "real/target.txt"), "utf8")).toBe("1\n");
  });

  it("a link out of the project is no way out of it", async () => {
    const { exec, world } = await scene([
      { calls: [call("write", { path: "out/made.txt", content: "x" }, "write"), edit("link", "one", "1")] },
    ]);
    world.file("../elsewhere/target.txt", "one\n");
    symlinkSync("../elsewhere/target.txt", join(world.project, "link"));
    symlinkSync("../elsewhere", join(world.project, "out"));
    const { events } = await exec(["--mode", "edit", "go"]);
    expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual(["denied", "denied"]);
    expect(readdirSync(join(world.project, "../elsewhere"))).toEqual(["target.txt"]);
    expect(readFileSync(join(world.project, "../elsewhere/target.txt"), "utf8")).toBe("one\n");
  });

  it("a file that changed since it was read is not touched, and the model is told", async () => {
    const { exec, fake, world } = await scene([
      { calls: [call("read", { path: "f" })] },
      { calls: [call("bash", { command: "echo changed > f" })] },
      { calls: [edit("f", "one", "1")] },
    ]);
    world.file("f", "one\n");
    const { events } = await exec(["--mode", "full", "go"]);
    expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual(["ok", "ok", "error"]);
    expect(resultsIn(fake, 3).at(-1)).toMatch(/changed/);
    expect(readFileSync(join(world.project, "f"), "utf8")).toBe("changed\n");
  });
});

describe("a file of 100 MB", () => {
  it("is read where asked, searched, and not edited, in bounded memory", async () => {
    const { fake, world } = await scene([
      {
        calls: [
          call("read", { path: "big.log", offset: 1_500_000, limit: 3 }, "far"),
          call("read", { path: "big.log" }, "near"),
        ],
      },
      { calls: [call("grep", { pattern: "line 1234567 " }), edit("big.log", "line 1 ", "LINE 1 ")] },
      { calls: [call("bash", { command: "cat big.log" })] },
    ]);
    const file = openSync(join(world.project, "big.log"), "w");
    let line = 0;
    for (let size = 0; size < 100_000_000; ) {
      let block = "";
      for (let at = 0; at < 20_000; at += 1) block += `line ${++line} ${"·".repeat(20)}\n`;
      size += writeSync(file, block);
    }
    closeSync(file);
    const peak = join(world.home, "peak");
    const run = told(
      await runTau(world, ["exec", "--json", "-m", model, "--mode", "full", "go"], {
        node: ["--require", join(import.meta.dirname, "support/peak-memory.cjs")],
        env: { TAU_TEST_MEMORY: peak },
      }),
    );
    expect(run.result.reason).toBe("done");
    const results = resultsIn(fake, 3);
    expect(results[0]).toMatch(
      /^line 1500000 ·+\nline 1500001 ·+\nline 1500002 ·+\n\[Lines 1500000-1500002 of a file of .*offset 1500003/,
    );
    expect(results[1]).toMatch(/^line 1 ·+\n[\s\S]*Go on with offset/);
    expect(results[2]).toMatch(/^big\.log:1234567:line 1234567 ·+$/);
    expect(results[3]).toMatch(/big\.log/);
    expect(results[4]).toMatch(/left out/);
    expect(ofType(run.events, "tool.finished").map(({ status }) => status)).toEqual([
      "ok",
      "ok",
      "ok",
      "error",
      "ok",
    ]);
    expect(statSync(join(world.project, "big.log")).size).toBeGreaterThan(100_000_000);
    expect(Number(readFileSync(peak, "utf8")) / 1024).toBeLessThan(150);
  }, 120_000);
});

describe("two runs in one repository", () => {
  const rounds = 8;
  const task = (raw: string): "left" | "right" => (raw.includes("edit the left lines") ? "left" : "right");

  it("edit the same file at once: nothing is lost, and both sessions are whole", async () => {
    const state = { left: { line: 0, fresh: false }, right: { line: 0, fresh: false } };
    const refusals: string[] = [];
    const script = (request: { raw: string; body: Record<string, unknown> }, index: number): FakeAnswer => {
      const side = task(request.raw);
      const mine = state[side];
      const last = (
        request.body.messages as { content: { type: string; is_error?: boolean; content?: unknown }[] }[]
      )
        .at(-1)
        ?.content.at(-1);
      if (last?.type === "tool_result" && mine.fresh) {
        if (last.is_error) {
          refusals.push(JSON.stringify(last.content));
          mine.fresh = false;
        } else mine.line += 1;
      } else if (last?.type === "tool_result") mine.fresh = true;
      if (mine.line === rounds) return { text: `${side} done` };
      if (!mine.fresh) return { calls: [call("read", { path: "shared.txt" }, `call_${index}`)] };
      return {
        calls: [
          edit("shared.txt", `${side} ${mine.line}: open`, `${side} ${mine.line}: done`, `call_${index}`),
        ],
      };
    };
    const { world, exec } = await scene(script);
    const lines = Array.from({ length: rounds }, (_, at) => [`left ${at}: open`, `right ${at}: open`]).flat();
    world.file("shared.txt", `${lines.join("\n")}\n`);
    const [left, right] = await Promise.all([
      exec(["--mode", "edit", "edit the left lines"]),
      exec(["--mode", "edit", "edit the right lines"]),
    ]);
    expect([left.result, right.result]).toMatchObject([
      { reason: "done", text: "left done" },
      { reason: "done", text: "right done" },
    ]);
    expect(readFileSync(join(world.project, "shared.txt"), "utf8")).toBe(
      `${lines.join("\n").replaceAll("open", "done")}\n`,
    );
    // Whoever came second was told, and nothing else went wrong.
    for (const refusal of refusals) expect(refusal).toMatch(/changed/);
    for (const run of [left, right]) {
      const ledger = await ledgerOf(world, run.sessionId);
      expect(ledger).toEqual(run.events.filter((event) => "id" in event));
      expect(ofType(ledger, "tool.started").length).toBe(ofType(ledger, "tool.finished").length);
    }
    expect(left.sessionId).not.toBe(right.sessionId);
    expect(readdirSync(world.project).toSorted()).toEqual([".git", "shared.txt"]);
  });

  it("-c of two at once: one goes on, the other is told who holds the session", async () => {
    const { world, exec, fake } = await scene(() => ({
      text: "Slowly, word by word, it goes on.",
      deltaMs: 60,
    }));
    const first = await exec(["begin"]);
    const both = await Promise.all(
      ["one", "two"].map((word) => runTau(world, ["exec", "--json", "-m", model, "-c", `go on ${word}`])),
    );
    const ended = both.map((run) => told(run).result);
    expect(ended.map(({ reason }) => reason).toSorted()).toEqual(["done", "failure"]);
    expect(ended.find(({ reason }) => reason === "failure")?.error?.message).toMatch(
      /open in another Tau, process \d+/,
    );
    expect(fake.requests).toHaveLength(2);
    expect(saidTo(fake, 1)).toHaveLength(2);
    const ledger = await ledgerOf(world, first.sessionId);
    expect(ofType(ledger, "turn.ended")).toHaveLength(2);
  });
});
