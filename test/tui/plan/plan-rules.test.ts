/** Accepting a plan with its commands: exactly those it lists, seen and changed first, for this session. */
import { describe, expect, it, vi } from "vitest";
import { commandsIn } from "../../../src/tui/plan/plan-commands.ts";
import { buildHouse, sitDown } from "../../support/front-end.ts";

describe("the commands of a plan", () => {
  it.each([
    ["```sh\nnpm test\n# a word\n\nnpm run build\n```", ["npm test", "npm run build"]],
    ["1. do\n   ```bash\n   make \\\n     all\n   ```", ["make all"]],
    ["~~~console\n$ npm test\nok 3\n$ git diff\n~~~", ["npm test", "git diff"]],
    ["Then run `npm test`, and `src/a.ts` is done; running `make` proves it", ["npm test", "make"]],
    ["```sh\nmake\n```\nRun: `make`", ["make"]],
    // No single commands, or no shell.
    ["```sh\ncat <<EOF > a\nrm -rf /\nEOF\n```", []],
    ["```sh\nfor f in *; do\n  rm $f\ndone\n```", []],
    ["```ts\nrm(1)\n```\n```\nrm x\n```", []],
    ["```sh\nnever closed", []],
    ["`npm test` is what it takes", []],
  ])("%j: %j", (plan, commands) => {
    expect(commandsIn(plan)).toEqual(commands);
  });
});

const plan = `# Plan
1. build it, and run \`git status\`
\`\`\`sh
npm run build
npm test && npm run lint
rm *.log
make deploy
\`\`\``;

const call = (id: string, command: string) => ({ id, name: "bash", input: { command } });

describe("a plan that is accepted with its commands", () => {
  it("lets exactly these run without a question; what no exact rule can name is asked about", async () => {
    const at = await sitDown(
      await buildHouse({
        flags: { mode: "plan" },
        settings: { permissions: { deny: ["Bash(make deploy)"] } },
        script: [
          { text: plan },
          { calls: [call("a", "npm run build"), call("b", "npm run build:all"), call("c", "rm *.log")] },
        ],
      }),
    );
    await at.say("plan it");
    at.command("/plan");
    at.type("its commands");
    at.key("enter");
    const shown = at.dialog() ?? "";
    expect(shown).toMatch(/Accept, and allow these 2 commands/);
    expect(shown).toMatch(/Bash\(npm run build\)[\s\S]*Bash\(npm test && npm run lint\)/);
    expect(shown).toMatch(/asked about all the same: rm \*\.log, make deploy/);
    // One is changed, as any rule is.
    at.type("lint");
    at.key("enter");
    for (let n = 0; n < 6; n += 1) at.key("backspace");
    at.type(" --fix)");
    at.key("enter");
    expect(at.dialog()).toMatch(/Bash\(npm test && npm run --fix\)/);
    at.key("enter");
    await vi.waitFor(() => expect(at.store.state.conversation.questions).toHaveLength(2), {
      timeout: 20_000,
    });
    expect(at.store.state.conversation.questions.map(({ callId }) => callId).toSorted()).toEqual(["b", "c"]);
    expect(at.session().mode).toBe("edit");
    const rules = at.session().rules.all();
    expect(rules.filter(({ source }) => source === "session").map(({ text }) => text)).toEqual([
      "Bash(npm run build)",
      "Bash(npm test && npm run --fix)",
    ]);
    at.key("escape");
    await at.conversation.idle();
  });

  it("is not offered where it lists none that would be asked about", async () => {
    const at = await sitDown(
      await buildHouse({ flags: { mode: "plan" }, script: [{ text: "# Plan\nrun `git status`" }] }),
    );
    await at.say("plan it");
    at.command("/plan");
    expect(at.dialog()).toContain("Accept, edits allowed");
    expect(at.dialog()).not.toContain("its commands allowed");
  });
});
