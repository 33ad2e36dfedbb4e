import { describe, expect, it } from "vitest";
import { type Cell, FrameWriter } from "../../../src/tui/screen/frame-writer.ts";
import { erasedRows, nameIn, nameQuestion, resizingOf } from "../../../src/tui/screen/reflow.ts";

describe("what is known of a terminal", () => {
  it.each<[string, Record<string, string>, string | null, string, boolean]>([
    ["tmux by its variable", { TMUX: "/tmp/x" }, null, "wraps", true],
    ["tmux over SSH by its name", { TERM: "screen-256color" }, "tmux 3.3a", "wraps", true],
    ["tmux over SSH before it answers", { TERM: "tmux-256color" }, null, "wraps_above", true],
    ["xterm over SSH by its name", { TERM: "xterm-256color" }, "xterm(388)", "cuts", false],
    ["xterm by its variable", { XTERM_VERSION: "XTerm(388)" }, null, "cuts", false],
    ["GNU screen", { STY: "1", TERM: "screen" }, null, "cuts", true],
    ["kitty over SSH", { TERM: "xterm-kitty" }, "kitty(0.35.1)", "wraps", false],
    ["nobody knows", { TERM: "xterm-256color" }, null, "wraps_above", false],
  ])("%s", (_, env, name, reflow, tmux) => {
    expect(resizingOf(env, name)).toMatchObject({ reflow, tmux });
  });

  it("comes from a report of its name, which is not asked for where the question would be shown", () => {
    expect(nameIn("\u001bP>|tmux 3.3a\u001b\\")).toBe("tmux 3.3a");
    expect(nameIn("\u001b[?62;4c")).toBeNull();
    expect(nameQuestion({ TERM: "xterm-256color" })).toBe("\u001b[>q");
    for (const TERM of ["linux", "vt100", "dumb"]) expect(nameQuestion({ TERM })).toBe("");
  });

  it("has to stand still for longer where sizes are told late", () => {
    const ms = (env: Record<string, string>) => resizingOf(env, null).settleMs;
    expect(ms({})).toBeLessThan(ms({ SSH_TTY: "/dev/pts/1" }));
    expect(ms({ SSH_TTY: "/dev/pts/1" })).toBeLessThan(ms({ TMUX: "x" }));
    // tmux: server-client.c sends a pane's size at most every 250 ms.
    expect(ms({ TMUX: "x" })).toBeGreaterThan(250);
  });
});

describe("rows to erase", () => {
  const shown = ["", "x".repeat(60), "typed words"];
  it.each<[string, Cell, number, "wraps" | "wraps_above" | "cuts", number]>([
    ["those above are wrapped", { row: 2, column: 3 }, 40, "wraps_above", 3],
    ["those above were cut", { row: 2, column: 3 }, 40, "cuts", 2],
    ["the cursor's is wrapped, too", { row: 2, column: 9 }, 8, "wraps", 1 + 8 + 1],
    ["the cursor stands behind its row's end", { row: 2, column: 40 }, 20, "wraps", 1 + 3],
    ["the cursor's row ends in the last column", { row: 1, column: 60 }, 60, "wraps", 1],
  ])("%s", (_, at, columns, reflow, rows) => {
    expect(erasedRows(shown, at, columns, reflow)).toBe(rows);
  });

  it("reach the region's first where the cursor stands behind text of which only the terminal knows the width", () => {
    const written: string[] = [];
    const terminal = { write: (text: string) => written.push(text) > 0, once: () => undefined };
    let clock = 0;
    const tmux = resizingOf({ TMUX: "x" }, null);
    const writer = new FrameWriter(terminal, { columns: 90, rows: 20 }, tmux, () => clock);
    const frame = { rows: ["", "› hello", "model"], caret: { row: 1, column: 7 } };
    writer.draw(frame);
    clock += 1000;
    writer.resize({ columns: 40, rows: 20 });
    writer.draw(frame);
    // Not by an erasure from the screen's first cell on, which tmux would keep in the scrollback.
    expect(written.at(-1)).toContain("\u001b[1A\r\u001b[20M");
    // What is erased behind a text is wrapped as text: a row that shrinks is erased from its beginning.
    writer.draw({ rows: ["", "› he", "model"], caret: { row: 1, column: 4 } });
    expect(written.at(-1)).toContain("\u001b[K› he");
  });
});
