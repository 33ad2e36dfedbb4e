import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { SessionId } from "../../src/core/ids.ts";
import type { ModelEvent } from "../../src/core/model.ts";
import { fakeTool, makeBench, memoryStorage, ofType, resultsTold } from "../support/agent.ts";
import { asks, fails, says } from "../support/scripted-upstream.ts";

/** A door that something waits at until it is opened. */
function door(): { open(): void; opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** A tool that notes when it begins and ends; it takes a few turns of the event loop. */
function traced(name: string, access: "read" | "edit" | "execute", trace: string[]) {
  return fakeTool(name, access, async ({ path, text }) => {
    const label = `${name} ${path ?? text ?? ""}`.trim();
    trace.push(`> ${label}`);
    await eventLoopTurn();
    trace.push(`< ${label}`);
    return label;
  });
}

describe("the tool calls of one answer", () => {
  it("run in parallel, and their results go back in the order of the calls", async () => {
    const first = door();
    const second = door();
    const slow = fakeTool("slow", "network", async () => {
      second.open();
      await first.opened;
      return "slow one";
    });
    // Ends only after slow began, and lets slow end: serial running would hang.
    const quick = fakeTool("quick", "network", async () => {
      await second.opened;
      first.open();
      return "quick one";
    });
    const { turn, upstream } = await makeBench({ tools: [slow, quick] });
    upstream.script(asks({ name: "slow" }, { name: "quick" }), says("done"));
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "done", text: "done", steps: 2, toolCalls: 2 });
    expect(ofType(events, "tool.finished").map(({ name }) => name)).toEqual(["quick", "slow"]);
    expect(resultsTold(upstream)).toEqual(["slow one", "quick one"]);
  });

  it("say for machines how much they gave and whether anything was cut, also where the tool does not", async () => {
    const plain = fakeTool("plain", "read", () => "grün");
    const cut = fakeTool("cut", "execute", () => ({
      output: "head",
      display: [],
      facts: { exitCode: 3, bytes: 9_000, truncated: true, savedPath: "/tmp/all" },
    }));
    const { turn, upstream } = await makeBench({ tools: [plain, cut] });
    upstream.script(asks({ name: "plain" }, { name: "cut" }), says("done"));
    const { events } = await turn("go");
    expect(ofType(events, "tool.finished").map(({ facts }) => facts)).toEqual([
      { bytes: 5, truncated: false },
      { exitCode: 3, bytes: 9_000, truncated: true, savedPath: "/tmp/all" },
    ]);
  });

  it("wait for each other where they touch the same path, and a command waits for all", async () => {
    const trace: string[] = [];
    const tools = [
      traced("edit", "edit", trace),
      traced("bash", "execute", trace),
      traced("read", "read", trace),
    ];
    const { turn, upstream } = await makeBench({ tools });
    upstream.script(
      asks(
        { name: "edit", input: { path: "a.ts" } },
        { name: "edit", input: { path: "a.ts" } },
        { name: "edit", input: { path: "b.ts" } },
        { name: "bash", input: { text: "npm test" } },
        { name: "read", input: { path: "c.ts" } },
        { name: "read", input: { path: "d.ts" } },
      ),
      says("done"),
    );
    await turn("go");
    const at = (line: string, from = 0): number => trace.indexOf(line, from);
    expect(trace).toHaveLength(12);
    // Both edits of a.ts, one after the other; b.ts beside the first.
    expect(at("> edit a.ts", at("> edit a.ts") + 1)).toBeGreaterThan(at("< edit a.ts"));
    expect(at("> edit b.ts")).toBeLessThan(at("< edit a.ts"));
    // The command alone, then both reads side by side.
    expect(trace.slice(6)).toEqual([
      "> bash npm test",
      "< bash npm test",
      "> read c.ts",
      "> read d.ts",
      "< read c.ts",
      "< read d.ts",
    ]);
  });

  it("that become ready together are recorded as started together, in their order, in one transaction", async () => {
    const trace: string[] = [];
    const tools = [traced("read", "read", trace), traced("fetch", "read", trace)];
    const { turn, upstream, run } = await makeBench({ tools });
    upstream.script(
      asks({ name: "read", input: { path: "a" } }, { name: "fetch" }, { name: "read", input: { path: "b" } }),
      says("done"),
    );
    const commits: string[][] = [];
    const { session } = run;
    const commit = session.commit.bind(session);
    session.commit = (...events) => {
      commits.push(events.map(({ type }) => type));
      return commit(...events);
    };
    await turn("go");
    expect(commits).toContainEqual(["tool.started", "tool.started", "tool.started"]);
  });

  it("show live output in one stream with the record, whose seq rises as it is read, however slow the disk", async () => {
    const noisy = fakeTool("noisy", "network", async (_input, { emit }) => {
      for (let n = 0; n < 50; n++) {
        emit({ type: "text", text: `line ${n}\n` });
        await Promise.resolve();
      }
      return "ok";
    });
    const calm = fakeTool("calm", "network", async () => {
      await Promise.resolve();
      return "ok";
    });
    const memory = memoryStorage();
    const slow = {
      ...memory,
      writer: async (id: SessionId) => {
        const writer = await memory.writer(id);
        return {
          ...writer,
          append: async (entries: Parameters<typeof writer.append>[0]) => {
            await eventLoopTurn();
            await writer.append(entries);
          },
        };
      },
    };
    const { turn, upstream } = await makeBench({ tools: [noisy, calm], storage: slow });
    upstream.script(
      asks({ name: "noisy" }, { name: "calm" }),
      asks({ name: "calm" }, { name: "noisy" }),
      says("ok"),
    );
    const { events } = await turn("go");
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(ofType(events, "tool.output").length).toBe(100);
  });
});

