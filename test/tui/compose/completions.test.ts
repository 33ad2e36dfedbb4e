/** Arguments of commands, completed as they are typed; and commands from files, wherever commands are listed. */
import { describe, expect, it, vi } from "vitest";
import { commands } from "../../../src/tui/commands.ts";
import { anyOr, completionRows, oneOf } from "../../../src/tui/compose/completions.ts";
import { buildHouse, model, type Seat, sitDown } from "../../support/front-end.ts";

const patient = { timeout: 20_000 };
const eventually = (look: () => void): Promise<void> => vi.waitFor(look, patient);

const rowsOf = (...given: Parameters<typeof completionRows>) =>
  completionRows(...given).rows.map(({ insert }) => insert);

describe("the rows for a word", () => {
  const modes = oneOf(["plan", "ask", "edit", { value: "full", detail: "everything" }]);
  it.each([
    ["", null, 4],
    ["pl", 0, 1],
    ["fll", 0, 1],
    ["everyth", 0, 1],
    ["zzz", null, 0],
  ])("%j marks %j of %d: what is typed so far may be nothing else", (word, marked, count) => {
    const found = completionRows(word, modes);
    expect([found.marked, found.rows.length]).toEqual([marked, count]);
  });

  it("mark nothing where what is typed may stand as it is, unless it is one of them in full", () => {
    const files = anyOr(["tau-1.md", "tau-1.jsonl"]);
    expect(completionRows("tau", files).marked).toBeNull();
    expect(completionRows("tau-1.md", files).marked).toBe(0);
  });

  it("have the name typed in full first, however many begin so, and a blank where more has to follow", () => {
    expect(rowsOf("gpt-5", oneOf(["gpt-5-mini", "gpt-5-codex", "gpt-5"]))[0]).toBe("gpt-5");
    expect(rowsOf("mod", oneOf([{ value: "mode", more: true }]))).toEqual(["mode "]);
  });
});

/** Waits for a row of what is offered at this seat. */
const offers = (at: Seat, value: string): Promise<void> =>
  eventually(() =>
    expect(at.store.state.suggestions?.rows.map(({ insert }) => insert) ?? []).toContain(value),
  );

const lines: readonly (readonly [line: string, value: string])[] = [
  ["/help mo", "model"],
  ["/mode fu", "full"],
  ["/mode full ", "--keep"],
  ["/model haiku", "anthropic/claude-haiku-4-5"],
  [`/model ${model} --`, "--keep"],
  ["/effort hi", "high"],
  ["/effort ", "auto"],
  ["/theme dar", "dark"],
  ["/theme dark --k", "--keep"],
  ["/vim ", "--keep"],
  ["/keys newl", "composer.newline"],
  ["/config them", "theme "],
  ["/config mode pl", "plan"],
  ["/permissions al", "allow "],
  ["/permissions deny Ba", "Bash("],
  ["/permissions deny Bash(rm:*) --p", "--project"],
  ["/permissions remove cur", "Bash(curl:*)"],
  ["/undo pre", "preview"],
  ["/redo over", "overwrite"],
  ["/copy ", "1"],
  ["/export tau", "tau-"],
  ["/resume cathed", "session"],
];

describe("what may follow a command's name", () => {
  it("is offered as it is typed: values, sessions by title, files to export to, the last answer's code blocks", async () => {
    const house = await buildHouse({
      settings: { permissions: { deny: ["Bash(curl:*)"] } },
      script: [{ text: "done" }, { text: "Run:\n\n```sh\nmake world\n```\n" }],
    });
    const before = await sitDown(house);
    await before.say("the cathedral");
    const at = await sitDown(house);
    await at.say("how?");
    for (const [line, value] of lines) {
      at.key("ctrl+u");
      at.type(line);
      const name = `tau-${at.session().id.slice(0, 13)}.md`;
      await offers(at, { session: before.session().id, "tau-": name }[value] ?? value);
    }
    // Every row that completes has a line here.
    const tried = new Set(lines.map(([line]) => line.split(" ")[0]));
    for (const { name, complete } of commands)
      expect([name, tried.has(`/${name}`)]).toEqual([name, complete !== undefined]);
  });

  it("is taken by Enter and sent where nothing else could be meant, and never against what is typed", async () => {
    const at = await sitDown(await buildHouse());
    at.type("/mode pl");
    await offers(at, "plan");
    at.key("enter");
    await eventually(() => expect(at.told().at(-1)).toMatch(/the mode is plan/));
    at.type("/export tau");
    await eventually(() => expect(at.store.state.suggestions?.marked).toBeNull());
    at.key("enter");
    await eventually(() => expect(at.told().at(-1)).toMatch(/written as Markdown: .*\/tau$/));
    // Nothing typed is the command without an argument, whatever could follow.
    at.type("/mode ");
    await eventually(() => expect(at.store.state.suggestions).not.toBeNull());
    at.key("enter");
    await eventually(() => expect(at.told().at(-1)).toMatch(/the mode is plan; \/mode/));
  });
});

describe("commands from Markdown files", () => {
  const files = {
    ".tau/commands/deploy.md": "---\ndescription: ships it\nargument-hint: [where]\n---\nShip to $1.",
    ".claude/commands/git/tidy.md": "Tidy the branches.",
  };

  it("are listed by help with what they are for and what may follow, and told of one by one", async () => {
    const at = await sitDown(await buildHouse({ files }));
    at.command("/help");
    await eventually(() =>
      expect(at.told().at(-1)).toMatch(/\/deploy \[where\] +ships it \(this project's file\)\n.*\/git:tidy/s),
    );
    at.command("/help deploy");
    await eventually(() => expect(at.told().at(-1)).toMatch(/^\/deploy \[where\]\nships it.*deploy\.md/s));
    at.command("/deplyo");
    await eventually(() => expect(at.told().at(-1)).toMatch(/no command \/deplyo; did you mean \/deploy\?/));
  });

  it("are in the palette, and one that takes no words is sent at once", async () => {
    const at = await sitDown(await buildHouse({ files }));
    at.key("ctrl+k");
    at.type("tidy");
    at.key("enter");
    await eventually(() => expect(at.fake.requests).toHaveLength(1));
    await at.conversation.idle();
    expect(at.fake.requests[0]?.raw).toContain("Tidy the branches.");
    at.key("ctrl+k");
    at.type("deploy");
    at.key("enter");
    await eventually(() => expect(at.text()).toBe("/deploy "));
  });
});
