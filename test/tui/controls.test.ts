import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { evict, putBack } from "../../src/agent/compaction/evict.ts";
import { compactNow } from "../../src/agent/compaction/manual.ts";
import { queueBound } from "../../src/agent/queue.ts";
import { runTurn } from "../../src/agent/turn.ts";
import { windowContents } from "../../src/agent/window-contents.ts";
import type { OpenSession, SessionShelf } from "../../src/app/contract.ts";
import { words } from "../../src/core/attachment.ts";
import type { AgentEvent, EphemeralEvent } from "../../src/core/event.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { textOf } from "../../src/core/message.ts";
import type { Effort } from "../../src/core/model.ts";
import type { ApprovalAnswer } from "../../src/core/permission.ts";
import { everyCommand } from "../../src/tui/commands.ts";
import { type Controlled, controls } from "../../src/tui/controls.ts";
import { Conversation } from "../../src/tui/conversation.ts";
import { keymapOf } from "../../src/tui/input/keymap.ts";
import type { Chord } from "../../src/tui/input/keys.ts";
import { offerPlan } from "../../src/tui/plan/plan-dialog.ts";
import { Approvals } from "../../src/tui/questions/approvals.ts";
import { answerGuardMs } from "../../src/tui/questions/asks.ts";
import { emptyScreen } from "../../src/tui/screen-state.ts";
import { ScreenStore } from "../../src/tui/store.ts";
import { noAnswer } from "../../src/tui/streaming.ts";
import { themeSwitch } from "../../src/tui/theme/switch.ts";
import { makeBench, memoryStorage } from "../support/agent.ts";
import { makeHands } from "../support/hands.ts";
import { fails, type Reply, says } from "../support/scripted-upstream.ts";

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

const noSessions: SessionShelf = {
  list: async () => [],
  search: async () => [],
  lastExchange: async () => ({ prompt: "", answer: "" }),
  rename: async () => undefined,
  remove: async () => undefined,
  async *export() {},
};

