/**
 * Every action of the table has a case here that fails when its keys do nothing; the typecheck demands one for a new
 * action. Each case runs once for every key the action has, and once with a key that a person chose.
 */
import { describe, expect, it, vi } from "vitest";
import { words } from "../../src/core/attachment.ts";
import type { Entry } from "../../src/core/event.ts";
import { listDialog } from "../../src/tui/dialog/list.ts";
import { type ActionOf, actions, type KeyPlace } from "../../src/tui/input/actions.ts";
import { type ChosenKeys, keymapOf } from "../../src/tui/input/keymap.ts";
import { routeKey } from "../../src/tui/key-routes.ts";
import { type Block, Pager } from "../../src/tui/pager/pager.ts";
import { plain } from "../../src/tui/view/line.ts";
import { buildHouse, type Seat, sitDown } from "../support/front-end.ts";
import { doesNothing, patient } from "../support/mutation.ts";
import type { Script } from "../support/upstream/script.ts";

/** Proves one action: `press` presses the key under test. */
type Case = (at: Seat, press: () => void) => void | Promise<void>;

/** A key that nothing has of itself. */
const chosenKey = "f9";

/** Presses a chord as a terminal tells of it: plain characters come as text. */
function presser({ type, key }: Pick<Seat, "type" | "key">, chord: string): () => void {
  if (doesNothing) return () => undefined;
  const [, shift, character] = /^(shift\+)?(.)$/u.exec(chord) ?? [];
  if (chord === "space") return () => type(" ");
  if (character === undefined) return () => key(chord);
  return () => type(shift ? character.toUpperCase() : character);
}

/** What is typed, with `|` for the caret. */
const shown = ({ store }: Seat): string => {
  const { text, caret } = store.state.editor;
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
};

/** A key that makes the second text of the first; `|` is the caret. */
const edits =
  (before: string, after: string): Case =>
  (at, press) => {
    const caret = before.indexOf("|");
    at.store.change((state) => ({ ...state, editor: { text: before.replace("|", ""), caret } }));
    press();
    expect(shown(at)).toBe(after);
  };

/** A turn that runs until it is stopped. */
const working = ({ conversation }: Seat): boolean => conversation.submit(words("never come back"));