describe("read-only calls", () => {
  it("begin while the answer is still streaming, up to the first call that may change something", async () => {
    const begun: string[] = [];
    const read = fakeTool("read", "read", ({ path }) => {
      begun.push(path ?? "");
      return `content of ${path}`;
    });
    const edit = fakeTool("edit", "edit", ({ path }) => {
      begun.push(`edit ${path}`);
      return "edited";
    });
    const { turn, upstream } = await makeBench({ tools: [read, edit] });
    const answer = asks(
      { name: "read", input: { path: "a" } },
      { name: "edit", input: { path: "b" } },
      { name: "read", input: { path: "c" } },
    );
    const atTheEnd: string[][] = [];
    upstream.script(async function* () {
      for (const event of answer) {
        if (event.type === "usage") {
          await eventLoopTurn();
          atTheEnd.push([...begun]);
        }
        yield event;
      }
    }, says("done"));
    const { events } = await turn("go");
    expect(atTheEnd).toEqual([["a"]]);
    // The edit waits for its checkpoint, and the read does not wait for the edit.
    expect(begun.toSorted()).toEqual(["a", "c", "edit b"]);
    // Begun early, told of only when the answer is in the ledger.
    const types = events.map(({ type }) => type);
    expect(types.indexOf("tool.started")).toBeGreaterThan(types.indexOf("assistant.message"));
    expect(resultsTold(upstream)).toEqual(["content of a", "edited", "content of c"]);
  });

  it("that began for an attempt which failed are stopped and leave no trace", async () => {
    const runs: { path: string | undefined; aborted: boolean }[] = [];
    const stoppedBefore: boolean[] = [];
    const read = fakeTool("read", "read", async ({ path }, { signal }) => {
      const mine = { path, aborted: false };
      runs.push(mine);
      if (path === "old")
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      mine.aborted = signal.aborted;
      return `content of ${path}`;
    });
    const { turn, upstream } = await makeBench({ tools: [read] });
    const begun = asks({ name: "read", input: { path: "old" }, id: "x" }).slice(0, -1);
    upstream.script(
      fails({ code: "overloaded", message: "busy" }, begun),
      async function* () {
        await eventLoopTurn();
        stoppedBefore.push(...runs.map(({ aborted }) => aborted));
        yield* asks({ name: "read", input: { path: "new" }, id: "x" });
      },
      says("done"),
    );
    const { events } = await turn("go");
    expect(stoppedBefore).toEqual([true]);
    expect(runs).toEqual([
      { path: "old", aborted: true },
      { path: "new", aborted: false },
    ]);
    expect(ofType(events, "tool.finished").map(({ output }) => output)).toEqual([
      [{ type: "text", text: "content of new" }],
    ]);
  });

  it("wait for the whole message when their intent says that they change something after all", async () => {
    const begun: string[] = [];
    const jobs = fakeTool("jobs", "read", ({ text }) => {
      begun.push(text ?? "");
      return "ok";
    });
    const withStop = {
      ...jobs,
      intent: (input: unknown, cwd: string) => ({
        ...jobs.intent(input, cwd),
        ...(JSON.stringify(input).includes("stop") && { mutates: true as const }),
      }),
    };
    const { turn, upstream } = await makeBench({ tools: [withStop], mode: "plan" });
    const answer = asks({ name: "jobs", input: { text: "list" } }, { name: "jobs", input: { text: "stop" } });
    upstream.script(fails("truncated", answer.slice(0, -1)), says("done"));
    await turn("go");
    expect(begun).toEqual(["list"]);
    upstream.script(answer, says("done"));
    const { events } = await turn("again");
    // Plan mode lets it through as a read; the record says that it has effects.
    expect(ofType(events, "tool.started").map(({ access }) => access)).toEqual(["read", "execute"]);
  });
});