/** A person at the keys of a UI over a session whose model is scripted, or whose turns are given. */
async function desk(script: Reply[] = [], run?: OpenSession["run"], hands = makeHands()) {
  const bench = await makeBench({ storage: memoryStorage() });
  bench.upstream.script(...script);
  const { queue } = bench.run;
  const store = new ScreenStore(emptyScreen, () => true);
  const approvals = new Approvals(store, async () => ({ matched: 0, looked: 0, examples: [] }));
  const turn: OpenSession["run"] = (input) => runTurn({ ...bench.run, signal: input.signal }, input);
  const conversation = new Conversation(
    {
      run: run ?? turn,
      queue,
      compact: ({ focus, signal }) => compactNow({ ...bench.run, signal }, focus ?? null),
      evict: (pieces) => evict({ ...bench.run, signal: new AbortController().signal }, pieces),
      putBack: async function* (eviction) {
        const run = { ...bench.run, signal: new AbortController().signal };
        return (yield* putBack(run, eviction, bench.entries)) !== null;
      },
    },
    store,
    () => offerPlan(place),
  );
  const left = vi.fn();
  const shown = vi.fn();
  let opened: (before: string) => void = () => undefined;
  const modes: string[] = [];
  const plansLeft: string[] = [];
  const drawn: string[] = [];
  const written: string[][] = [];
  const chosen: { model: string; effort: Effort | null } = { model: "test/model", effort: null };
  const place: Controlled = {
    store,
    conversation,
    approvals,
    session: () => ({
      id: bench.run.session.id,
      model: chosen.model,
      effort: chosen.effort,
      efforts: ["low", "high"],
      setModel: async (name) => {
        if (!name.includes("/")) throw new Error(`there is no model ${name}`);
        chosen.model = name;
      },
      setEffort: (effort) => {
        chosen.effort = effort;
      },
      tools: ["bash", "read"],
      moneyLeft: async () => null,
      previewCompaction: () => null,
      jobs: { list: () => [], output: async () => null, stop: async () => false },
      windowContents: () => windowContents(bench.run),
      mode: bench.run.permissions.mode,
      contacts: () => [],
      setMode(mode) {
        modes.push(mode);
        bench.run.permissions.mode = mode;
      },
      leavePlan: async (proposal) => void plansLeft.push(proposal),
      rules: {
        all: () => bench.run.permissions.rules,
        forget: async (rule) => {
          bench.run.permissions.drop(rule);
          return null;
        },
        add: async () => null,
        fileOf: () => null,
        forCommand: () => ({ free: true, rule: null }),
        pastMatches: async () => ({ matched: 0, looked: 0, examples: [] }),
      },
      seesImages: true,
      ...hands.session,
      async *transcript() {},
      tree: async () => ({ points: [], left: 0 }),
      fork: async () => "fork" as SessionId,
      label: async () => undefined,
      rename: async () => undefined,
      previewFiles: async () => null,
      diffFiles: async () => [],
      restoreFiles: async () => null,
    }),
    ...hands.place,
    cwd: "/project",
    size: () => ({ columns: 80, rows: 24 }),
    keymap: keymapOf(),
    textColumns: () => 76,
    chosenKeys: {},
    externalEditor: () => Promise.resolve(),
    goTo: () =>
      new Promise((resolve) => {
        opened = (before) => resolve({ id: before as SessionId });
      }),
    goToCopy: async () => Promise.reject(new Error("no copy was made")),
    moveTo: async () => Promise.reject(new Error("there is no such point")),
    sessions: noSessions,
    copyText: async () => "copied",
    redraw: () => undefined,
    doctor: async () => [],
    everyCommand: async () => {
      await hands.place.fileCommands.refresh();
      return everyCommand(hands.place.fileCommands.all, null);
    },
    settings: {
      list: async () => [],
      write: async (key, given) => {
        written.push([key, ...given]);
        return `${key} = ${given.join(" ")} in config.json`;
      },
    },
    open: (dialog) => store.change((state) => ({ ...state, dialog })),
    transcript: () => undefined,
    scroll: () => false,
    page: shown,
    caps: undefined,
    models: async () => [
      {
        name: "test/model",
        contextWindow: 200_000,
        price: { input: 3, output: 15 },
        efforts: ["low", "high"],
      },
      { name: "test/other", contextWindow: 1_000_000, price: null, efforts: [] },
    ],
    themes: themeSwitch({ name: "auto", own: [] }, null, 24, (theme) => void drawn.push(theme.name)),
    tell: (text) => store.say(text, "info"),
    warn: (text) => store.say(text, "warning"),
    leave: left,
  };
  const press = controls(place);
  return {
    store,
    approvals,
    opened: (before: string) => opened(before),
    queue,
    conversation,
    left,
    shown,
    plansLeft,
    planMode() {
      bench.run.permissions.mode = "plan";
    },
    allow: (rule: string) => void bench.run.permissions.remember({ answer: "allow", scope: "session", rule }),
    rules: () => bench.run.permissions.rules,
    modes,
    drawn,
    written,
    /** What the model was asked by persons, request by request. */
    asked: () =>
      bench.upstream.requests.map(({ messages }) =>
        messages.filter(({ role }) => role === "user").map(({ parts }) => textOf(parts)),
      ),
    pending: () => store.state.pending.map(({ text }) => text),
    type: (text: string) => press({ type: "text", text }),
    key: (chord: Chord) => press({ type: "key", chord }),
    notices: () =>
      store.state.conversation.finished.flatMap((item) => (item.type === "notice" ? [item.text] : [])),
  };
}

