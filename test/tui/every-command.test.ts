/**
 * Every slash command has a case here that fails when it does nothing; the typecheck demands one for a new one. Cases are given as
 * a person types them, over the whole app: real settings, ledger and session, a fake provider.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type CommandName, commands } from "../../src/tui/commands.ts";
import { buildHouse, type HouseOptions, model, type Seat, sitDown } from "../support/front-end.ts";
import { doesNothing, patient } from "../support/mutation.ts";

type Case = { house?: HouseOptions; proof: (at: Seat) => Promise<void> | void };

const eventually = (look: () => void): Promise<void> => vi.waitFor(look, patient);

/** The last thing that was told, once it fits. */
const tells = (at: Seat, words: RegExp): Promise<void> =>
  eventually(() => expect(at.told().at(-1) ?? "").toMatch(words));

/** A command whose only work is to tell something. */
const telling = (typed: string, words: RegExp): Case => ({
  async proof(at) {
    at.command(typed);
    await tells(at, words);
  },
});

/** What the model was asked last. */
const lastAsked = ({ fake }: Seat): string => fake.requests.at(-1)?.raw ?? "";

/** Lists sessions of the ledger by title and id. */
const shelf = ({ app }: Seat) => app.sessions.list({ limit: 10, skip: 0 });

/** A turn that changed a file. */
const afterAWrite: HouseOptions = {
  flags: { mode: "edit" },
  script: [{ calls: [{ id: "w", name: "write", input: { path: "stone.txt", content: "a stone" } }] }],
};