describe("a call that must not run", () => {
  const never = fakeTool("edit", "edit", () => {
    throw new Error("it ran");
  });
  const broken = {
    ...fakeTool("broken", "edit", () => "ran"),
    intent: () => {
      throw new Error("no such path");
    },
  };
  it.each([
    {
      why: "its arguments were cut off",
      wish: { name: "edit", malformed: '{"path":"a.ts","text":"hal' },
      told: /not complete JSON \(26 characters arrived\), so it was not run/,
    },
    {
      why: "there is no such tool",
      wish: { name: "edti" },
      told: /no tool named "edti"\. Tools: edit, broken/,
    },
    {
      why: "its arguments do not fit",
      wish: { name: "edit", input: { n: "three" } },
      told: /not run:\n[\s\S]*→ at n/,
    },
    { why: "what it touches cannot be told", wish: { name: "broken" }, told: /not run: no such path/ },
  ])("is not run because $why, and the model is told", async ({ wish, told }) => {
    const { turn, upstream } = await makeBench({ tools: [never, broken] });
    upstream.script(says({ calls: [wish], end: "length" }), says("I see"));
    const { events, result } = await turn("go");
    expect(result.reason).toBe("done");
    expect(ofType(events, "tool.started")).toEqual([]);
    expect(ofType(events, "tool.finished")).toMatchObject([{ status: "invalid" }]);
    expect(resultsTold(upstream)[0]).toMatch(told);
  });

  it("does not keep the others of its message from running", async () => {
    const ok = fakeTool("ok", "execute", () => "fine");
    const { turn, upstream } = await makeBench({ tools: [ok] });
    upstream.script(asks({ name: "gone" }, { name: "ok" }, { name: "ok", malformed: "{" }), says("done"));
    await turn("go");
    expect(resultsTold(upstream)).toEqual([
      expect.stringContaining("no tool named"),
      "fine",
      expect.stringContaining("not complete JSON"),
    ]);
  });

  it("a tool that throws is an error the model reads, with the next step if there is one", async () => {
    const { TauError } = await import("../../src/core/errors.ts");
    const tools = [
      fakeTool("bug", "execute", () => {
        throw new Error("kaput");
      }),
      fakeTool("known", "execute", () => {
        throw new TauError("failure", "the disk is full", "free some space");
      }),
    ];
    const { turn, upstream } = await makeBench({ tools });
    upstream.script(asks({ name: "bug" }, { name: "known" }), says("done"));
    const { events } = await turn("go");
    expect(resultsTold(upstream)).toEqual(["kaput", "the disk is full (free some space)"]);
    expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual(["error", "error"]);
  });
});

describe("call ids", () => {
  it("are unique in the session even where the upstream repeats them in one answer", async () => {
    const echo = fakeTool("echo", "execute", ({ text }) => `said ${text}`);
    const { turn, upstream } = await makeBench({ tools: [echo] });
    const twice = (a: string, b: string): ModelEvent[] =>
      asks(
        { name: "echo", input: { text: a }, id: "call_0" },
        { name: "echo", input: { text: b }, id: "call_0" },
      );
    upstream.script(
      twice("a", "b"),
      twice("c", "d"),
      asks({ name: "echo", input: { text: "e" }, id: "" }),
      says("done"),
    );
    const { events } = await turn("go");
    const ids = ofType(events, "tool.finished").map(({ callId }) => callId);
    expect(ids).toEqual(["call_0", "call_0_2", "call_0_3", "call_0_4", "call"]);
    const told = upstream.requests[2]?.messages.filter(({ role }) => role === "tool");
    expect(
      told?.flatMap(({ parts }) => parts.map((part) => part.type === "tool_result" && part.content)),
    ).toEqual(["a", "b", "c", "d"].map((text) => [{ type: "text", text: `said ${text}` }]));
  });
});
