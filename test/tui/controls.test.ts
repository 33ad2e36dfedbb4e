import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InputQueue } from "../../src/agent/queue.ts";
import type { OpenSession } from "../../src/app.ts";
import type { AgentEvent, ApprovalAnswer, EphemeralEvent, TurnResult } from "../../src/core/event.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { zeroUsage } from "../../src/core/usage.ts";
import { Approvals } from "../../src/tui/approvals.ts";
import { controls } from "../../src/tui/controls.ts";
import { Conversation } from "../../src/tui/conversation.ts";
import type { KeyName } from "../../src/tui/input/keys.ts";
import { answerGuardMs, emptyScreen } from "../../src/tui/screen-state.ts";
import { ScreenStore } from "../../src/tui/store.ts";

const live = (event: EphemeralEvent): AgentEvent => ({
  v: 1,
  seq: 1,
  at: 0,
  sessionId: "s" as SessionId,
  turnId: null,
  agent: "main",
  ...event,
});

const question = {
  callId: "c",
  name: "bash",
  summary: "rm x",
  decision: { effect: "ask" as const, rule: "mode:ask", source: "built-in", reason: "No rule." },
  display: [],
  suggestedRule: "Bash(rm x)",
};

const result = (reason: TurnResult["reason"]): TurnResult => ({
  reason,
  text: "",
  steps: 1,
  usage: zeroUsage,
  cost: null,
  durationMs: 1,
  toolCalls: 0,
  denied: 0,
  evidence: { verify: null, editsSinceVerify: 0 },
});

/** A person at the keys of a UI over a session whose turns are given. */
function desk(
  run: OpenSession["run"] = async function* () {
    yield live({ type: "turn.finished", result: result("done") });
    return result("done");
  },
) {
  const store = new ScreenStore(emptyScreen, () => true);
  const approvals = new Approvals((callId) => store.change((state) => ({ ...state, answerable: callId })));
  const queue = new InputQueue();
  const conversation = new Conversation({ run, queue }, store);
  const left = vi.fn();
  const modes: string[] = [];
  const press = controls({
    store,
    conversation,
    approvals,
    session: { setMode: (mode) => void modes.push(mode) },
    leave: left,
  });
  return {
    store,
    approvals,
    queue,
    conversation,
    left,
    modes,
    type: (text: string) => press({ type: "text", text }),
    key: (name: KeyName) => press({ type: "key", name }),
    notices: () =>
      store.state.conversation.finished.flatMap((item) => (item.type === "notice" ? [item.text] : [])),
  };
}

describe("a question", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("takes no key before a person can have read it, and y, n or a after that", async () => {
    for (const [key, expected] of [
      ["y", { answer: "allow", scope: "once" }],
      ["n", { answer: "deny", scope: "once" }],
      ["a", { answer: "allow", scope: "session", rule: "Bash(rm x)" }],
    ] satisfies [string, ApprovalAnswer][]) {
      const { store, approvals, type, key: press } = desk();
      const answered = approvals.approver(question, new AbortController().signal);
      store.push(live({ type: "approval.requested", ...question }));
      vi.advanceTimersByTime(answerGuardMs - 1);
      type(key);
      expect(store.state.editor.text).toBe(key);
      press("backspace");
      vi.advanceTimersByTime(1);
      type("x");
      expect(store.state.editor.text).toBe("x");
      // Something is being typed: it goes on being typed.
      type(key);
      expect(store.state.editor.text).toBe(`x${key}`);
      press("delete-line");
      type(key);
      expect(store.state.editor.text).toBe("");
      await expect(answered).resolves.toEqual(expected);
    }
  });

  it("that is gone before it takes keys leaves no timer behind", async () => {
    const { approvals } = desk();
    const controller = new AbortController();
    const asked = approvals.approver(question, controller.signal);
    controller.abort("interrupted");
    await expect(asked).rejects.toBe("interrupted");
    expect(vi.getTimerCount()).toBe(0);
    await expect(approvals.approver(question, controller.signal)).rejects.toBe("interrupted");
  });
});

describe("a conversation", () => {
  it("says why a turn could not even begin, and takes the next", async () => {
    const { conversation, notices, store } = desk(async function* () {
      yield live({ type: "text.delta", step: 1, delta: "half" });
      throw new Error("the disk is full");
    });
    conversation.submit("go");
    await conversation.idle();
    expect(notices()).toEqual(["the disk is full"]);
    expect(store.state).toMatchObject({ workingSince: null, conversation: { answer: { text: "" } } });
    expect(store.state.conversation.finished).toMatchObject([{ type: "answer", text: "half" }, {}]);
  });

  it("begins the next turn with what came too late to steer, and gives it back when the turn failed", async () => {
    for (const [reason, said, typed] of [
      ["done", ["first", "late"], ""],
      ["unavailable", ["first"], "late\nin the middle of"],
    ] as const) {
      const seen: string[] = [];
      const { conversation, store, type } = desk(async function* ({ parts }) {
        seen.push(parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
        if (seen.length === 1) {
          conversation.submit("late");
          if (reason !== "done") type("in the middle of");
          expect(store.state.pending).toEqual(["late"]);
        }
        yield live({ type: "turn.finished", result: result(reason) });
        return result(reason);
      });
      conversation.submit("first");
      await conversation.idle();
      expect(seen).toEqual(said);
      expect(store.state).toMatchObject({ pending: [], editor: { text: typed } });
    }
  });

  it("keeps what is typed when too many messages wait", async () => {
    let end: () => void = () => undefined;
    const { conversation, store, type, key } = desk(async function* () {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      yield live({ type: "turn.finished", result: result("interrupted") });
      return result("interrupted");
    });
    conversation.submit("go");
    for (let n = 0; n < 100; n += 1) conversation.submit(`${n}`);
    type("one too many");
    key("enter");
    expect(store.state).toMatchObject({
      editor: { text: "one too many" },
      hint: expect.stringMatching(/too many/),
    });
    end();
    await conversation.idle();
    expect(store.state.editor.text.split("\n")).toHaveLength(101);
  });
});

describe("keys", () => {
  it("leave only by two interrupts in a row, and walk through the modes", () => {
    const { key, type, left, modes, store } = desk();
    key("interrupt");
    type("x");
    key("interrupt");
    expect(store.state.editor.text).toBe("");
    expect(left).not.toHaveBeenCalled();
    for (let n = 0; n < 4; n += 1) key("shift-tab");
    expect(modes).toEqual(["edit", "full", "plan", "ask"]);
    key("interrupt");
    expect(left).not.toHaveBeenCalled();
    key("interrupt");
    expect(left).toHaveBeenCalledOnce();
  });
});
