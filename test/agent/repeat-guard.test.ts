import { describe, expect, it } from "vitest";
import { fakeTool, makeBench, ofType, textTold } from "../support/agent.ts";
import { asks, says } from "../support/scripted-upstream.ts";

const look = fakeTool("look", "read", ({ n }) => `seen ${n ?? ""}`);
const same = () => asks({ name: "look", input: { n: 1 } });
const advice = "Repeating it will not help";

describe("an agent that makes the same call with the same result", () => {
  it("is told once after three rounds, and stopped after six", async () => {
    const { turn, upstream } = await makeBench({ tools: [look] });
    for (let n = 0; n < 9; n++) upstream.script(same());
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "limit", steps: 6, error: { code: "no_progress" } });
    expect(result.error?.message).toContain("look call was made 6 times");
    const reminders = ofType(events, "user.message").filter(({ origin }) => origin === "reminder");
    expect(reminders).toHaveLength(1);
    expect(textTold(upstream, 2)).not.toContain(advice);
    expect(textTold(upstream, 3)).toContain(advice);
  });

  it("is asked about where somebody is there: yes goes on and asks again, a word is told to the model, no stops", async () => {
    const questions: string[] = [];
    const answers = [
      { answer: "allow" as const, scope: "once" as const },
      { answer: "deny" as const, scope: "once" as const, comment: "Look elsewhere." },
      { answer: "deny" as const, scope: "once" as const },
    ];
    const { turn, upstream } = await makeBench({
      tools: [look],
      approver: async ({ decision }) => {
        questions.push(decision.reason);
        return answers[questions.length - 1] ?? { answer: "deny", scope: "once" };
      },
    });
    for (let n = 0; n < 18; n++) upstream.script(same());
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "limit", steps: 18, error: { code: "no_progress" } });
    expect(questions).toHaveLength(3);
    expect(questions[0]).toContain("The same look call was made 6 times with the same result");
    expect(ofType(events, "approval.requested")).toHaveLength(3);
    expect(ofType(events, "approval.decided").map(({ answer }) => answer)).toEqual(["allow", "deny", "deny"]);
    expect(textTold(upstream)).toContain("Look elsewhere.");
  });

  it("is seen through different clocks, and through two calls in turn", async () => {
    let ms = 100;
    const test = fakeTool("test", "execute", () => {
      ms += 37;
      return `1 failed\nDuration ${ms} ms\nFinished at 12:00:${ms % 60 < 10 ? "0" : ""}${ms % 60}`;
    });
    const { turn, upstream } = await makeBench({ tools: [test, look] });
    for (let n = 0; n < 20; n++) upstream.script(asks({ name: "test" }), same());
    const { result } = await turn("go");
    expect(result.error?.code).toBe("no_progress");
    expect(result.steps).toBeLessThanOrEqual(13);
  });

  it("counts twins in one message as one round", async () => {
    const { turn, upstream } = await makeBench({ tools: [look] });
    const twins = Array.from({ length: 8 }, () => ({ name: "look", input: { n: 1 } }));
    upstream.script(asks(...twins), says("done"));
    const { result, events } = await turn("go");
    expect(result.reason).toBe("done");
    expect(ofType(events, "user.message")).toHaveLength(1);
  });
});

describe("an agent that makes progress", () => {
  it("is never stopped: results that change, files that change, other calls that find something new", async () => {
    let content = 0;
    const edit = fakeTool("edit", "edit", () => ({
      output: "edited",
      display: [],
      facts: { hashes: [`hash ${++content}`] },
    }));
    const failing = fakeTool("test", "execute", () => "1 failed");
    let line = 0;
    const poll = fakeTool("poll", "read", () => `line ${++line}`);
    const { turn, upstream } = await makeBench({ tools: [edit, failing, poll, look] });
    for (let n = 0; n < 12; n++) {
      upstream.script(asks({ name: "edit" }), asks({ name: "test" }), asks({ name: "poll" }));
      upstream.script(same(), asks({ name: "look", input: { n: 100 + n } }));
    }
    upstream.script(says("done"));
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "done", steps: 61 });
    expect(ofType(events, "user.message")).toHaveLength(1);
  });

  it("is not one that flips a file between two states", async () => {
    let n = 0;
    const flip = fakeTool("flip", "edit", () => ({
      output: "edited",
      display: [],
      facts: { hashes: [`hash ${n++ % 2}`] },
    }));
    const { turn, upstream } = await makeBench({ tools: [flip] });
    for (let step = 0; step < 12; step++) upstream.script(asks({ name: "flip" }));
    expect((await turn("go")).result.error?.code).toBe("no_progress");
  });

  it("starts afresh in the next turn", async () => {
    const { turn, upstream } = await makeBench({ tools: [look] });
    upstream.script(same(), same(), says("hm"), same(), same(), says("hm"));
    await turn("go");
    expect(ofType((await turn("again")).events, "user.message")).toHaveLength(1);
  });
});
