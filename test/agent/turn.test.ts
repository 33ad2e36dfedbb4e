import { describe, expect, it } from "vitest";
import { compileOutputSchema } from "../../src/agent/compile-output-schema.ts";
import type { Part } from "../../src/core/message.ts";
import { fakeTool, makeBench, ofType, resultsTold, textTold } from "../support/agent.ts";
import { asks, fails, hangsAfter, partEvents, says } from "../support/scripted-upstream.ts";

const words = (text: string): Part[] => [{ type: "text", text }];
const look = fakeTool("look", "read", ({ n }) => `seen ${n ?? ""}`);
const act = fakeTool("act", "execute", ({ text }) => `did ${text ?? ""}`);

describe("what a person says meanwhile", () => {
  it("steers after the batch under way, without skipping a call; what is queued for after the stop waits", async () => {
    const { turn, upstream, run } = await makeBench({
      tools: [
        fakeTool("work", "execute", () => {
          if (upstream.requests.length === 1 && !run.queue.hasSteering) {
            run.queue.add("steer", words("rather in blue"));
            run.queue.add("follow_up", words("and then document it"));
          }
          return "worked";
        }),
      ],
    });
    upstream.script(asks({ name: "work" }, { name: "work" }), says("blue it is"));
    const { result, events } = await turn("paint it");
    expect(result).toMatchObject({ reason: "done", text: "blue it is", toolCalls: 2 });
    const second = upstream.requests[1]?.messages ?? [];
    expect(second.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
    expect(resultsTold(upstream, 1)).toEqual(["worked", "worked"]);
    expect(ofType(events, "user.message").map(({ origin }) => origin)).toEqual(["prompt", "steer"]);
    expect(run.queue.waiting).toMatchObject([{ parts: words("and then document it"), held: false }]);
  });

  it("that came while the last answer was written is said before anything is checked or ended", async () => {
    const { turn, upstream, run } = await makeBench({ verify: [{ exitCode: 0, output: "" }] });
    upstream.script(function* () {
      run.queue.add("steer", words("wait, also the tests"));
      yield* says("done");
    }, says("tests too"));
    const { result, events } = await turn({ parts: words("go"), verify: "npm test" });
    expect(result).toMatchObject({ reason: "done", text: "tests too" });
    const story = events.map(({ type }) => type).filter((type) => /user|verify/.test(type));
    expect(story).toEqual(["user.message", "user.message", "verify.finished"]);
  });
});

describe("an interrupt", () => {
  it("in the middle of a stream keeps what was said, and the next turn goes on from it", async () => {
    const stop = new AbortController();
    const { turn, upstream, entries } = await makeBench({ tools: [act] });
    const begun = [
      { type: "start" as const },
      ...partEvents(words("First I")),
      { type: "part.start" as const, index: 1, part: { type: "tool_call" as const, id: "c", name: "act" } },
      { type: "part.delta" as const, index: 1, delta: '{"text":"rm' },
    ];
    upstream.script(hangsAfter(begun, () => stop.abort("interrupted")));
    const { result } = await turn("go", { signal: stop.signal });
    expect(result).toMatchObject({ reason: "interrupted", error: { code: "interrupted" } });
    const answer = ofType(await entries(), "assistant.message")[0];
    expect(answer).toMatchObject({
      end: { reason: "aborted" },
      parts: [
        { type: "text", text: "First I" },
        { type: "tool_call", name: "act", malformed: '{"text":"rm' },
      ],
    });
    expect((await entries()).at(-1)).toMatchObject({ type: "turn.ended", reason: "interrupted" });

    upstream.script(says("going on"));
    expect((await turn("go on")).result.reason).toBe("done");
    expect(upstream.requests[1]?.messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "user",
    ]);
    expect(resultsTold(upstream)[0]).toMatch(/^Not run: the arguments of this call were cut off/);
  });

  it("in the middle of tools keeps what they have done, and closes every call", async () => {
    const stop = new AbortController();
    const slow = fakeTool("slow", "execute", (_input, { signal }) => {
      setImmediate(() => stop.abort("interrupted"));
      return new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve("half of it was done"), { once: true }),
      );
    });
    const { turn, upstream } = await makeBench({ tools: [slow, act] });
    upstream.script(asks({ name: "slow" }, { name: "act" }));
    const { result, events } = await turn("go", { signal: stop.signal });
    expect(result.reason).toBe("interrupted");
    expect(ofType(events, "tool.finished")).toMatchObject([
      { name: "slow", status: "interrupted", output: [{ text: "half of it was done" }] },
      { name: "act", status: "interrupted", output: [{ text: expect.stringContaining("was not run") }] },
    ]);
    upstream.script(says("ok"));
    await turn("go on");
    expect(resultsTold(upstream)[0]).toBe("half of it was done");
  });

  it("ends the turn even when a tool does not listen", async () => {
    const stop = new AbortController();
    const deaf = fakeTool("deaf", "execute", () => {
      stop.abort("timeout");
      return new Promise(() => undefined);
    });
    const { turn, upstream, clock } = await makeBench({ tools: [deaf] });
    upstream.script(asks({ name: "deaf" }));
    const { result, events } = await turn("go", { signal: stop.signal });
    expect(result.reason).toBe("timeout");
    expect(ofType(events, "tool.finished")).toMatchObject([{ status: "interrupted" }]);
    expect(clock.slept).toEqual([5_000]);
  });
});