const cases: { readonly [command in CommandName]: Case } = {
  help: telling("/help", /\/rewind .*go back/),
  status: telling("/status", new RegExp(`model +${model}`)),
  cost: {
    async proof(at) {
      await at.say("hello");
      at.command("/cost");
      await tells(at, /this session: .*100 in.*\$0\.\d+/s);
    },
  },
  mode: {
    async proof(at) {
      at.command("/mode full");
      await tells(at, /the mode is full/);
      expect([at.session().mode, at.store.state.mode]).toEqual(["full", "full"]);
    },
  },
  transcript: {
    proof(at) {
      at.command("/transcript");
      expect(at.transcript).toHaveBeenCalledOnce();
    },
  },
  plan: {
    async proof(at) {
      at.command("/plan a cathedral");
      await eventually(() => expect(at.fake.requests).toHaveLength(1));
      await at.conversation.idle();
      expect([at.session().mode, lastAsked(at)]).toEqual(["plan", expect.stringContaining("a cathedral")]);
    },
  },
  todo: {
    house: {
      script: [
        {
          calls: [
            { id: "t", name: "todo", input: { items: [{ text: "lay the stone", status: "pending" }] } },
          ],
        },
      ],
    },
    async proof(at) {
      await at.say("plan");
      at.command("/todo");
      await tells(at, /lay the stone/);
    },
  },
  permissions: {
    house: { settings: { permissions: { deny: ["Bash(rm:*)"] } } },
    proof(at) {
      at.command("/permissions");
      expect(at.dialog()).toContain("deny Bash(rm:*)");
    },
  },
  model: {
    async proof(at) {
      at.command("/model anthropic/claude-haiku-4-5");
      await tells(at, /from the next step on: anthropic\/claude-haiku-4-5/);
      await at.say("hello");
      expect(at.fake.requests.at(-1)?.body.model).toContain("haiku");
    },
  },
  effort: {
    async proof(at) {
      at.command("/effort low");
      await tells(at, /effort low/);
      await at.say("hello");
      expect(JSON.stringify(at.fake.requests.at(-1)?.body)).toMatch(/"effort":"low"|"thinking"/);
      expect(at.session().effort).toBe("low");
    },
  },
  rewind: {
    async proof(at) {
      await at.say("first");
      await at.say("pillars");
      at.command("/rewind");
      await eventually(() => expect(at.dialog()).toMatch(/^Go back to before/));
      at.key("enter");
      await eventually(() => expect(at.text()).toBe("pillars"));
      at.key("enter");
      await eventually(() => expect(at.fake.requests).toHaveLength(3));
      await at.conversation.idle();
      expect(lastAsked(at).match(/pillars/g)).toHaveLength(1);
    },
  },
  tree: {
    async proof(at) {
      await at.say("first");
      await at.say("pillars");
      at.command("/tree");
      await eventually(() => expect(at.dialog()).toMatch(/^Branches.*first.*pillars/s));
      // Its label key: the marked point is the last one.
      at.key("ctrl+t");
      at.type("a good place");
      at.key("enter");
      await tells(at, /labelled \[a good place\]: "pillars"/);
      at.command("/tree");
      await eventually(() => expect(at.dialog()).toMatch(/\[a good place\] pillars/));
      at.key("up");
      at.key("enter");
      await tells(at, /goes on behind what came of "first"/);
      await at.say("third");
      expect(lastAsked(at)).not.toContain("pillars");
    },
  },
  fork: {
    async proof(at) {
      await at.say("first");
      const before = at.session().id;
      at.command("/fork the copy");
      await tells(at, /this is a fork now/);
      expect(at.session().id).not.toBe(before);
      expect(await shelf(at)).toMatchObject([{ title: "the copy", turns: 1 }, { id: before }]);
    },
  },
  resume: {
    async proof(at) {
      await at.say("the old one");
      const before = at.session().id;
      at.command("/new");
      await tells(at, /a new session/);
      at.command(`/resume ${before}`);
      await tells(at, /going on here/);
      expect(at.session().id).toBe(before);
      await at.say("again");
      expect(lastAsked(at)).toContain("the old one");
    },
  },
  rename: {
    async proof(at) {
      await at.say("first");
      at.command("/rename The cathedral");
      await tells(at, /called "The cathedral" now/);
      expect(await shelf(at)).toMatchObject([{ title: "The cathedral" }]);
      at.command("/rename");
      await tells(at, /needs a name/);
    },
  },
  export: {
    async proof(at) {
      await at.say("write this down");
      const markdown = join(at.cwd, "out.md");
      at.command("/export out.md");
      await tells(at, /written as Markdown/);
      expect(readFileSync(markdown, "utf8")).toContain("write this down");
      at.command("/export out.jsonl");
      await tells(at, /written as JSON lines/);
      const [line = ""] = readFileSync(join(at.cwd, "out.jsonl"), "utf8").split("\n");
      expect(JSON.parse(line)).toBeTypeOf("object");
      // Nothing that is there is written over.
      writeFileSync(markdown, "mine");
      at.command("/export out.md");
      await tells(at, /is there already/);
      expect(readFileSync(markdown, "utf8")).toBe("mine");
    },
  },
  copy: {
    house: { script: [{ text: "Run:\n\n```sh\nmake\n```\n" }] },
    async proof(at) {
      at.command("/copy");
      await tells(at, /no answer yet/);
      await at.say("how?");
      at.command("/copy 1");
      await tells(at, /code block 1: copied/);
      at.command("/copy");
      await tells(at, /the last answer: copied/);
      expect(at.copied).toEqual(["make\n", "Run:\n\n```sh\nmake\n```"]);
    },
  },
  editor: {
    proof(at) {
      at.command("/editor");
      expect(at.externalEditor).toHaveBeenCalledOnce();
    },
  },
  vim: {
    proof(at) {
      at.command("/vim");
      expect(at.store.state.vim?.mode).toBe("insert");
      at.command("/vim");
      expect(at.store.state.vim).toBeNull();
    },
  },
  keys: {
    proof(at) {
      at.command("/keys");
      expect(at.dialog()).toMatch(/ctrl\+z .*suspend/);
    },
  },
  theme: {
    async proof(at) {
      at.command("/theme light");
      await tells(at, /theme light/);
      expect(at.drawn).toEqual(["light"]);
    },
  },
  context: {
    async proof(at) {
      await at.say("hello");
      at.command("/context");
      await tells(at, /system prompt +\d+/);
    },
  },
  budget: {
    house: { settings: { budgets: { day: { usd: 5 } } } },
    async proof(at) {
      at.command("/budget");
      await tells(at, /day +at most \$5\.00\nleft +\$5\.00/);
    },
  },
  config: {
    house: { settings: { compactAt: 0.6 } },
    async proof(at) {
      at.command("/config");
      await eventually(() => expect(at.dialog()).toMatch(/^Settings \(/));
      at.type("compactAt");
      expect(at.dialog()).toContain("compactAt = 0.6");
    },
  },
  jobs: telling("/jobs", /nothing runs in the background/),
  // What it does with a server that answers: test/tui/mcp.test.ts.
  mcp: {
    house: { settings: { mcpServers: { docs: { command: "no-such-program" } } } },
    async proof(at) {
      at.command("/mcp");
      expect(at.dialog()).toMatch(/^MCP servers.*docs {2}\w+/s);
      at.key("ctrl+x");
      await tells(at, /docs is off until Tau ends/);
      expect(at.dialog()).toMatch(/docs {2}off/);
    },
  },
  doctor: {
    async proof(at) {
      at.command("/doctor");
      await tells(at, /nothing is wrong/);
      expect(at.pages).toMatchObject([{ title: "doctor" }]);
    },
  },
  undo: {
    house: afterAWrite,
    async proof(at) {
      await at.say("write it");
      expect(existsSync(join(at.cwd, "stone.txt"))).toBe(true);
      at.command("/undo preview");
      await tells(at, /would put back 1 path.*- stone\.txt/s);
      at.command("/undo");
      await tells(at, /^put back 1 path/);
      expect(existsSync(join(at.cwd, "stone.txt"))).toBe(false);
    },
  },
  redo: {
    house: afterAWrite,
    async proof(at) {
      await at.say("write it");
      at.command("/undo");
      await tells(at, /\/redo brings them back/);
      at.command("/redo");
      await tells(at, /\/undo takes them back/);
      expect(readFileSync(join(at.cwd, "stone.txt"), "utf8")).toBe("a stone");
    },
  },
  init: {
    async proof(at) {
      at.command("/init the tests");
      await eventually(() => expect(at.fake.requests).toHaveLength(1));
      await at.conversation.idle();
      expect(lastAsked(at)).toMatch(/AGENTS\.md.*Above all: the tests/s);
    },
  },
  review: {
    async proof(at) {
      at.command("/review the tests");
      await eventually(() => expect(at.fake.requests).toHaveLength(1));
      await at.conversation.idle();
      expect(lastAsked(at)).toMatch(/not committed.*Above all: the tests/s);
    },
  },
  // What it shows of a real repository: test/tui/commands/work.test.ts.
  diff: telling("/diff", /there is no git repository here/),
  tools: telling("/tools", /read.*bash/),
  compact: {
    house: {
      script: ({ raw }) =>
        raw.includes("SUMMARY-ME") && !raw.includes("answer this")
          ? { text: "answer ".repeat(2000) }
          : { text: "done" },
    },
    async proof(at) {
      for (const n of [1, 2, 3, 4]) await at.say(`SUMMARY-ME ${n} ${"word ".repeat(400)}`);
      at.command("/compact the stones");
      await eventually(() => expect(lastAsked(at)).toContain("the stones"));
      await at.conversation.idle();
    },
  },
  new: {
    async proof(at) {
      await at.say("the old one");
      const before = at.session().id;
      at.command("/clear");
      await tells(at, /a new session; the one before/);
      expect(at.session().id).not.toBe(before);
      await at.say("afresh");
      expect(lastAsked(at)).not.toContain("the old one");
    },
  },
  exit: {
    proof(at) {
      at.command("/exit");
      expect(at.leave).toHaveBeenCalledOnce();
    },
  },
};

describe("the slash command", () => {
  it.each(commands)("/$name", async (command) => {
    if (doesNothing) vi.spyOn(command, "run").mockReturnValue(null);
    const { house, proof } = cases[command.name];
    await proof(await sitDown(await buildHouse(house)));
  });
});
