import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Message, ToolCallPart } from "../../src/core/message.ts";
import type { ModelEvent, ModelRequest } from "../../src/core/model.ts";
import { diagnose, uniquePlace } from "../../src/providers/demo/bugs.ts";
import { demoModelInfo, makeDemoUpstream } from "../../src/providers/demo/demo.ts";
import { createDemoRepository } from "../../src/providers/demo/repository.ts";
import { parseTestReport } from "../../src/providers/demo/test-report.ts";
import { all } from "./loopback.ts";

const task = "The tests of this project fail. Find out why, fix the cause, and prove it.";
const tools = ["bash", "read", "edit"].map((name) => ({ name, description: "", inputSchema: {} }));

async function scratch(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tau-demo-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await createDemoRepository(folder);
  return folder;
}

function runTests(folder: string, reporter = "tap"): Promise<{ code: number; output: string }> {
  // vitest's own marks would make the runner below believe it is a child of another one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile("node", ["--test", `--test-reporter=${reporter}`], { cwd: folder, env }, (error, stdout) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout }),
    );
  });
}

type Act = (call: ToolCallPart) => Promise<{ text: string; isError?: true }>;

/** The three tools, really acting on a folder. */
function toolsOn(folder: string, reporter?: string): Act {
  return async ({ name, input }) => {
    const fields = input as { path?: string; edits?: { old_string: string; new_string: string }[] };
    if (name === "bash") return { text: (await runTests(folder, reporter)).output };
    const path = join(folder, (fields.path ?? "").replace(folder, ""));
    const text = readFileSync(path, "utf8");
    if (name === "read") return { text };
    const [edit] = fields.edits ?? [];
    if (edit === undefined || text.split(edit.old_string).length !== 2)
      return { text: "no unique match", isError: true };
    writeFileSync(
      path,
      text.replace(edit.old_string, () => edit.new_string),
    );
    return { text: "edited" };
  };
}

/** A turn: the model and its tools until it stops. */
async function turn(
  prompt: string,
  act: Act,
  names = tools,
): Promise<{ calls: ToolCallPart[]; answer: string; messages: Message[] }> {
  const messages: Message[] = [{ role: "user", parts: [{ type: "text", text: prompt }] }];
  const calls: ToolCallPart[] = [];
  for (let step = 0; step < 20; step++) {
    const events = await answer({ messages, tools: names });
    const parts = events.flatMap((event) => (event.type === "part.end" ? [event.part] : []));
    messages.push({ role: "assistant", parts });
    const call = parts.find((part) => part.type === "tool_call");
    if (call === undefined)
      return { calls, answer: parts.map((part) => ("text" in part ? part.text : "")).join(""), messages };
    calls.push(call);
    const { text, isError } = await act(call);
    messages.push({
      role: "tool",
      parts: [
        {
          type: "tool_result",
          callId: call.id,
          content: [{ type: "text", text }],
          ...(isError && { isError }),
        },
      ],
    });
  }
  throw new Error("the demo did not stop");
}

function answer(given: Partial<ModelRequest>, signal = new AbortController().signal): Promise<ModelEvent[]> {
  const request: ModelRequest = { model: "fix", system: [], messages: [], tools, stream: true, ...given };
  return all(makeDemoUpstream("demo/fix").stream(request, { signal }));
}

describe("the demo repository", () => {
  test("is a real project whose tests fail, under git", async () => {
    const folder = await scratch();
    const { code, output } = await runTests(folder);
    expect(code).toBe(1);
    expect(parseTestReport(output)).toMatchObject({ failed: 2, passed: 1 });
    expect(existsSync(join(folder, ".git"))).toBe(true);
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: folder, encoding: "utf8" })).toBe("");
  });
});

