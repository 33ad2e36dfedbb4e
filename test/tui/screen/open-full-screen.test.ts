import { expect, test } from "vitest";
import { footerItems } from "../../../src/config/footer.ts";
import { openFullScreen } from "../../../src/tui/screen/open-full-screen.tsx";
import { emptyScreen } from "../../../src/tui/screen-state.ts";
import { tell } from "../../../src/tui/state/items.ts";
import { ScreenStore } from "../../../src/tui/store.ts";
import { ownColours } from "../../../src/tui/theme/themes.ts";
import { FakeTerminal } from "../../support/fake-terminal.ts";

function stage() {
  const terminal = new FakeTerminal();
  const store = new ScreenStore({ ...emptyScreen, model: "a/b" }, () => true);
  const say = (text: string): void =>
    store.change((state) => ({ ...state, conversation: tell(state.conversation, text) }));
  const screen = openFullScreen({
    store,
    footer: { cwd: "/p", items: footerItems, motion: "full" },
    env: {},
    terminal,
    theme: ownColours,
    depth: 4,
  });
  return { terminal, store, screen, say };
}

const live = [
  "›   what shall we do? ctrl+j: new line",
  "a/b · ask · context 0% · 0 in, 0 out · $0.0000 · /p",
];

test("what was said stands at the top, what is live at the bottom; a page up stays while more is said", async () => {
  const { terminal, screen, say } = stage();
  say("one");
  const empty = Array.from({ length: 7 }, () => "");
  expect(await terminal.screen()).toEqual(["", "· one", ...empty, "", ...live]);
  for (let n = 2; n <= 20; n += 1) say(`said ${n}`);
  expect((await terminal.screen()).slice(-4)).toEqual(["· said 20", "", ...live]);
  expect(screen.scroll(-1)).toBe(true);
  const read = await terminal.screen();
  expect(read.slice(-4)).toEqual(["↓ more below: pagedown", "", ...live]);
  say("said 21");
  expect(await terminal.screen()).toEqual(read);
  screen.scroll(1);
  screen.scroll(1);
  expect((await terminal.screen()).slice(-4)).toEqual(["· said 21", "", ...live]);
  terminal.resize(30, 6);
  expect((await terminal.screen()).at(-1)).toBe("b · ask · 0% · 0/0 · $0.0000");
  await screen.close();
  const { lines } = await terminal.shown();
  expect(terminal.alternate).toBe(false);
  expect(lines.filter((line) => line.includes("said"))).toHaveLength(20);
  expect(lines.join()).not.toContain("what shall we do");
  expect(terminal.listenerCount("resize")).toBe(0);
});

test("a terminal that takes nothing gets the last frame only, when it drains", async () => {
  const { terminal, screen, say } = stage();
  await terminal.shown();
  terminal.full = true;
  say("it took this");
  await terminal.shown();
  const before = terminal.written;
  for (let n = 0; n < 50; n += 1) say(`said ${n}`);
  await terminal.shown();
  expect(terminal.written).toBe(before);
  terminal.drain();
  expect((await terminal.screen()).slice(-4)).toEqual(["· said 49", "", ...live]);
  expect(terminal.written.slice(before.length)).not.toContain("said 20");
  await screen.close();
});

test("an error in drawing gives the terminal back with all that was said before", async () => {
  const { terminal, store, screen, say } = stage();
  say("one");
  await terminal.shown();
  const refuses = (): never => {
    throw new Error("it cannot be drawn");
  };
  store.change((state) => ({ ...state, dialog: { asked: null, view: refuses, press: () => null } }));
  expect(await screen.broken).toEqual(new Error("it cannot be drawn"));
  await screen.close();
  expect((await terminal.shown()).lines).toEqual(["", "· one"]);
  expect(terminal.alternate).toBe(false);
});