describe("limits", () => {
  it("let the model wrap up in words, once told, with tools forbidden", async () => {
    const { turn, upstream } = await makeBench({ tools: [look], settings: { maxSteps: 3 } });
    upstream.script(
      asks({ name: "look", input: { n: 1 } }),
      asks({ name: "look", input: { n: 2 } }),
      says("half"),
    );
    const { result, events } = await turn("go");
    expect(result).toMatchObject({
      reason: "limit",
      text: "half",
      steps: 3,
      error: { message: "the turn reached the limit of 3 steps" },
    });
    expect(upstream.requests.map(({ toolChoice }) => toolChoice)).toEqual([undefined, undefined, "none"]);
    expect(textTold(upstream)).toContain("reaches the limit of 3 steps. Do not call tools.");
    expect(ofType(events, "user.message").filter(({ origin }) => origin === "reminder")).toHaveLength(1);
  });

  it("do not run tools that are called all the same, and the session goes on in the next turn", async () => {
    const { turn, upstream } = await makeBench({ tools: [look, act], settings: { maxSteps: 2 } });
    const stubborn = says({ text: "one more", calls: [{ name: "look" }, { name: "act" }] });
    upstream.script(asks({ name: "look" }), stubborn);
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "limit", text: "one more" });
    expect(ofType(events, "tool.finished")).toHaveLength(1);
    upstream.script(says("fine"));
    expect((await turn("go on")).result.reason).toBe("done");
    expect(resultsTold(upstream)).toEqual([
      expect.stringMatching(/^Not run/),
      expect.stringMatching(/^Not run/),
    ]);
  });

  it("of time count while tools run", async () => {
    const { turn, upstream, clock } = await makeBench({
      tools: [
        fakeTool("slow", "execute", () => {
          clock.at += 61_000;
          return "ok";
        }),
      ],
      settings: { maxTurnMs: 60_000 },
    });
    upstream.script(asks({ name: "slow" }), says("so far"));
    const { result } = await turn("go");
    expect(result).toMatchObject({ reason: "limit", text: "so far", error: { message: /60 seconds/ } });
  });

  it("that is the caller's: wrapped up in words before the caller stops it, and told as a time-out", async () => {
    const { turn, upstream, run } = await makeBench({ tools: [look] });
    upstream.script(says("so far"));
    const { result, events } = await turn({ parts: words("go"), wrapUpAt: run.now() });
    expect(result).toMatchObject({ reason: "timeout", text: "so far", error: { code: "timeout" } });
    const [, reminder] = ofType(events, "user.message");
    expect(reminder).toMatchObject({ origin: "reminder" });
    expect(upstream.requests.at(-1)?.toolChoice).toBe("none");
  });

  it("of one step make a question of it: no tools, and done when answered", async () => {
    const { turn, upstream } = await makeBench({ tools: [look], settings: { maxSteps: 1 } });
    upstream.script(says("42"));
    expect((await turn("what is it?")).result).toMatchObject({ reason: "done", text: "42" });
    expect(upstream.requests[0]?.toolChoice).toBe("none");
  });
});