const composer: { readonly [action in ActionOf<"composer">]: Case } = {
  async send(at, press) {
    const before = at.fake.requests.length;
    at.type("hello");
    press();
    await vi.waitFor(() => expect(at.fake.requests).toHaveLength(before + 1), patient);
    expect(at.fake.requests.at(-1)?.raw).toContain("hello");
    await at.conversation.idle();
  },
  async queue(at, press) {
    working(at);
    at.type("later");
    press();
    await vi.waitFor(
      () => expect(at.store.state.pending).toMatchObject([{ text: "later", delivery: "follow_up" }]),
      patient,
    );
  },
  newline: edits("a|b", "a\n|b"),
  async stop(at, press) {
    working(at);
    press();
    await at.conversation.idle();
    expect(at.told().join()).toContain("type to go on");
  },
  interrupt(at, press) {
    at.type("typed");
    press();
    expect([at.text(), at.leave.mock.calls.length]).toEqual(["", 0]);
    press();
    expect(at.leave).toHaveBeenCalledOnce();
  },
  "end-of-input"(at, press) {
    press();
    press();
    expect(at.leave).toHaveBeenCalledOnce();
  },
  "scroll-up"(at, press) {
    press();
    expect(at.scroll.mock.calls).toEqual([[-1]]);
  },
  "scroll-down"(at, press) {
    press();
    expect(at.scroll.mock.calls).toEqual([[1]]);
  },
  transcript(at, press) {
    press();
    expect(at.transcript).toHaveBeenCalledOnce();
  },
  async "pick-model"(at, press) {
    press();
    await vi.waitFor(() => expect(at.dialog()).toMatch(/^Model /), patient);
  },
  "external-editor"(at, press) {
    press();
    expect(at.externalEditor).toHaveBeenCalledOnce();
  },
  palette(at, press) {
    press();
    expect(at.dialog()).toMatch(/^Commands /);
  },
  async "history-search"(at, press) {
    await at.say("said long ago");
    press();
    await vi.waitFor(() => expect(at.dialog()).toMatch(/^Sent before .*said long ago/s), patient);
  },
  async stash(at, press) {
    at.type("put aside");
    press();
    await vi.waitFor(() => expect(at.text()).toBe(""), patient);
    press();
    await vi.waitFor(() => expect(at.text()).toBe("put aside"), patient);
  },
  async "paste-image"(at, press) {
    press();
    await vi.waitFor(() => expect(at.store.state.hint).toBe("no picture is there"), patient);
  },
  expand(at, press) {
    const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
    at.paste(long);
    expect(at.text()).not.toContain("line 7");
    press();
    expect(at.text()).toBe(long);
  },
  todo(at, press) {
    press();
    expect(at.store.state.todoOpen).toBe(true);
    press();
    expect(at.store.state.todoOpen).toBe(false);
  },
  "next-mode"(at, press) {
    expect(at.session().mode).toBe("ask");
    press();
    expect([at.session().mode, at.store.state.mode]).toEqual(["edit", "edit"]);
  },
  async up(at, press) {
    await edits("a\nb|", "a|\nb")(at, press);
    at.store.change((state) => ({ ...state, editor: { text: "", caret: 0 } }));
    await at.say("said before");
    press();
    await vi.waitFor(() => expect(at.text()).toBe("said before"), patient);
  },
  down: edits("a|\nb", "a\nb|"),
  left: edits("ab|", "a|b"),
  right: edits("|ab", "a|b"),
  "line-start": edits("a\nbc|", "a\n|bc"),
  "line-end": edits("a\n|bc", "a\nbc|"),
  "word-left": edits("one two|", "one |two"),
  "word-right": edits("|one two", "one| two"),
  "text-start": edits("a\nbc|", "|a\nbc"),
  "text-end": edits("|a\nbc", "a\nbc|"),
  backspace: edits("ab|c", "a|c"),
  delete: edits("a|bc", "a|c"),
  "delete-word": edits("a b-c|", "a |"),
  "delete-word-back": edits("a b-c|", "a b-|"),
  "delete-word-forward": edits("|one two", "| two"),
  "delete-line": edits("a\nbc|d", "a\n|d"),
  "delete-to-end": edits("a|b\nc", "a|\nc"),
  yank(at, press) {
    at.type("cut");
    at.key("ctrl+u");
    press();
    expect(at.text()).toBe("cut");
  },
  "yank-older"(at, press) {
    for (const text of ["older", "newer"]) {
      at.type(text);
      at.key("ctrl+u");
    }
    at.key("ctrl+y");
    press();
    expect(at.text()).toBe("older");
  },
  undo(at, press) {
    at.type("typed");
    press();
    expect(at.text()).toBe("");
  },
  redo(at, press) {
    at.type("typed");
    at.key("ctrl+_");
    expect(at.text()).toBe("");
    press();
    expect(at.text()).toBe("typed");
  },
};

/** What was decided about calls, as the ledger has it. */
async function decided(at: Seat, count = 1): Promise<Extract<Entry, { type: "approval.decided" }>[]> {
  const entries: Entry[] = [];
  await vi.waitFor(async () => {
    entries.length = 0;
    for await (const page of at.session().transcript()) entries.unshift(...page);
    expect(entries.filter(({ type }) => type === "approval.decided").length).toBe(count);
  }, patient);
  return entries.filter((entry) => entry.type === "approval.decided");
}

/** Presses the key, and holds the decisions against what they should be. */
const decides =
  (...expected: object[]): Case =>
  async (at, press) => {
    press();
    expect(await decided(at, expected.length)).toMatchObject(expected);
  };

const first = { callId: "c1" };
const once = { answer: "allow", scope: "once" };
/** Rules that were chosen in the place of those first shown. */
const rules = ({ store }: Seat): readonly string[] => [...store.state.asks.rules.values()];