describe("a question", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("takes no key before a person can have read it, and y, a or p after that", async () => {
    for (const [key, expected] of [
      ["y", { answer: "allow", scope: "once" }],
      ["a", { answer: "allow", scope: "session", rule: "Bash(rm x)" }],
      ["p", { answer: "allow", scope: "project", rule: "Bash(rm x)" }],
    ] satisfies [string, ApprovalAnswer][]) {
      const { store, approvals, type, key: press } = await desk();
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
      press("ctrl+u");
      type(key);
      expect(store.state.editor.text).toBe("");
      await expect(answered).resolves.toEqual(expected);
    }
  });

  it("is answered by n with a reason or without one; Escape goes back to the question", async () => {
    for (const [typed, comment] of [
      ["", undefined],
      ["use a dry run, yes?", "use a dry run, yes?"],
    ] as const) {
      const { store, approvals, conversation, type, key: press } = await desk();
      const answered = approvals.approver(question, new AbortController().signal);
      store.push(live({ type: "approval.requested", ...question }));
      vi.advanceTimersByTime(answerGuardMs);
      type("n");
      type("never mind");
      press("escape");
      expect(store.state).toMatchObject({ asks: { refusing: null }, editor: { text: "" } });
      type("n");
      // Every key is a part of the reason now.
      for (const one of typed) type(one);
      expect(store.state.editor.text).toBe(typed);
      press("tab");
      press("enter");
      await expect(answered).resolves.toEqual({
        answer: "deny",
        scope: "once",
        ...(comment !== undefined && { comment }),
      });
      expect(store.state).toMatchObject({ asks: { refusing: null }, editor: { text: "" } });
      expect([conversation.begun, conversation.waiting]).toEqual([false, 0]);
    }
  });

  it("that is gone before it takes keys leaves no timer behind", async () => {
    const { approvals } = await desk();
    const controller = new AbortController();
    const asked = approvals.approver(question, controller.signal);
    controller.abort("interrupted");
    await expect(asked).rejects.toBe("interrupted");
    expect(vi.getTimerCount()).toBe(0);
    await expect(approvals.approver(question, controller.signal)).rejects.toBe("interrupted");
  });
});

describe("several questions", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const details = {
    rules: [
      { width: "exact", rule: "Bash(rm x)" },
      { width: "program", rule: "Bash(rm:*)" },
    ],
    commands: [],
  };

  /** Questions about commands of which all can be seen in a row, open and past the guard. */
  async function asked(...ids: string[]) {
    const at = await desk();
    const answers = ids.map((callId) => {
      const one = {
        ...question,
        callId,
        details,
        display: [{ type: "text" as const, text: `rm ${callId}` }],
      };
      const answer = at.approvals.approver(one, new AbortController().signal);
      at.store.push(live({ type: "approval.requested", ...one }));
      return answer;
    });
    vi.advanceTimersByTime(answerGuardMs);
    return { ...at, answers, ids: () => at.store.state.conversation.questions.map(({ callId }) => callId) };
  }

  it("are walked and answered one by one; the next takes no key before it could be read", async () => {
    const { key, type, answers, ids, store } = await asked("c1", "c2", "c3");
    key("down");
    type("y");
    await expect(answers[1]).resolves.toEqual({ answer: "allow", scope: "once" });
    expect([ids(), store.state.asks.marked]).toEqual([["c1", "c3"], "c3"]);
    // The same key again at once is no answer, and no word for the model either.
    type("y");
    expect([ids(), store.state.editor.text]).toEqual([["c1", "c3"], ""]);
    vi.advanceTimersByTime(answerGuardMs);
    key("up");
    key("right");
    type("a");
    await expect(answers[0]).resolves.toEqual({ answer: "allow", scope: "session", rule: "Bash(rm:*)" });
  });

  it("are all answered by one key: yes for those shown whole, no for any", async () => {
    const yes = await asked("c1", "c2");
    yes.type("Y");
    expect(await Promise.all(yes.answers)).toEqual(Array(2).fill({ answer: "allow", scope: "once" }));
    const no = await asked("c1", "c2", "c3");
    no.type("N");
    expect(await Promise.all(no.answers)).toEqual(Array(3).fill({ answer: "deny", scope: "once" }));
    const long = await desk();
    const display = [{ type: "text" as const, text: "line\n".repeat(200) }];
    const gone: string[] = [];
    for (const callId of ["c1", "c2"]) {
      const one = { ...question, callId, ...(callId === "c1" && { display }) };
      void long.approvals.approver(one, new AbortController().signal).then(() => gone.push(callId));
      long.store.push(live({ type: "approval.requested", ...one }));
    }
    vi.advanceTimersByTime(answerGuardMs);
    long.type("Y");
    await Promise.resolve();
    expect(gone).not.toContain("c1");
  });

  it("take an edited rule, but none that cannot be read", async () => {
    const { key, type, answers, store } = await asked("c1");
    type("e");
    type("(");
    key("enter");
    expect(store.state.dialog).not.toBeNull();
    key("ctrl+u");
    type("Bash(rm -f *)");
    key("enter");
    expect(store.state.dialog).toBeNull();
    type("p");
    await expect(answers[0]).resolves.toEqual({ answer: "allow", scope: "project", rule: "Bash(rm -f *)" });
  });

  it("show all about themselves in the pager with d", async () => {
    const { type, shown } = await asked("c1");
    type("d");
    expect(shown).toHaveBeenCalledOnce();
  });
});

