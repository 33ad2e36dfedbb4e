import { describe, expect, it } from "vitest";
import type { ApprovalQuestion, Approver } from "../../src/agent/approval.ts";
import type { ApprovalAnswer } from "../../src/core/permission.ts";
import { fakeTool, makeBench, ofType, resultsTold } from "../support/agent.ts";
import { asks, says } from "../support/scripted-upstream.ts";

const bash = fakeTool("bash", "execute", ({ text }) => `ran ${text}`);
const edit = fakeTool("edit", "edit", ({ path }) => `edited ${path}`);
const run = (text: string) => ({ name: "bash", input: { text } });

/** Answers questions in turn and keeps them. */
function person(...answers: ApprovalAnswer[]) {
  const asked: ApprovalQuestion[] = [];
  let open = 0;
  return {
    asked,
    approver: async (question: ApprovalQuestion): Promise<ApprovalAnswer> => {
      if (++open > 1) throw new Error("asked twice at once");
      asked.push(question);
      await new Promise(setImmediate);
      open -= 1;
      const answer = answers.shift();
      if (!answer) throw new Error(`nobody answers ${question.summary}`);
      return answer;
    },
  };
}

const once: ApprovalAnswer = { answer: "allow", scope: "once" };

describe("a call that must be asked for", () => {
  it("is refused with rule, source and the way out when nobody is there, and the run ends as denied", async () => {
    const { turn, upstream } = await makeBench({ tools: [bash], mode: "ask" });
    upstream.script(asks(run("make install")), says("I may not."));
    const { result, events } = await turn("go");
    expect(result).toMatchObject({ reason: "denied", denied: 1, toolCalls: 1, error: { code: "denied" } });
    expect(ofType(events, "tool.started")).toEqual([]);
    expect(ofType(events, "approval.requested")).toEqual([]);
    expect(ofType(events, "tool.finished")).toMatchObject([
      { status: "denied", decision: { effect: "deny", rule: "mode:ask", source: expect.any(String) } },
    ]);
    expect(resultsTold(upstream)[0]).toMatch(/^Denied \(mode:ask\): .*Nobody is there to ask.*--allow/);
  });

  it("ends as done when only some were refused", async () => {
    const { turn, upstream } = await makeBench({ tools: [bash], mode: "ask", allow: ["Bash(npm test)"] });
    upstream.script(asks(run("npm test"), run("make install")), says("Tests pass; I may not install."));
    const { result } = await turn("go");
    expect(result).toMatchObject({ reason: "done", denied: 1, toolCalls: 2 });
    expect(resultsTold(upstream)[0]).toBe("ran npm test");
  });

  it("runs once when a person allows it, and the answer is on record before the start", async () => {
    const { asked, approver } = person(once, once);
    const { turn, upstream } = await makeBench({ tools: [bash], mode: "ask", approver });
    upstream.script(asks(run("make install")), asks(run("make install")), says("done"));
    const { events, result } = await turn("go");
    expect(result.reason).toBe("done");
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({
      name: "bash",
      summary: "bash make install",
      display: [{ type: "text", text: "make install" }],
      decision: { effect: "ask", rule: "mode:ask" },
    });
    expect(ofType(events, "tool.started")[0]?.decision).toMatchObject({
      effect: "allow",
      reason: "Allowed by the user (once).",
    });
    const story = events.map(({ type }) => type).filter((type) => /^(approval|tool\.(s|f))/.test(type));
    expect(story.slice(0, 4)).toEqual([
      "approval.requested",
      "approval.decided",
      "tool.started",
      "tool.finished",
    ]);
  });

  it("is refused with the person's own words when they say no", async () => {
    const { approver } = person({ answer: "deny", scope: "once", comment: "use the staging script" });
    const { turn, upstream } = await makeBench({ tools: [bash], mode: "ask", approver });
    upstream.script(asks(run("make install")), says("as you wish"));
    await turn("go");
    expect(resultsTold(upstream)[0]).toContain("The user says: use the staging script");
  });

  it("keeps a credential that stands in the reason from the model and the ledger", async () => {
    const { approver } = person({ answer: "deny", scope: "once", comment: "not with sk-secret-value-1" });
    const { turn, upstream, entries } = await makeBench({
      tools: [bash],
      mode: "ask",
      approver,
      secrets: ["sk-secret-value-1"],
    });
    upstream.script(asks(run("make install")), says("as you wish"));
    await turn("go");
    expect(resultsTold(upstream)[0]).toContain("The user says: not with [");
    expect(JSON.stringify(await entries())).not.toContain("sk-secret-value-1");
  });

  it.each([
    {
      what: "saved",
      save: async () => "/home/user/projects.json",
      level: "info",
      text: /from now on: \/home\/user/,
    },
    {
      what: "held for the session where it cannot be saved",
      save: () => Promise.reject(new Error("the disk is full")),
      level: "warning",
      text: /this session only: the disk is full/,
    },
  ])(
    "with a rule for the project has it $what, under its own name, and says so",
    async ({ save, level, text }) => {
      const { asked, approver } = person({ answer: "allow", scope: "project", rule: "Bash(make:*)" });
      const saved: string[] = [];
      const { turn, upstream } = await makeBench({
        tools: [bash],
        mode: "ask",
        approver,
        saveRule: (rule) => {
          saved.push(rule);
          return save();
        },
      });
      upstream.script(asks(run("make a")), asks(run("make b")), says("done"));
      const { events } = await turn("go");
      expect([asked.length, saved]).toEqual([1, ["Bash(make:*)"]]);
      expect(ofType(events, "note")).toMatchObject([
        { level, code: "rule", text: expect.stringMatching(text) },
      ]);
      expect(ofType(events, "tool.started")[1]?.decision).toMatchObject({
        rule: "Bash(make:*)",
        source: "project approvals",
      });
    },
  );

  it("asks about all calls at once, and a rule that came with an answer takes back the questions it settles", async () => {
    const asked: ApprovalQuestion[] = [];
    const withdrawn: string[] = [];
    const approver: Approver = async (question, signal) => {
      asked.push(question);
      const settled = new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          withdrawn.push(question.callId);
          reject(signal.reason);
        });
      });
      settled.catch(() => undefined);
      while (asked.length < 3) await new Promise(setImmediate);
      if (question.summary === "edit src/a.ts")
        return { answer: "allow", scope: "session", rule: "Edit(/src/**)" };
      if (question.summary === "edit other.ts") {
        while (withdrawn.length === 0) await new Promise(setImmediate);
        return once;
      }
      return settled;
    };
    const { turn, upstream } = await makeBench({ tools: [edit, bash], mode: "ask", approver });
    upstream.script(
      asks(
        { name: "edit", input: { path: "src/a.ts" } },
        { name: "edit", input: { path: "src/b.ts" } },
        { name: "edit", input: { path: "other.ts" } },
      ),
      asks({ name: "edit", input: { path: "src/c.ts" } }),
      says("done"),
    );
    const { events } = await turn("go");
    expect(asked.map(({ summary }) => summary)).toEqual(["edit src/a.ts", "edit src/b.ts", "edit other.ts"]);
    expect(asked[0]?.suggestedRule).toBe("Edit(/src/**)");
    expect(asked[0]?.details?.rules).toEqual([
      { width: "file", rule: "Edit(/src/a.ts)" },
      { width: "folder", rule: "Edit(/src/**)" },
      { width: "project", rule: "Edit(/**)" },
    ]);
    expect(ofType(events, "approval.withdrawn").map(({ callId }) => callId)).toEqual(withdrawn);
    expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual(Array(4).fill("ok"));
    const settled = ofType(events, "tool.started").filter(({ callId }) => withdrawn.includes(callId));
    expect(settled.map(({ decision }) => decision)).toMatchObject([
      { rule: "Edit(/src/**)", source: "session" },
    ]);
  });

  it("lets a call that a rule allows wait for an unanswered one before it, and one a person allowed pass both", async () => {
    const ran: string[] = [];
    const command = fakeTool("bash", "execute", ({ text = "" }) => {
      ran.push(text);
      return "";
    });
    let answerFirst: (answer: typeof once) => void = () => undefined;
    const approver: Approver = ({ summary }) =>
      summary === "bash rm a"
        ? new Promise((resolve) => {
            answerFirst = resolve;
          })
        : Promise.resolve(once);
    const { turn, upstream } = await makeBench({ tools: [command], mode: "ask", approver });
    upstream.script(
      asks(
        { name: "bash", input: { text: "rm a" } },
        { name: "bash", input: { text: "ls" } },
        { name: "bash", input: { text: "rm c" } },
      ),
      says("done"),
    );
    const going = turn("go");
    while (ran.length === 0) await new Promise(setImmediate);
    for (let n = 0; n < 20; n += 1) await new Promise(setImmediate);
    expect(ran).toEqual(["rm c"]);
    answerFirst(once);
    await going;
    expect(ran).toEqual(["rm c", "rm a", "ls"]);
  });

  it("is settled by a change of the mode as by an answer", async () => {
    let asked = false;
    const approver: Approver = (_question, signal) => {
      asked = true;
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    const { run: session, turn, upstream } = await makeBench({ tools: [edit], mode: "ask", approver });
    upstream.script(asks({ name: "edit", input: { path: "a.ts" } }), says("done"));
    const going = turn("go");
    while (!asked) await new Promise(setImmediate);
    session.permissions.mode = "plan";
    const { events } = await going;
    expect(ofType(events, "tool.finished")).toMatchObject([
      { status: "denied", decision: { rule: "mode:plan" } },
    ]);
  });

  it("holds for once when the rule that came with the answer cannot be read, and says so", async () => {
    const { approver } = person({ answer: "allow", scope: "session", rule: "Bash(((" });
    const { turn, upstream } = await makeBench({ tools: [bash], mode: "ask", approver });
    upstream.script(asks(run("make")), says("done"));
    const { events, result } = await turn("go");
    expect(result.reason).toBe("done");
    expect(ofType(events, "note")).toMatchObject([{ level: "warning", code: "rule" }]);
    expect(resultsTold(upstream)).toEqual(["ran make"]);
  });

  it("does not hold up calls that need no answer", async () => {
    const order: string[] = [];
    const look = fakeTool("look", "read", () => {
      order.push("looked");
      return "seen";
    });
    const approver = async (): Promise<ApprovalAnswer> => {
      // The question stays open until the read beside it has run.
      while (order.length === 0) await new Promise(setImmediate);
      order.push("answered");
      return once;
    };
    const { turn, upstream } = await makeBench({ tools: [edit, look], mode: "ask", approver });
    upstream.script(asks({ name: "edit", input: { path: "a" } }, { name: "look" }), says("done"));
    await turn("go");
    expect(order).toEqual(["looked", "answered"]);
  });

  it("is closed as not run when the turn is stopped while the question is open", async () => {
    const stop = new AbortController();
    const approver = (_question: ApprovalQuestion, signal: AbortSignal): Promise<ApprovalAnswer> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        setImmediate(() => stop.abort("interrupted"));
      });
    const { turn, upstream } = await makeBench({ tools: [bash], mode: "ask", approver });
    upstream.script(asks(run("one"), run("two")));
    const { result, events } = await turn("go", { signal: stop.signal });
    expect(result.reason).toBe("interrupted");
    expect(ofType(events, "tool.started")).toEqual([]);
    expect(ofType(events, "tool.finished").map(({ status }) => status)).toEqual([
      "interrupted",
      "interrupted",
    ]);
  });
});
