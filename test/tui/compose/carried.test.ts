/** What was done before a message goes with it: commands of the person's own, remembered lines; whatever comes in between. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Entry } from "../../../src/core/event.ts";
import type { EntryId, SessionId } from "../../../src/core/ids.ts";
import {
  keepWhole,
  mostUnfolded,
  pasteToken,
  saidOf,
  tooLong,
  withToken,
} from "../../../src/tui/compose/tokens.ts";
import { emptyConversation, reduce } from "../../../src/tui/state.ts";
import { buildHouse, type Seat, sitDown } from "../../support/front-end.ts";

const eventually = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 20_000 });
const carried = (at: Seat): string[] => at.store.state.conversation.carried.map(({ label }) => label);

const remembers = async (at: Seat, line: string): Promise<void> => {
  at.command(`# ${line}`);
  await eventually(() => expect(at.dialog()).toMatch(/^Remember where\?/));
  at.key("enter");
  await eventually(() => expect(carried(at)).toContain(`# ${line}`));
};

describe("a line that was remembered", () => {
  it("outlives a restart before a message was sent: the next one carries it, once", async () => {
    const house = await buildHouse();
    const first = await sitDown(house);
    await first.say("hello");
    await remembers(first, "stones are heavy");
    expect(readFileSync(join(house.cwd, "AGENTS.md"), "utf8")).toBe("- stones are heavy\n");
    const { id } = first.session();
    const again = await resumed(house, first, id);
    expect(carried(again)).toEqual(["# stones are heavy"]);
    await again.say("go on");
    expect(again.fake.requests.at(-1)?.raw).toContain("<remembered>\\nstones are heavy");
    expect(carried(again)).toEqual([]);
    await again.say("and on");
    expect(again.fake.requests.at(-1)?.raw.match(/<remembered>/g)).toHaveLength(1);
  });
});

/** The session with nobody else in it. */
async function resumed(house: Parameters<typeof sitDown>[0], before: Seat, id: SessionId): Promise<Seat> {
  before.command("/new");
  await eventually(() => expect(before.told().at(-1)).toMatch(/a new session/));
  return sitDown(house, { choice: { kind: "resume", id } });
}

describe("what a waiting message carries", () => {
  it("comes back with it when it is taken back, and goes with the next one", async () => {
    const house = await buildHouse({
      script: [{ calls: [{ id: "b", name: "bash", input: { command: "make stones" } }] }],
    });
    const at = await sitDown(house);
    at.type("work");
    at.key("enter");
    await eventually(() => expect(at.store.state.conversation.questions).toHaveLength(1));
    // As a command of the person's own leaves it: none is run here.
    const entry = { ...shellEntry, output: "42 stones" };
    at.store.change((state) => ({ ...state, conversation: reduce(state.conversation, entry) }));
    at.type("how many?");
    at.key("tab");
    await eventually(() => expect(at.store.state.pending).toHaveLength(1));
    expect(carried(at)).toEqual([]);
    at.key("up");
    await eventually(() => expect(at.text()).toBe("how many?"));
    expect(carried(at)).toEqual(["! count"]);
    at.key("escape");
    await at.conversation.idle();
    at.key("ctrl+u");
    await at.say("well?");
    expect(at.fake.requests.at(-1)?.raw).toContain("42 stones");
    expect(carried(at)).toEqual([]);
  });

  it("leaves alone what was done after it", () => {
    const shells = ["a", "b"].map((output) => ({ ...shellEntry, output }));
    const both = shells.reduce(reduce, emptyConversation);
    const [first] = both.carried;
    if (first === undefined) throw new Error("nothing is carried");
    const said = reduce(both, {
      ...header,
      type: "user.message",
      origin: "prompt",
      parts: [{ type: "text", text: first.text }],
      attached: [{ kind: "command", label: first.label, part: 0 }],
    });
    expect(said.carried.map(({ text }) => text)).toEqual([expect.stringContaining("\nb\n")]);
  });
});

const header = {
  v: 1,
  seq: 1,
  at: 0,
  sessionId: "s" as SessionId,
  turnId: null,
  agent: "main",
  id: "e" as EntryId,
  parent: null,
} as const;

const shellEntry: Extract<Entry, { type: "shell.finished" }> = {
  ...header,
  type: "shell.finished",
  command: "count",
  exitCode: 0,
  output: "",
  durationMs: 1,
  shared: true,
};

describe("a token", () => {
  const long = "one line\n".repeat(20);

  it("is cut whole by every key that cuts a part of it, put in again whole, and undone in one step", async () => {
    const at = await sitDown(await buildHouse());
    for (const key of ["ctrl+w", "backspace", "alt+backspace", "ctrl+u"]) {
      at.paste(long);
      const label = at.text();
      expect(label).toMatch(/^\[Pasted text #\d+: 20 lines\]$/);
      at.key(key);
      expect(at.text()).toBe("");
      if (key !== "backspace") {
        at.key("ctrl+y");
        expect(at.text()).toBe(label);
        at.key("ctrl+_");
      }
      at.key("ctrl+_");
      expect(at.text()).toBe(label);
      at.key("ctrl+c");
    }
  });

  it("takes the place of what is too long to be edited, and is sent as it was", () => {
    const text = `${"a line of words\n".repeat(Math.ceil(mostUnfolded / 15))}the end`;
    const folded = tooLong({ text, caret: text.length }, new Map());
    if (folded === null) throw new Error("it was not folded");
    expect(folded.editor.text).toMatch(/^\[Pasted text #1: \d+ lines\]the end$/);
    expect(folded.editor.caret).toBe(folded.editor.text.length);
    const tokens = withToken(new Map(), folded.token);
    expect(
      saidOf(folded.editor.text, tokens)
        .parts.map((part) => (part.type === "text" ? part.text : ""))
        .join(""),
    ).toBe(text);
    expect(tooLong(folded.editor, tokens)).toBeNull();
    expect(tooLong({ text: "short", caret: 2 }, new Map())).toBeNull();
  });

  it("one line of megabytes becomes one, wherever the caret is, and tokens in it stay what they are", () => {
    const token = pasteToken("kept", new Map());
    const tokens = withToken(new Map(), token);
    const text = `${"x".repeat(mostUnfolded)}${token.label}tail`;
    for (const caret of [0, 1000, mostUnfolded, text.length]) {
      const folded = tooLong({ text, caret }, tokens);
      expect(folded?.editor.text).toMatch(
        /^\[Pasted text #2: 200000 characters\]\[Pasted text #1: .*\]tail$/,
      );
      expect(folded?.editor.caret).toBeLessThanOrEqual(folded?.editor.text.length ?? 0);
    }
    expect(keepWhole({ text, caret: 0 }, { text, caret: 0 }, tokens)).toEqual({ text, caret: 0 });
  });
});
