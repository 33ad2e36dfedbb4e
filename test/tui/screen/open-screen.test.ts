import { expect, onTestFinished, test, vi } from "vitest";
import { footerItems } from "../../../src/config/footer.ts";
import { openScreen } from "../../../src/tui/screen/open-screen.tsx";
import { emptyScreen, type ScreenState } from "../../../src/tui/screen-state.ts";
import { tell } from "../../../src/tui/state/items.ts";
import { ScreenStore } from "../../../src/tui/store.ts";
import type { ColourDepth } from "../../../src/tui/theme/colour.ts";
import { ownColours } from "../../../src/tui/theme/themes.ts";
import { FakeTerminal } from "../../support/fake-terminal.ts";

function stage(
  env: { [name: string]: string } = {},
  depth: ColourDepth = 4,
  motion: "full" | "reduced" = "full",
) {
  const terminal = new FakeTerminal();
  const store = new ScreenStore({ ...emptyScreen, model: "a/b" }, () => true);
  const say = (text: string): void =>
    store.change((state) => ({ ...state, conversation: tell(state.conversation, text) }));
  say("said before");
  const screen = openScreen({
    store,
    footer: { cwd: "/p", items: footerItems, motion },
    env,
    terminal,
    theme: ownColours,
    depth,
  });
  return { terminal, store, screen, say };
}

const footer = "a/b · ask · context 0% · 0 in, 0 out · $0.0000 · /p";
const composer = "›   what shall we do? ctrl+j: new line";

test("finished items are written once and leave the state, and the cursor is where the next key shows", async () => {
  const { terminal, store, screen, say } = stage();
  expect(store.state.conversation.finished).toEqual([]);
  say("one");
  say("two");
  expect(store.state.conversation.finished).toEqual([]);
  const said = ["", "· said before", "", "· one", "", "· two"];
  expect(await terminal.shown()).toEqual({ lines: [...said, "", composer, footer], cursor: "› " });
  terminal.resize(20, 8);
  store.change((state) => ({ ...state, editor: { text: "typed", caret: 3 } }));
  // Nothing is drawn while the terminal may still take another size.
  await vi.waitFor(
    async () =>
      expect(await terminal.shown()).toEqual({
        lines: [...said, "", "› typed", "ask · 0% · $0.0000"],
        cursor: "› typ",
      }),
    { timeout: 30_000 },
  );
  say("three");
  await screen.close();
  await screen.close();
  expect(await terminal.shown()).toEqual({ lines: [...said, "", "· three"], cursor: "" });
  expect(terminal.listenerCount("resize")).toBe(0);
});

test("a full terminal gets nothing; what is finished waits in the state, and whoever brings more waits with it", async () => {
  const { terminal, store, screen, say } = stage();
  await terminal.shown();
  terminal.full = true;
  say("the last one it took");
  await terminal.shown();
  const before = terminal.written;
  const { signal } = new AbortController();
  const names = Array.from({ length: 600 }, (_, index) => `item ${index}`);
  for (const name of names.slice(0, 400)) say(name);
  await store.room(signal);
  for (const name of names.slice(400)) say(name);
  let room = false;
  const waiting = store.room(signal).then(() => {
    room = true;
  });
  await terminal.shown();
  expect(room).toBe(false);
  expect(terminal.written).toBe(before);
  const stopped = new AbortController();
  const given = store.room(stopped.signal);
  stopped.abort();
  await given;
  const closed = screen.close();
  terminal.drain();
  await closed;
  const { lines } = await terminal.shown();
  expect(lines.filter((line) => line.includes("item"))).toEqual(names.map((name) => `· ${name}`));
  expect(store.state.conversation.finished).toEqual([]);
  expect(lines.join("\n")).not.toContain(composer);
  await waiting;
});

const refuses = (): never => {
  throw new Error("it cannot be drawn");
};

test.each<[what: string, act: (set: ReturnType<typeof stage>) => void]>([
  [
    "the live region",
    ({ store }) =>
      store.change((state) => ({ ...state, dialog: { asked: null, view: refuses, press: () => null } })),
  ],
  [
    "a finished item",
    ({ store }) => {
      const item = {
        type: "notice",
        level: "info",
        get text() {
          return refuses();
        },
      } as const;
      const finished = ({ conversation }: ScreenState) => ({ ...conversation, finished: [item] });
      store.change((state) => ({ ...state, conversation: finished(state) }));
    },
  ],
  [
    "a view that fills the screen",
    ({ screen }) => screen.show({ view: refuses, press: refuses, opened: () => undefined }),
  ],
])("an error in drawing %s ends drawing only, and leaves the terminal as it was", async (_, act) => {
  const { terminal, store, screen, say } = stage();
  const set = { terminal, store, screen, say };
  say("one");
  expect(() => act(set)).not.toThrow();
  expect(await screen.broken).toEqual(new Error("it cannot be drawn"));
  await terminal.shown();
  const before = terminal.written;
  say("two");
  store.change((state) => ({ ...state, model: "c/d" }));
  await terminal.shown();
  expect(terminal.written).toBe(before);
  await screen.close();
  // Not a row of a stack trace either.
  expect(await terminal.shown()).toEqual({ lines: ["", "· said before", "", "· one"], cursor: "" });
  expect(terminal.written).not.toMatch(/ at .*:\d+/);
  expect(terminal.written.match(/\u001b\[\?1049h/g) ?? []).toHaveLength(
    terminal.written.match(/\u001b\[\?1049l/g)?.length ?? 0,
  );
});

test.each([
  ["full", true],
  ["reduced", false],
] as const)("with %s motion a turn that only waits writes each second: %s", async (motion, moves) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { terminal, store, screen } = stage({}, 4, motion);
  store.change((state) => ({ ...state, workingSince: Date.now() }));
  await vi.advanceTimersByTimeAsync(500);
  const before = terminal.written;
  expect(before).toContain("working");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(terminal.written !== before).toBe(moves);
  const closed = screen.close();
  await vi.advanceTimersByTimeAsync(100);
  await closed;
});

test("nothing but text and its styles is written, and no colour where none is wanted", async () => {
  for (const [depth, coloured] of [
    [4, true],
    [1, false],
  ] as const) {
    const { terminal, store, screen, say } = stage({}, depth);
    say("evil \u001b[2J\u001b]0;title\u0007\u001b[31m");
    store.change((state) => ({ ...state, model: "m\u001b[2J\n" }));
    const { lines } = await terminal.shown();
    expect(lines).toContain("· evil ");
    expect(terminal.written).not.toMatch(/\u001b\[[23]J|\u0007|\u001b\]/);
    expect(/\u001b\[3[0-8]m/.test(terminal.written)).toBe(coloured);
    await screen.close();
  }
});