describe("a plan", () => {
  const proposes = [says("# Plan\n1. a"), says("done")];
  const planned = async () => {
    const at = await desk(proposes);
    at.planMode();
    at.conversation.submit({ parts: [{ type: "text", text: "plan it" }], attached: [] });
    await at.conversation.idle();
    const guarded = at.store.state.dialog;
    expect(guarded).not.toBeNull();
    at.key("escape");
    expect(at.store.state.dialog).toBe(guarded);
    await vi.waitFor(() => expect(at.store.state.dialog).not.toBe(guarded), 10_000);
    at.key("escape");
    at.type("/plan");
    at.key("enter");
    return at;
  };

  it("is offered when the turn is over; accepted, it is told and carried out in the mode that was chosen", async () => {
    const at = await planned();
    at.key("down");
    at.key("enter");
    await at.conversation.idle();
    expect(at.modes).toEqual(["edit"]);
    expect(at.asked().at(-1)?.at(-1)).toMatch(/^The plan is accepted.*1\. a$/s);
    expect(at.store.state.conversation.plan).toMatchObject({ status: "accepted" });
  });

  it("is edited in the composer; Escape goes back, Enter accepts what stands there", async () => {
    const at = await planned();
    at.type("edit it");
    at.key("enter");
    expect(at.store.state.editor.text).toBe("# Plan\n1. a");
    at.key("escape");
    expect([at.store.state.editor.text, at.store.state.drafting]).toEqual(["", null]);
    at.type("edit it");
    at.key("enter");
    at.type(" and b");
    at.key("enter");
    at.key("enter");
    await at.conversation.idle();
    expect(at.asked().at(-1)?.at(-1)).toContain("1. a and b");
  });

  it("is left: the mode is ask again and the ledger is told", async () => {
    const at = await planned();
    at.type("leave");
    at.key("enter");
    expect([at.modes, at.plansLeft.length, at.store.state.conversation.plan?.status]).toEqual([
      ["ask"],
      1,
      "left",
    ]);
  });
});

it("/permissions lists the rules, and Ctrl+X removes one that an answer made", async () => {
  const at = await desk();
  at.allow("Bash(make:*)");
  at.type("/permissions");
  at.key("enter");
  at.type("make");
  at.key("ctrl+x");
  await vi.waitFor(() => expect(at.notices().at(-1)).toMatch(/allow Bash\(make:\*\) holds no more/));
  expect(at.rules().map(({ text }) => text)).not.toContain("Bash(make:*)");
});

describe("vim in the composer", () => {
  it("is turned on and off by /vim, one insertion is one step, and Enter sends in normal mode", async () => {
    const { store, type, key, asked, conversation } = await desk([says("done")]);
    type("/vim");
    key("enter");
    expect(store.state.vim?.mode).toBe("insert");
    for (const word of ["one ", "two ", "three"]) type(word);
    key("escape");
    expect(store.state.vim?.mode).toBe("normal");
    type("bdwA");
    expect(store.state).toMatchObject({ editor: { text: "one two " }, vim: { mode: "insert" } });
    type("four");
    key("escape");
    type("u");
    expect(store.state.editor.text).toBe("one two ");
    type("u");
    expect(store.state.editor.text).toBe("one two three");
    type("uu");
    expect(store.state.editor.text).toBe("/vim".slice(4));
    key("ctrl+r");
    expect(store.state.editor.text).toBe("one two three");
    key("left");
    key("end");
    expect(store.state.editor.caret).toBe("one two three".length - 1);
    key("enter");
    await conversation.idle();
    expect(asked().at(-1)).toEqual(["one two three"]);
    expect(store.state.vim?.mode).toBe("insert");
    type("/vim");
    key("enter");
    expect(store.state.vim).toBeNull();
  });
});

