import { describe, expect, it } from "vitest";
import type { SessionShelf } from "../../../src/app/contract.ts";
import type { SessionId } from "../../../src/core/ids.ts";
import type { SessionSummary } from "../../../src/core/store.ts";
import { zeroUsage } from "../../../src/core/usage.ts";
import type { Dialog } from "../../../src/tui/dialog/dialog.ts";
import { keymapOf } from "../../../src/tui/input/keymap.ts";
import { sessionPicker } from "../../../src/tui/sessions/picker.ts";
import { nano, sessionId } from "../../support/entries.ts";

const session = (n: number, title: string, cwd = "/here"): SessionSummary => ({
  id: sessionId(n),
  title,
  cwd,
  branch: n % 2 ? "main" : null,
  model: "test/m",
  mode: "ask",
  createdAt: 0,
  updatedAt: Date.now() - n * 60_000,
  leaf: null,
  lastSeq: 1,
  turns: 2,
  usage: zeroUsage,
  cost: nano(1_500_000_000),
  unpricedCalls: 0,
});

/** A shelf that counts what is read of it, and a person at its picker. */
async function picking(all: SessionSummary[]) {
  const read: number[] = [];
  const renamed: string[] = [];
  const removed: SessionId[] = [];
  const chosen: SessionId[] = [];
  const told: string[] = [];
  const shelf: SessionShelf = {
    async list({ cwd, limit, skip }) {
      const page = all.filter((one) => cwd === undefined || one.cwd === cwd).slice(skip, skip + limit);
      read.push(page.length);
      return page;
    },
    async search(text, { cwd }) {
      const hits = all.filter((one) => (cwd === undefined || one.cwd === cwd) && text === "walrus");
      return hits
        .slice(-1)
        .map((one) => ({ session: one, entryId: "e" as never, at: 0, type: "t", snippet: "of a walrus" }));
    },
    lastExchange: async (id) => ({ prompt: `asked in ${id.slice(9, 13)}`, answer: "An answer." }),
    async rename(_, title) {
      renamed.push(title);
    },
    async remove(id) {
      removed.push(id);
    },
    async *export() {},
  };
  const dialog = await sessionPicker({
    sessions: shelf,
    session: () => ({ id: sessionId(9999) }),
    cwd: "/here",
    redraw: () => undefined,
    choose: (id) => void chosen.push(id),
    tell: (text) => void told.push(text),
    warn: (text) => void told.push(text),
  });
  const place: { dialog: Dialog | null } = { dialog };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    read,
    renamed,
    removed,
    chosen,
    async press(...keys: string[]) {
      for (const key of keys) {
        const typed = key.startsWith(":")
          ? ({ type: "key", chord: key.slice(1) } as const)
          : ({ type: "text", text: key } as const);
        place.dialog = place.dialog?.press(typed, keymapOf()) ?? null;
      }
      await settle();
    },
    screen: () =>
      (place.dialog?.view({ columns: 80, rows: 20, now: 0 }).lines ?? [])
        .map((line) => line.map(({ text }) => text).join(""))
        .join("\n"),
    get open() {
      return place.dialog !== null;
    },
  };
}

describe("the session picker", () => {
  it("reads one page of ten thousand sessions, and the next only for whoever walks there", async () => {
    const desk = await picking(Array.from({ length: 10_000 }, (_, n) => session(n + 1, `task ${n + 1}`)));
    desk.screen();
    expect(desk.read).toEqual([100]);
    await desk.press(...Array.from({ length: 8 }, () => ":pagedown"));
    expect(desk.read).toEqual([100, 100]);
    await desk.press(":pagedown", ":pagedown", ":pagedown", ":enter");
    expect(desk.chosen).toEqual([sessionId(111)]);
  });

  it("shows age, cost, branch and the last exchange; finds by title first, then by what was said", async () => {
    const desk = await picking([session(1, "Fix the walls"), session(2, "Other"), session(3, "Third")]);
    await desk.press();
    expect(desk.screen()).toContain("▸ Fix the walls  1 min · $1.50 · main");
    expect(desk.screen()).toContain("› asked in 0001");
    await desk.press("wal");
    expect(desk.screen()).toContain("▸ Fix the walls");
    desk.screen();
    await desk.press("rus");
    desk.screen();
    await desk.press();
    expect(desk.screen()).toContain("▸ Third  3 min · $1.50 · main · “of a walrus”");
    await desk.press(":enter");
    expect([desk.chosen, desk.open]).toEqual([[sessionId(3)], false]);
  });

  it("shows other folders at a key, renames, and deletes only after a yes", async () => {
    const desk = await picking([session(1, "Mine"), session(2, "Theirs", "/elsewhere")]);
    expect(desk.screen()).not.toContain("Theirs");
    await desk.press(":ctrl+f");
    expect(desk.screen()).toContain("Theirs  2 min · $1.50 · elsewhere");
    await desk.press(":ctrl+r", "!", ":enter");
    expect([desk.renamed, desk.screen()]).toEqual([["Mine!"], expect.stringContaining("▸ Mine!")]);
    await desk.press(":ctrl+x", ":enter");
    expect([desk.removed, desk.screen()]).toEqual([[], expect.stringContaining("Mine!")]);
    await desk.press(":ctrl+x", ":down", ":enter");
    expect(desk.removed).toEqual([sessionId(1)]);
    expect(desk.screen()).not.toContain("Mine!");
    await desk.press(":enter");
    expect(desk.chosen).toEqual([sessionId(2)]);
  });
});
