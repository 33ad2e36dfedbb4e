import { describe, expect, it } from "vitest";
import type { NotifyBy } from "../../src/config/notify.ts";
import { openAttention } from "../../src/tui/attention.ts";
import { emptyScreen } from "../../src/tui/screen-state.ts";
import type { Question } from "../../src/tui/state/calls.ts";
import { ScreenStore } from "../../src/tui/store.ts";

const question: Question = {
  callId: "c",
  name: "bash",
  summary: "rm x",
  decision: { effect: "ask", rule: "mode:ask", source: "mode", reason: "No rule." },
  display: [],
  suggestedRule: null,
};

function watched(by: NotifyBy = "osc9", env: { [name: string]: string } = {}) {
  let written = "";
  let time = 0;
  const store = new ScreenStore(emptyScreen, () => true);
  const attention = openAttention({
    store,
    write: (text) => {
      written += text;
    },
    env,
    by,
    title: () => "pro\u0007ject",
    now: () => time,
  });
  const taken = (): string => {
    const text = written;
    written = "";
    return text;
  };
  const turn = (ms: number): void => {
    const from = time;
    store.change((state) => ({ ...state, workingSince: from }));
    time += ms;
    store.change((state) => ({ ...state, workingSince: null }));
  };
  const ask = (): void =>
    store.change((state) => ({ ...state, conversation: { ...state.conversation, questions: [question] } }));
  return { store, attention, taken, turn, ask };
}

describe("attention", () => {
  it("keeps the terminal's title, shows in it what goes on, and gives it back", () => {
    const { attention, taken, store } = watched();
    expect(taken()).toBe("\x1b[22;2t\x1b[?1004h\x1b]2;tau: project\x1b\\");
    store.change((state) => ({ ...state, workingSince: 1 }));
    expect(taken()).toBe("\x1b]2;● tau: project\x1b\\");
    attention.close();
    expect(taken()).toBe("\x1b[23;2t\x1b[?1004l");
  });

  it("is asked for only by who looks elsewhere: at a question, and at the end of a long turn", () => {
    const { attention, taken, turn, ask } = watched();
    turn(60_000);
    expect(taken()).not.toContain("\x1b]9;");
    attention.heard("\x1b[O");
    turn(1000);
    expect(taken()).not.toContain("\x1b]9;");
    turn(60_000);
    expect(taken()).toContain("\x1b]9;Tau is done\x07");
    ask();
    expect(taken()).toContain("\x1b]9;Tau asks whether it may\x07");
    attention.heard("\x1b[I");
    turn(60_000);
    expect(taken()).not.toContain("\x1b]9;");
  });

  it.each<[NotifyBy, { [name: string]: string }, string]>([
    ["auto", { TERM_PROGRAM: "ghostty" }, "\x1b]9;Tau asks whether it may\x07"],
    ["auto", { TERM: "foot" }, "\x1b]777;notify;Tau;Tau asks whether it may\x07"],
    ["auto", { TERM_PROGRAM: "ghostty", TMUX: "1" }, "\x07"],
    ["bell", {}, "\x07"],
    ["osc777", {}, "\x1b]777;notify;Tau;Tau asks whether it may\x07"],
    ["off", {}, ""],
  ])("by %s in %o is asked for with %j", (by, env, sign) => {
    const { attention, taken, ask } = watched(by, env);
    attention.heard("\x1b[O");
    taken();
    ask();
    expect(taken()).toBe(`\x1b]2;? tau: project\x1b\\${sign}`);
  });
});