describe("a conversation", () => {
  it("says why a turn could not even begin, and takes the next", async () => {
    const { conversation, notices, store } = await desk([], async function* () {
      yield live({ type: "text.delta", step: 1, delta: "half" });
      throw new Error("the disk is full");
    });
    conversation.submit(words("go"));
    await conversation.idle();
    expect(notices()).toEqual(["the disk is full"]);
    expect(store.state).toMatchObject({ workingSince: null, conversation: { answer: noAnswer } });
    expect(store.state.conversation.finished).toMatchObject([
      { type: "answer", pieces: [{ content: { text: "half" } }] },
      {},
    ]);
  });

  it("steers with Enter, queues with Tab, and says what is queued in the turns after", async () => {
    const at: Awaited<ReturnType<typeof desk>> = await desk([
      function* () {
        for (const [text, key] of [
          ["docs", "tab"],
          ["in blue", "enter"],
          ["tests", "tab"],
        ] as const) {
          at.type(text);
          at.key(key);
        }
        yield* says("begun");
      },
      function* () {
        expect(at.pending()).toEqual(["docs", "tests"]);
        yield* says("painted");
      },
      says("documented"),
      says("tested"),
    ]);
    at.type("paint");
    at.key("enter");
    await at.conversation.idle();
    expect(at.asked().at(-1)).toEqual(["paint", "in blue", "docs", "tests"]);
    expect(at.asked()).toHaveLength(4);
    expect(at.store.state).toMatchObject({ pending: [], workingSince: null, editor: { text: "" } });
  });

  it("keeps what waits when a turn fails, and says it when Enter is pressed with nothing typed", async () => {
    const at: Awaited<ReturnType<typeof desk>> = await desk([
      function* () {
        at.type("late");
        at.key("enter");
        at.type("later");
        at.key("tab");
        at.type("in the middle of");
        yield* fails("auth");
      },
      says("one"),
      says("two"),
      says("three"),
    ]);
    at.conversation.submit(words("first"));
    await at.conversation.idle();
    expect(at.store.state).toMatchObject({
      pending: [
        { text: "late", held: true },
        { text: "later", held: true },
      ],
      editor: { text: "in the middle of" },
    });
    at.key("enter");
    await at.conversation.idle();
    expect(at.pending()).toEqual(["late", "later"]);
    at.key("enter");
    await at.conversation.idle();
    expect(at.asked().at(-1)).toEqual(["first", "in the middle of", "late", "later"]);
    expect(at.pending()).toEqual([]);
  });

  it("gives waiting messages back: the last one with Up in an empty composer, all with Escape", async () => {
    const { conversation, queue, store, key, pending } = await desk();
    for (const text of ["a", "b", "c"]) await queue.add("follow_up", [{ type: "text", text }]);
    key("up");
    await vi.waitFor(() => expect(store.state.editor.text).toBe("c"));
    expect(pending()).toEqual(["a", "b"]);
    // There is a text to move in now.
    key("up");
    key("escape");
    await vi.waitFor(() => expect(store.state.editor.text).toBe("a\nb\nc"));
    expect([conversation.waiting, pending()]).toEqual([0, []]);
  });

  it("keeps what is typed when too many messages wait", async () => {
    const at: Awaited<ReturnType<typeof desk>> = await desk([
      function* () {
        for (let n = 0; n < queueBound; n += 1) at.conversation.submit(words(`${n}`));
        at.type("one too many");
        at.key("enter");
        yield* fails("auth");
      },
    ]);
    at.conversation.submit(words("go"));
    await at.conversation.idle();
    expect(at.store.state).toMatchObject({
      editor: { text: "one too many" },
      hint: expect.stringMatching(/too many/),
    });
    expect(at.pending()).toHaveLength(queueBound);
  });
});