const question: { readonly [action in ActionOf<"question">]: Case } = {
  yes: decides({ ...first, ...once }),
  session: decides({ ...first, answer: "allow", scope: "session", rule: expect.any(String) }),
  project: decides({ ...first, answer: "allow", scope: "project", rule: expect.any(String) }),
  async no(at, press) {
    press();
    at.type("not that one");
    at.key("enter");
    expect(await decided(at)).toMatchObject([{ ...first, answer: "deny", comment: "not that one" }]);
  },
  "yes-all": decides({ ...first, ...once }, { callId: "c2", ...once }),
  "no-all": decides({ ...first, answer: "deny" }, { callId: "c2", answer: "deny" }),
  up(at, press) {
    press();
    expect(at.store.state.asks.marked).toBe("c2");
  },
  down(at, press) {
    press();
    expect(at.store.state.asks.marked).toBe("c2");
  },
  wider(at, press) {
    press();
    press();
    expect(rules(at)).toHaveLength(1);
    expect(rules(at)[0]).toContain("*");
  },
  narrower(at, press) {
    at.key("tab");
    at.key("tab");
    const [wide] = rules(at);
    press();
    expect(rules(at)).toHaveLength(1);
    expect(rules(at)[0]).not.toBe(wide);
  },
  "edit-rule"(at, press) {
    press();
    expect(at.dialog()).toContain("Bash(");
  },
  details(at, press) {
    press();
    expect(at.pages).toMatchObject([{ rows: expect.arrayContaining([expect.stringContaining("make one")]) }]);
  },
};

/** A list of thirty with the fifteenth marked, and what became of it. */
function list(at: Seat): { marked(): string; chosen: ReturnType<typeof vi.fn> } {
  const chosen = vi.fn(() => null);
  const rows = Array.from({ length: 30 }, (_, index) => ({
    value: index,
    text: `row ${index}`,
    ...(index === 15 && { current: true as const }),
  }));
  const dialog = listDialog({ title: "Rows", rows, empty: "none", choose: chosen });
  at.store.change((state) => ({ ...state, dialog }));
  return { marked: () => /▸ row (\d+)/.exec(at.dialog() ?? "")?.[1] ?? "none", chosen };
}

const marks =
  (expected: number): Case =>
  (at, press) => {
    const { marked } = list(at);
    press();
    expect(marked()).toBe(`${expected}`);
  };

const lists: { readonly [action in ActionOf<"list">]: Case } = {
  up: marks(14),
  down: marks(16),
  "page-up": marks(5),
  "page-down": marks(25),
  choose(at, press) {
    const { chosen } = list(at);
    press();
    expect(chosen).toHaveBeenCalledExactlyOnceWith(15);
    expect(at.dialog()).toBeNull();
  },
  close(at, press) {
    const { chosen } = list(at);
    press();
    expect(chosen).not.toHaveBeenCalled();
    expect(at.dialog()).toBeNull();
  },
};

/** Presses keys in a pager over a hundred lines, the fiftieth at the top; `search` types what is looked for. */
type PagerCase = (at: { top(): number; press(): boolean; type(text: string): void }) => Promise<void> | void;

const reaches = (top: () => number, line: number): Promise<void> =>
  vi.waitFor(() => expect(top()).toBe(line), patient);

const goesTo =
  (line: number): PagerCase =>
  async ({ top, press }) => {
    expect(press()).toBe(true);
    await reaches(top, line);
  };

const pager: { readonly [action in ActionOf<"pager">]: PagerCase } = {
  up: goesTo(49),
  down: goesTo(51),
  "page-up": goesTo(43),
  "page-down": goesTo(57),
  "half-up": goesTo(46),
  "half-down": goesTo(54),
  first: goesTo(1),
  last: goesTo(92),
  async search({ top, press, type }) {
    press();
    type("line 17");
    await reaches(top, 17);
  },
  async "search-again"({ top, press, type }) {
    type("/7");
    await reaches(top, 47);
    press();
    await reaches(top, 37);
  },
  async "search-back"({ top, press, type }) {
    type("/17");
    await reaches(top, 17);
    type("/7");
    await reaches(top, 7);
    press();
    await reaches(top, 17);
  },
  close({ press }) {
    expect(press()).toBe(false);
  },
};

