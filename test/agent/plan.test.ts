/** Plan mode: a plan comes of it, and nothing else. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptedText, planIn } from "../../src/agent/planning.ts";
import { textOf } from "../../src/core/message.ts";
import { emptyConversation, reduce } from "../../src/tui/state.ts";
import { fakeTool, makeBench, memoryStorage, ofType } from "../support/agent.ts";
import { asks, says } from "../support/scripted-upstream.ts";

const safe = ["ls", "ls -la src", "cat a.txt", "git status", "git log --oneline | head -3", "rg needle src"];
const unsafe = [
  "touch a",
  "rm a",
  "ls > b",
  "git commit -m x",
  "sed -i s/a/b/ f",
  "find . -delete",
  "cat a.txt | tee b",
  "ls && rm x",
  "echo $(rm x)",
  "npm test",
  "X=1 make",
  "bash -c 'touch a'",
];

const call = fc.oneof(
  fc.record({ name: fc.constant("bash"), input: fc.record({ text: fc.constantFrom(...safe, ...unsafe) }) }),
  fc.record({
    name: fc.constantFrom("edit", "write", "apply_patch"),
    input: fc.record({ path: fc.constantFrom("a", "src/b") }),
  }),
  fc.record({ name: fc.constant("read"), input: fc.record({ path: fc.constantFrom("a", "src/b") }) }),
);

describe("plan mode", () => {
  it("changes nothing, whatever is called, whatever rules allow and whoever says yes (1,000 sessions)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        async (steps) => {
          const ran: string[] = [];
          const tool = (name: string, access: "read" | "edit" | "execute") =>
            fakeTool(name, access, ({ text = name }) => {
              if (access !== "read") ran.push(text);
              return "ok";
            });
          const { turn, upstream } = await makeBench({
            tools: [
              tool("bash", "execute"),
              tool("edit", "edit"),
              tool("write", "edit"),
              tool("apply_patch", "edit"),
              tool("read", "read"),
            ],
            mode: "plan",
            allow: ["Bash", "Edit", "Bash(touch:*)", "Edit(/**)", "apply_patch"],
            approver: async () => ({ answer: "allow", scope: "session", rule: "Bash(touch:*)" }),
            storage: memoryStorage(),
          });
          upstream.script(...steps.map((calls) => asks(...calls)), says("# Plan\n1. all of it"));
          const { events, result } = await turn("plan it");
          expect(ran.filter((text) => !safe.includes(text))).toEqual([]);
          expect(result.reason).toBe("done");
          expect(ofType(events, "plan.proposed")).toMatchObject([{ plan: "# Plan\n1. all of it" }]);
        },
      ),
      { numRuns: 1000 },
    );
  }, 300_000);

  it("is told to the model in a message behind the prompt; tools and system prompt stay as they are", async () => {
    const { run, turn, upstream } = await makeBench({ tools: [fakeTool("edit", "edit", () => "done")] });
    upstream.script(says("hello"), says("# Plan\nx"), says("done"), says("again"));
    await turn("hello");
    run.permissions.mode = "plan";
    await turn("plan it");
    run.permissions.mode = "edit";
    await turn("never mind, just talk");
    await turn("and on");
    const [before, planned, after, later] = upstream.requests;
    expect(planned?.tools).toEqual(before?.tools);
    expect(planned?.system).toEqual(before?.system);
    const said = (request: typeof planned) => JSON.stringify(request?.messages);
    expect(said(planned)).toMatch(/plan it.*Plan mode: look and think/);
    expect(said(after)).toMatch(/just talk.*Plan mode is over/);
    expect(said(later).match(/Plan mode is over/g)).toHaveLength(1);
  });

  it("ends in an ordinary answer where none is a plan, and no other mode proposes any", async () => {
    const { run, turn, upstream } = await makeBench({ mode: "plan" });
    upstream.script(says("It does this. The plan was old."), says("# Plan\nx"));
    expect(ofType((await turn("what does it do?")).events, "plan.proposed")).toEqual([]);
    run.permissions.mode = "edit";
    expect(ofType((await turn("plan it")).events, "plan.proposed")).toEqual([]);
  });

  it("is left by a plan that is accepted: what was accepted is on record and told, in one with the turn's beginning", async () => {
    const { run, turn, upstream, entries } = await makeBench({ mode: "plan" });
    upstream.script(says("Here it is.\n\n## Plan\n1. a"), says("Done."));
    const { events } = await turn("plan it");
    const [proposed] = ofType(events, "plan.proposed");
    if (!proposed) throw new Error("no plan was proposed");
    // The process dies here: the ledger alone says that a plan waits.
    const shown = (await entries()).reduce(reduce, emptyConversation);
    expect(shown.plan).toEqual({ id: proposed.id, text: "## Plan\n1. a", status: "open" });
    run.permissions.mode = "edit";
    const plan = "## Plan\n1. b instead";
    await turn({
      parts: [{ type: "text", text: acceptedText(plan) }],
      accepted: { proposal: proposed.id, plan },
    });
    const all = await entries();
    const at = all.findIndex(({ type }) => type === "plan.decided");
    expect(all[at]).toMatchObject({ proposal: proposed.id, answer: "accepted", plan, mode: "edit" });
    expect(all[at + 1]).toMatchObject({ type: "user.message", origin: "prompt" });
    expect(all.reduce(reduce, emptyConversation).plan).toMatchObject({ status: "accepted", text: plan });
    const told = upstream.requests.at(-1)?.messages.at(-1);
    expect(told && textOf(told.parts)).toContain("1. b instead");
  });

  it("takes the next prompt for the word that sends a plan back", async () => {
    const { turn, upstream, entries } = await makeBench({ mode: "plan" });
    upstream.script(says("# Plan\n1. a"), says("# Plan\n1. b"));
    await turn("plan it");
    await turn("rather b");
    const shown = (await entries()).reduce(reduce, emptyConversation);
    expect(shown.plan).toMatchObject({ status: "open", text: "# Plan\n1. b" });
  });
});

it("finds the plan in an answer by its heading", () => {
  expect(planIn("I looked.\n\n# Plan\nx\n")).toBe("# Plan\nx");
  expect(planIn("## The plan for it\nx")).toBe("## The plan for it\nx");
  expect(planIn("The plan is good. #Plan")).toBeNull();
  expect(planIn("# Planning permission")).toBeNull();
});