describe("a command", () => {
  it("acts here and is never said; one that is none stays to be put right, and a path is words", async () => {
    const at = await desk([says("ok")]);
    const enter = (text: string): void => {
      at.key("ctrl+u");
      at.type(text);
      at.key("enter");
    };
    enter("/mode full");
    expect([at.modes, at.store.state.mode, at.store.state.editor.text]).toEqual([["full"], "full", ""]);
    enter("/mdoe plan");
    // It may be one from a file, and those are looked for first.
    await vi.waitFor(() => expect(at.notices()).toHaveLength(2));
    expect(at.notices().at(-1)).toMatch(/no command \/mdoe; did you mean \/mode\?/);
    expect(at.store.state.editor.text).toBe("/mdoe plan");
    enter("/compact the API");
    await at.conversation.idle();
    expect(at.notices().at(-1)).toBe("there is nothing to compact yet");
    enter("/quit");
    expect(at.left).toHaveBeenCalledOnce();
    expect(at.conversation.begun).toBe(false);
    enter("/usr/bin/env is gone");
    await at.conversation.idle();
    expect(at.asked()).toEqual([["/usr/bin/env is gone"]]);
  });

  it("that opens another session waits for the turn, and nothing is sent beside it", async () => {
    const at: Awaited<ReturnType<typeof desk>> = await desk([
      function* () {
        at.type("/new");
        at.key("enter");
        yield* says("done");
      },
      says("again"),
    ]);
    at.conversation.submit(words("go"));
    await at.conversation.idle();
    expect(at.notices()).toEqual([expect.stringMatching(/\/new has to wait/)]);
    at.key("enter");
    at.type("hello");
    at.key("enter");
    expect(at.store.state).toMatchObject({ editor: { text: "hello" }, hint: "/new is under way" });
    at.opened("0190");
    await vi.waitFor(() => expect(at.notices().at(-1)).toBe("a new session; the one before: tau -r 0190"));
    at.key("enter");
    await at.conversation.idle();
    expect(at.asked().at(-1)).toEqual(["go", "hello"]);
  });
});

describe("the model and its effort", () => {
  it("are picked from a list or named, and the footer shows what holds", async () => {
    const at = await desk();
    at.key("alt+p");
    await vi.waitFor(() => expect(at.store.state.dialog).not.toBeNull());
    at.type("other");
    at.key("enter");
    await vi.waitFor(() => expect(at.store.state.model).toBe("test/other"));
    expect(at.notices()).toContain("from the next step on: test/other; --keep keeps it for good");
    for (const [typed, effort] of [
      ["/effort high", "high"],
      ["/effort auto", null],
    ] as const) {
      at.type(typed);
      at.key("enter");
      await vi.waitFor(() => expect(at.store.state.effort).toBe(effort));
    }
    at.type("/effort");
    at.key("enter");
    at.key("down");
    at.key("enter");
    expect(at.store.state.effort).toBe("low");
  });

  it("that cannot be had are told and change nothing", async () => {
    const at = await desk();
    at.type("/model nonsense");
    at.key("enter");
    await vi.waitFor(() => expect(at.notices()).toContain("there is no model nonsense"));
    at.type("/effort much");
    at.key("enter");
    await vi.waitFor(() => expect(at.notices()).toContain("test/model takes low, high or auto"));
    expect([at.store.state.model, at.store.state.effort]).toEqual([emptyScreen.model, null]);
  });
});

describe("the theme", () => {
  it("is tried as the mark moves, kept when taken, and as before when not", async () => {
    const at = await desk();
    at.type("/theme");
    at.key("enter");
    at.key("down");
    at.key("down");
    at.key("escape");
    expect(at.drawn).toEqual(["dark", "light", "16-colour"]);
    at.type("/theme");
    at.key("enter");
    at.type("contrast");
    at.key("enter");
    expect(at.drawn.at(-1)).toBe("high-contrast");
    at.type("/theme ligth");
    at.key("enter");
    expect(at.notices().at(-1)).toContain("did you mean light?");
  });
});