/** A pager of ten rows in the middle of its lines. */
async function reading(chosen: ChosenKeys, chord: string): Promise<Parameters<PagerCase>[0]> {
  const keymap = keymapOf(chosen);
  const block: Block = { lines: () => Array.from({ length: 100 }, (_, line) => plain(`line ${line + 1}`)) };
  const view = new Pager(
    "lines",
    (async function* () {
      yield [block];
    })(),
  );
  const top = (): number =>
    Number(
      view
        .view({ columns: 40, rows: 10 })
        .lines[0]?.map(({ text }) => text)
        .join("")
        .slice("line ".length),
    );
  let open = true;
  view.opened(() => undefined);
  await reaches(top, 92);
  for (let line = 92; line > 50; line -= 1) view.press({ type: "key", chord: "up" }, keymapOf());
  expect(top()).toBe(50);
  const press = presser(
    {
      type: (text) => void (open = view.press({ type: "text", text }, keymap)),
      key: (pressed) => void (open = view.press({ type: "key", chord: pressed }, keymap)),
    },
    chord,
  );
  return {
    top,
    press() {
      press();
      return open;
    },
    type(text) {
      for (const character of text) view.press({ type: "text", text: character }, keymapOf());
      view.press({ type: "key", chord: "enter" }, keymapOf());
    },
  };
}

type Pressed = { chord: string; chosen: ChosenKeys };

/** Every action of a place with the keys that should do it. */
const keysOf = (place: KeyPlace): { action: string; keys: Pressed[] }[] =>
  Object.entries<{ readonly keys: readonly string[] }>(actions[place]).map(([action, { keys }]) => ({
    action,
    keys: [
      ...keys.map((chord) => ({ chord, chosen: {} })),
      { chord: chosenKey, chosen: { [place]: { [action]: [chosenKey] } } },
    ],
  }));

/** The model asks to run two commands, or never comes to an end. */
const provider: Script = ({ raw }) => {
  if (raw.includes("never come back")) return { text: "so", fault: { type: "silence", pings: false } };
  const asks = raw.includes("make it") && !raw.includes("tool_result");
  return asks
    ? {
        calls: ["one", "two"].map((what, at) => ({
          id: `c${at + 1}`,
          name: "bash",
          input: { command: `make ${what}` },
        })),
      }
    : { text: "done" };
};

/** Sits down for each key, in one house, and proves it. */
async function prove(
  keys: readonly Pressed[],
  proof: Case,
  prepare: (at: Seat) => Promise<void> = async () => undefined,
): Promise<void> {
  const house = await buildHouse({ script: provider });
  for (const { chord, chosen } of keys) {
    const at = await sitDown(house, { keys: chosen });
    await prepare(at);
    await proof(at, presser(at, chord));
    at.conversation.interrupt("interrupted");
    await at.conversation.idle();
  }
}

const caseOf = <Of>(cases: { readonly [action: string]: Of }, action: string): Of => {
  const found = cases[action];
  if (found === undefined) throw new Error(`no case for ${action}`);
  return found;
};

describe("the composer's key for", () => {
  it.each(keysOf("composer"))("$action", async ({ action, keys }) => {
    await prove(keys, caseOf(composer, action));
  });
});

describe("a question's key for", () => {
  it.each(keysOf("question"))("$action", async ({ action, keys }) => {
    // A rule that one answer saves for the project would answer the next question.
    for (const key of keys)
      await prove([key], caseOf(question, action), async ({ conversation, store }) => {
        conversation.submit(words("make it"));
        await vi.waitFor(() => {
          expect(store.state.conversation.questions).toHaveLength(2);
          expect(store.state.asks.ready.has("c1")).toBe(true);
        }, patient);
      });
  });
});

describe("a list's key for", () => {
  it.each(keysOf("list"))("$action", async ({ action, keys }) => {
    await prove(keys, caseOf(lists, action));
  });
});

describe("the pager's key for", () => {
  it.each(keysOf("pager"))("$action", async ({ action, keys }) => {
    for (const { chord, chosen } of keys) await caseOf(pager, action)(await reading(chosen, chord));
  });
});

describe("the key that does everywhere", () => {
  it.each(keysOf("everywhere"))("$action", ({ action, keys }) => {
    for (const { chord, chosen } of keys) {
      const went: string[] = [];
      const way = (name: string) => () => void went.push(name);
      routeKey({ type: "key", chord: doesNothing ? "" : chord }, keymapOf(chosen), {
        everywhere: { suspend: way("suspend"), redraw: way("redraw") },
        heard: way("heard"),
        fullView: () => went.push("view") > 0,
        conversation: way("conversation"),
      });
      expect(went).toEqual([action]);
    }
  });
});