describe("an answer that is not one", () => {
  it("empty: the model is asked once, then the turn fails", async () => {
    const { turn, upstream } = await makeBench({ tools: [look] });
    upstream.script(says(""), asks({ name: "look" }), says({ reasoning: "hm" }), says("it is done"));
    expect((await turn("go")).result).toMatchObject({ reason: "done", text: "it is done" });
    upstream.script(says(""), says(""));
    expect((await turn("again")).result).toMatchObject({
      reason: "failure",
      error: { code: "empty_answer" },
    });
  });

  it("cut at the output limit: goes on, and the text is put together", async () => {
    const { turn, upstream } = await makeBench();
    upstream.script(
      says({ text: "one, ", end: "length" }),
      says({ text: "two, ", end: "length" }),
      says("three"),
    );
    expect((await turn("count")).result).toMatchObject({ reason: "done", text: "one, two, three", steps: 3 });
    expect(textTold(upstream)).toContain("Go on exactly where it stopped");
  });

  it("cut again and again: the turn ends as unfinished, never as done", async () => {
    const { turn, upstream } = await makeBench();
    upstream.script(...["a", "b", "c", "d"].map((text) => says({ text, end: "length" })));
    expect((await turn("count")).result).toMatchObject({
      reason: "limit",
      text: "abcd",
      error: { code: "output_limit" },
    });
  });

  it("paused by the provider: it is called again with what it said", async () => {
    const { turn, upstream } = await makeBench();
    upstream.script(says({ text: "searching. ", end: "paused" }), says("found"));
    expect((await turn("find")).result).toMatchObject({ reason: "done", text: "searching. found" });
    expect(upstream.requests[1]?.messages.at(-1)?.role).toBe("assistant");
  });

  it("refused: the turn fails and says who refused", async () => {
    const { turn, upstream } = await makeBench();
    upstream.script(says({ text: "I cannot", end: "refusal" }));
    expect((await turn("go")).result).toMatchObject({
      reason: "failure",
      error: { code: "refused", message: expect.stringContaining("test/model") },
    });
  });

  it.each([
    ["auth", "auth"],
    ["invalid_request", "rejected"],
    ["quota", "rate_limited"],
  ] as const)("failed with %s: the turn ends as %s and nothing is asked again", async (code, reason) => {
    const { turn, upstream } = await makeBench();
    upstream.script(fails({ code, message: "no", status: 400, resetsAt: 99 }));
    const { result } = await turn("go");
    expect(result).toMatchObject({
      reason,
      resetsAt: 99,
      error: { code, message: "test/model: no (HTTP 400)" },
    });
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("an output schema", () => {
  const schema = () =>
    compileOutputSchema('{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}');

  it("is sent along, and the answer that fits comes back parsed", async () => {
    const { turn, upstream } = await makeBench();
    upstream.script(says('```json\n{"n": 3}\n```'));
    const { result } = await turn({ parts: words("count"), outputSchema: await schema() });
    expect(result).toMatchObject({ reason: "done", output: { n: 3 } });
    expect(upstream.requests[0]?.output?.schema).toMatchObject({ required: ["n"] });
  });

  it("is repaired once, with what is wrong; then the turn fails", async () => {
    const { turn, upstream } = await makeBench();
    upstream.script(says("three"), says('{"n": 3}'));
    expect((await turn({ parts: words("count"), outputSchema: await schema() })).result.output).toEqual({
      n: 3,
    });
    expect(textTold(upstream)).toContain("it is not JSON");
    upstream.script(says("three"), says('{"n": "three"}'));
    const { result } = await turn({ parts: words("count"), outputSchema: await schema() });
    expect(result).toMatchObject({ reason: "schema", error: { message: expect.stringContaining("n") } });
    expect(result.output).toBeUndefined();
  });

  it("counts for an answer in pieces and for one given at a limit", async () => {
    const { turn, upstream } = await makeBench({ settings: { maxSteps: 2 }, tools: [look] });
    upstream.script(says({ text: '{"n":', end: "length" }), says(" 4}"));
    const cut = await turn({ parts: words("count"), outputSchema: await schema() });
    expect(cut.result).toMatchObject({ reason: "limit", output: { n: 4 } });
    const single = await makeBench({ settings: { maxSteps: 1 } });
    single.upstream.script(says("four"));
    const missed = await single.turn({ parts: words("count"), outputSchema: await schema() });
    expect(missed.result.reason).toBe("schema");
  });
});

describe("a verify command", () => {
  const edit = fakeTool("edit", "edit", () => "edited");
  it("sends the turn back until it passes, and its last run and the edits since are evidence", async () => {
    const { turn, upstream, entries } = await makeBench({
      tools: [edit],
      verify: [
        { exitCode: 1, output: "2 tests failed" },
        { exitCode: 0, output: "all passed" },
      ],
    });
    upstream.script(asks({ name: "edit" }), says("done!"), asks({ name: "edit" }), says("now done"));
    const { result } = await turn({ parts: words("fix"), verify: "npm test" });
    expect(result).toMatchObject({
      reason: "done",
      text: "now done",
      evidence: { verify: { command: "npm test", exitCode: 0 }, editsSinceVerify: 0 },
    });
    expect(textTold(upstream, 2)).toContain("`npm test` ended with exit code 1.\\n\\n2 tests failed");
    expect(ofType(await entries(), "verify.finished").map(({ exitCode }) => exitCode)).toEqual([1, 0]);
  });

  it("ends the turn when it keeps failing and nothing is done about it", async () => {
    const failing = Array(10).fill({ exitCode: 1, output: "no" });
    const { turn, upstream } = await makeBench({ verify: failing });
    upstream.script(says("done"), says("done, really"), says("it is done"));
    const { result } = await turn({ parts: words("fix"), verify: "npm test" });
    expect(result).toMatchObject({ reason: "limit", error: { code: "not_verified" } });
    expect(result.evidence.verify).toEqual({ command: "npm test", exitCode: 1 });
    expect(upstream.left).toBe(0);
  });

  it("says at a limit whether the work is done after all", async () => {
    for (const [exitCode, reason] of [
      [0, "done"],
      [1, "limit"],
    ] as const) {
      const { turn, upstream } = await makeBench({
        tools: [edit],
        settings: { maxSteps: 2 },
        verify: [{ exitCode, output: "" }],
      });
      upstream.script(asks({ name: "edit" }), says("so far"));
      const { result } = await turn({ parts: words("fix"), verify: "npm test" });
      expect(result).toMatchObject({ reason, evidence: { verify: { exitCode } } });
    }
  });

  it("never run leaves the edits as unproven", async () => {
    const { turn, upstream } = await makeBench({ tools: [edit] });
    upstream.script(asks({ name: "edit" }, { name: "edit" }), says("done"));
    expect((await turn("fix")).result.evidence).toMatchObject({ verify: null, editsSinceVerify: 2 });
  });
});

describe("an answer that claims more than was checked", () => {
  const shell = fakeTool("bash", "execute", () => ({ output: "ok", display: [], facts: { exitCode: 0 } }));
  const test = (): ReturnType<typeof asks> => asks({ name: "bash", input: { command: "npm test" } });
  const required = { tools: [shell], settings: { evidence: "require" as const } };

  it("is shown as such, and the turn ends well, unless evidence is required", async () => {
    const { turn, upstream, entries } = await makeBench({ tools: [shell] });
    upstream.script(says("All tests pass."));
    const { result } = await turn("fix");
    expect(result).toMatchObject({
      reason: "done",
      evidence: { claims: [{ kind: "test", text: "All tests pass", verdict: "unsupported", run: null }] },
    });
    expect(ofType(await entries(), "turn.ended")[0]?.evidence).toEqual(result.evidence);
  });

  it("is not looked at when evidence is off", async () => {
    const { turn, upstream } = await makeBench({ tools: [shell], settings: { evidence: "off" } });
    upstream.script(test(), says("All tests pass."));
    expect((await turn("fix")).result.evidence).toMatchObject({ checks: [], claims: [] });
  });

  it("is sent back once with the facts, and may then be proved", async () => {
    const { turn, upstream, entries } = await makeBench(required);
    upstream.script(says("All tests pass."), test(), says("All tests pass."));
    const { result } = await turn("fix");
    expect(result).toMatchObject({
      reason: "done",
      steps: 3,
      evidence: { claims: [{ verdict: "supported" }] },
    });
    expect(textTold(upstream, 1)).toContain(
      '\\"All tests pass\\": the answer claims tests pass, but none ran',
    );
    expect(ofType(await entries(), "user.message").map(({ origin }) => origin)).toEqual([
      "prompt",
      "evidence",
    ]);
  });

  it("or taken back", async () => {
    const { turn, upstream } = await makeBench(required);
    upstream.script(says("All tests pass."), says("I did not run the tests."));
    expect((await turn("fix")).result).toMatchObject({ reason: "done", evidence: { claims: [] } });
  });

  it("or the turn ends as a failure that names the claim", async () => {
    const { turn, upstream } = await makeBench(required);
    upstream.script(says("All tests pass."), says("Trust me: all tests pass."));
    const { result } = await turn("fix");
    expect(result).toMatchObject({
      reason: "failure",
      text: "Trust me: all tests pass.",
      error: { code: "unproven_claim", message: "the answer claims tests pass, but none ran" },
    });
    expect(upstream.left).toBe(0);
  });

  it("has no second chance in a wrap-up, and is read in the texts of a structured answer", async () => {
    const { turn, upstream } = await makeBench({
      ...required,
      settings: { ...required.settings, maxSteps: 1 },
    });
    upstream.script(says('{"summary": "All tests pass."}'));
    const outputSchema = compileOutputSchema(
      '{"type":"object","properties":{"summary":{"type":"string"}},"required":["summary"]}',
    );
    const { result } = await turn({ parts: words("fix"), outputSchema });
    expect(result).toMatchObject({ reason: "failure", error: { code: "unproven_claim" } });
  });

  it("is borne out by the verify command", async () => {
    const { turn, upstream } = await makeBench({ ...required, verify: [{ exitCode: 0, output: "" }] });
    upstream.script(says("All tests pass."));
    expect((await turn({ parts: words("fix"), verify: "npm test" })).result.reason).toBe("done");
  });
});

describe("a turn's beginning and end", () => {
  it("gives the session its title once, tells notices, and ends in one result that the ledger has too", async () => {
    const { turn, upstream, entries } = await makeBench();
    upstream.script(says("hi"), says("yes"));
    const first = await turn({
      parts: words("Fix the login. It is broken."),
      notices: ["stdin was not read"],
    });
    await turn("Now the logout");
    const all = await entries();
    expect(ofType(all, "session.titled").map(({ title }) => title)).toEqual(["Fix the login"]);
    expect(ofType(all, "note").map(({ text }) => text)).toEqual(["stdin was not read"]);
    expect(first.events.at(-1)).toMatchObject({ type: "turn.finished", result: first.result });
    const { text: _, ...outcome } = first.result;
    expect(ofType(all, "turn.ended")[0]).toMatchObject(outcome);
    expect(new Set(all.slice(1).map(({ turnId }) => turnId)).size).toBe(2);
  });

  it("gives a result even when the ledger takes no more entries", async () => {
    const { TauError } = await import("../../src/core/errors.ts");
    const { turn, upstream, run } = await makeBench();
    const commit = run.session.commit.bind(run.session);
    run.session.commit = async (...events) => {
      if (events.some(({ type }) => type === "assistant.message" || type === "turn.ended"))
        throw new TauError("failure", "the disk is full");
      return commit(...events);
    };
    upstream.script(says("hi"));
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "failure", error: { message: "the disk is full" } });
    expect(events.at(-1)?.type).toBe("turn.finished");
  });
});