describe("a choice that lasts", () => {
  it("is written into the settings by --keep, or by ctrl+s in its list; without them nothing is", async () => {
    const at = await desk();
    for (const typed of ["/mode edit", "/effort high", "/theme dark", "/vim"]) {
      at.type(typed);
      at.key("enter");
    }
    expect(at.written).toEqual([]);
    at.type("/vim");
    at.key("enter");
    let expected = 0;
    for (const [typed, ...wrote] of [
      ["/mode edit --keep", "mode", "edit"],
      ["/effort --keep high", "effort", "high"],
      ["/effort auto --keep", "effort"],
      ["/theme light --keep", "theme", "light"],
      ["/model test/other --keep", "model", "test/other"],
      ["/vim --keep", "editor", "vim"],
      ["/vim --keep", "editor", "emacs"],
    ] as const) {
      at.type(typed);
      at.key("enter");
      expected += 1;
      // The next command waits for the one before to be over, which its word is the sign of.
      await vi.waitFor(() =>
        expect(at.notices().filter((text) => text.includes("kept:"))).toHaveLength(expected),
      );
      expect(at.written.at(-1)).toEqual(wrote);
    }
    expect(at.notices()).toContain("theme light; kept: theme = light in config.json");
    at.written.splice(0);
    for (const typed of ["/theme", "/effort"]) {
      at.type(typed);
      at.key("enter");
      at.key("down");
      at.key("ctrl+s");
    }
    at.type("/model");
    at.key("enter");
    await vi.waitFor(() => expect(at.store.state.dialog).not.toBeNull());
    at.key("ctrl+s");
    await vi.waitFor(() => expect(at.written.map(([key]) => key)).toEqual(["theme", "effort", "model"]));
  });

  it("of keys is the key that is pressed; one that is typed text there is refused", async () => {
    const at = await desk();
    at.type("/keys");
    at.key("enter");
    at.type("composer.newline");
    at.key("enter");
    at.type("x");
    expect(at.notices().at(-1)).toMatch(/"x" is typed text there/);
    expect(at.written).toEqual([]);
    at.type("/keys");
    at.key("enter");
    at.type("composer.newline");
    at.key("enter");
    at.key("ctrl+n");
    await vi.waitFor(() => expect(at.written).toEqual([["keys.composer.newline", "ctrl+n"]]));
    expect(at.notices().at(-1)).toContain("from the next start of Tau on");
  });
});

describe("the palette", () => {
  it("runs the command that is taken, or begins to type one that wants words", async () => {
    const at = await desk();
    // What is typed right behind the key is for the list, though its rows are still being read.
    at.key("ctrl+k");
    at.type("cost");
    at.key("enter");
    expect(at.store.state.editor.text).toBe("");
    await vi.waitFor(() => expect(at.notices().join()).toContain("this session:"));
    expect(at.store.state.dialog).toBeNull();
    at.key("ctrl+k");
    at.type("mode");
    at.key("enter");
    await vi.waitFor(() => expect(at.store.state.editor.text).toBe("/mode "));
    at.key("ctrl+u");
    at.key("ctrl+k");
    at.key("escape");
    at.type("words");
    await vi.waitFor(() => expect(at.store.state.editor.text).toBe("words"));
    expect(at.store.state.dialog).toBeNull();
  });
});

describe("keys", () => {
  it("leave only by two interrupts in a row, and walk through the modes", async () => {
    const { key, type, left, modes, store } = await desk();
    key("ctrl+c");
    type("x");
    key("ctrl+c");
    expect(store.state.editor.text).toBe("");
    expect(left).not.toHaveBeenCalled();
    for (let n = 0; n < 4; n += 1) key("shift+tab");
    expect(modes).toEqual(["edit", "full", "plan", "ask"]);
    key("ctrl+c");
    expect(left).not.toHaveBeenCalled();
    key("ctrl+c");
    expect(left).toHaveBeenCalledOnce();
  });
});