describe("the demo model", () => {
  test.each([["tap"], ["spec"]])(
    "finds the failing test, reads, fixes and proves it (%s output)",
    async (reporter) => {
      const folder = await scratch();
      const { calls, answer: text } = await turn(task, toolsOn(folder, reporter));
      expect(calls.map(({ name }) => name)).toEqual(["bash", "read", "read", "edit", "bash"]);
      expect(text).toContain("All 3 tests pass.");
      expect((await runTests(folder)).code).toBe(0);
      expect(execFileSync("git", ["diff", "--numstat"], { cwd: folder, encoding: "utf8" })).toBe(
        "1\t1\tsrc/cart.js\n",
      );
    },
  );

  test("decides by what it sees: another bug, in the same place of the script, is another edit", async () => {
    const folder = await scratch();
    const path = join(folder, "src/cart.js");
    const source = readFileSync(path, "utf8");
    writeFileSync(path, source.replace("length - 1", "length").replace("1 - discount", "1 + discount"));
    const { calls } = await turn(task, toolsOn(folder));
    expect(calls.find(({ name }) => name === "edit")?.input).toMatchObject({
      edits: [{ new_string: expect.stringContaining("(1 - discount / 100)") }],
    });
    expect((await runTests(folder)).code).toBe(0);
  });

  test("two bugs are two rounds", async () => {
    const folder = await scratch();
    const path = join(folder, "src/cart.js");
    writeFileSync(path, readFileSync(path, "utf8").replace("1 - discount", "1 + discount"));
    const { calls, answer: text } = await turn(task, toolsOn(folder));
    expect(calls.filter(({ name }) => name === "edit")).toHaveLength(2);
    expect(text).toContain("All 3 tests pass.");
  });

  test("a bug it does not know is left alone, and it says so", async () => {
    const folder = await scratch();
    const path = join(folder, "src/cart.js");
    const broken = readFileSync(path, "utf8")
      .replace("length - 1", "length")
      .replace("let sum = 0", "let sum = 7");
    writeFileSync(path, broken);
    const { calls, answer: text } = await turn(task, toolsOn(folder));
    expect(calls.some(({ name }) => name === "edit")).toBe(false);
    expect(text).toContain("needs a real model");
    expect(readFileSync(path, "utf8")).toBe(broken);
  });

  test("with nothing to fix it fixes nothing", async () => {
    const folder = await scratch();
    const path = join(folder, "src/cart.js");
    writeFileSync(path, readFileSync(path, "utf8").replace("length - 1", "length"));
    const { calls, answer: text } = await turn(task, toolsOn(folder));
    expect(calls.map(({ name }) => name)).toEqual(["bash"]);
    expect(text).toContain("nothing to fix");
  });

  test("a denied command or edit ends in a plain word, not in a loop", async () => {
    const folder = await scratch();
    const act = toolsOn(folder);
    const denied =
      (refused: string): Act =>
      async (call) =>
        call.name === refused ? { text: `${refused} is denied in mode ask`, isError: true } : act(call);
    const noBash = await turn(task, denied("bash"));
    expect(noBash.answer).toContain("bash is denied in mode ask");
    expect(noBash.calls).toHaveLength(1);
    const noEdit = await turn(task, denied("edit"));
    expect(noEdit.answer).toContain("edit is denied in mode ask");
    expect(noEdit.calls.filter(({ name }) => name === "edit")).toHaveLength(1);
    const noTools = await turn(task, act, []);
    expect(noTools.answer).toContain("bash, read, edit");
  });

  test("a later prompt is a new piece of work", async () => {
    const folder = await scratch();
    const first = await turn(task, toolsOn(folder));
    const again = await answer({
      messages: [
        ...first.messages,
        { role: "user", parts: [{ type: "text", text: "Run the tests again." }] },
      ],
    });
    expect(again).toContainEqual(
      expect.objectContaining({
        part: expect.objectContaining({ type: "tool_call", name: "bash" }),
        type: "part.end",
      }),
    );
  });

  test("a plain question gets a plain and honest answer", async () => {
    const { answer: text, calls } = await turn("What is the capital of France?", toolsOn("/nowhere"));
    expect(calls).toEqual([]);
    expect(text).toContain("a script, not an AI");
  });

  test("streams small deltas that add up to its parts, with estimated usage and one end", async () => {
    const events = await answer({ messages: [{ role: "user", parts: [{ type: "text", text: task }] }] });
    for (const event of events) {
      if (event.type !== "part.end") continue;
      const deltas = events.flatMap((other) =>
        other.type === "part.delta" && other.index === event.index ? [other.delta] : [],
      );
      expect(deltas.length).toBeGreaterThan(2);
      const whole =
        event.part.type === "tool_call"
          ? JSON.stringify(event.part.input)
          : "text" in event.part
            ? event.part.text
            : "";
      expect(deltas.join("")).toBe(whole);
    }
    expect(events.at(-2)).toMatchObject({ type: "usage" });
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "tool_calls" });
    expect(events.filter(({ type }) => type === "end" || type === "error")).toHaveLength(1);
  });

  test("stops at an abort", async () => {
    const events = await answer(
      { messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] },
      AbortSignal.abort(),
    );
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "aborted" } });
  });

  test("costs nothing because it runs here, which is not the same as having no price", () => {
    expect(demoModelInfo.price?.rates).toMatchObject({ input: 0, output: 0 });
  });
});

describe("its eye for mistakes", () => {
  test.each([
    ["for (let i = 0; i <= xs.length; i++) {", "for (let i = 0; i < xs.length; i++) {"],
    ["for (let i = 1; i < xs.length; i++) {", "for (let i = 0; i < xs.length; i++) {"],
    ["for (let n = 0; n < xs.length - 1; n++) {", "for (let n = 0; n < xs.length; n++) {"],
    ["sum += line.price + line.quantity;", "sum += line.price * line.quantity;"],
    ["return price * (1 + discountPercent / 100);", "return price * (1 - discountPercent / 100);"],
  ])("%s", (wrong, right) => {
    expect(diagnose(`first\n  ${wrong}\nlast`)).toMatchObject({
      line: 2,
      wrong: `  ${wrong}`,
      right: `  ${right}`,
    });
    expect(diagnose(right)).toBeNull();
  });

  test("quotes as many lines as make the place unique", () => {
    const source =
      "a() {\n  for (let i = 1; i < x.length; i++) {}\n}\nb() {\n  for (let i = 1; i < x.length; i++) {}\n}\n";
    const diagnosis = diagnose(source);
    if (diagnosis === null) throw new Error("nothing found");
    const { from, to } = uniquePlace(source, diagnosis);
    expect(source.split(from)).toHaveLength(2);
    expect(source.replace(from, to)).toBe(source.replace("let i = 1", "let i = 0"));
  });
});
