/** The conversation in plain lines: for screen readers, terminals that cannot move their cursor, scripts and logs. */
import { createInterface } from "node:readline";
import type { OpenApp, SessionChoice } from "../../app/contract.ts";
import { exitCodes, messageWithHint } from "../../core/errors.ts";
import { formatUsd } from "../../core/usage.ts";
import { copyText } from "../clipboard.ts";
import type { CommandPlace } from "../commands.ts";
import type { Controlled } from "../controls.ts";
import { openInEditor } from "../editing-keys.ts";
import { editExternally } from "../external-editor.ts";
import { codeOf, leaving, onSignals, resumeLine } from "../leaving.ts";
import { openConversation } from "../open-conversation.ts";
import type { Block } from "../pager/pager.ts";
import { transcriptPages } from "../pager/transcript.ts";
import { offerPlan } from "../plan/plan-dialog.ts";
import type { Item } from "../state/items.ts";
import type { ThemeChoice } from "../theme/choice.ts";
import { themeSwitch } from "../theme/switch.ts";
import { clean } from "../view/clean.ts";
import { usageText } from "../view/footer-line.ts";
import { desk } from "./desk.ts";
import { ItemSpeaker } from "./items.ts";
import { messagesIn } from "./messages.ts";
import { PlainOutput } from "./output.ts";
import { Progress, progressText } from "./progress.ts";
import { inWords } from "./words.ts";

/** What it is started with. */
export type PlainOptions = {
  app: OpenApp;
  choice: SessionChoice;
  cwd: string;
  theme: ThemeChoice;
  env: { readonly [name: string]: string | undefined };
  /** See {@link CommandPlace.doctor}. */
  doctor: CommandPlace["doctor"];
  /** Said first; empty for nothing. */
  firstTask: string;
};

/** Wider than any line: a terminal breaks lines itself, and a reader of a log wants them whole. */
const columns = 1_000_000;

/** Talks until the person leaves or the input ends. */
export async function startPlain({
  app,
  choice,
  cwd,
  theme,
  env,
  doctor,
  firstTask,
}: PlainOptions): Promise<void> {
  const { stdin, stdout } = process;
  const typed = stdin.isTTY === true;
  const output = new PlainOutput(stdout, typed && stdout.isTTY === true);
  const items = new ItemSpeaker();
  const opened = await openConversation({
    app,
    choice,
    cwd,
    env,
    doctor,
    fits: () => true,
    atRest: () => offerPlan(place),
  });
  const { store, conversation, sessions, common } = opened;
  store.change((state) => ({ ...state, vim: null }));
  const { asked: left, ask: leave } = leaving(() => void sessions.current().endCommands());
  const ending = new AbortController();
  void left.then(() => ending.abort());
  /** Going over to another session: no line is read past it. */
  let moving: Promise<unknown> = Promise.resolve();
  const follow = <Result>(work: Promise<Result>): Promise<Result> => {
    moving = work.catch(() => undefined);
    return work;
  };
  const page = (title: string, blocks: readonly Block[]): void =>
    speak([`${inWords(title)}:`, ...blocks.flatMap(blockText)]);
  const place: Controlled = {
    ...common,
    goTo: (next) => follow(common.goTo(next)),
    goToCopy: (id) => follow(common.goToCopy(id)),
    moveTo: (target) => follow(common.moveTo(target)),
    textColumns: () => columns,
    size: () => ({ columns, rows: columns }),
    externalEditor: () =>
      openInEditor({ store, warn: common.warn, edit: (text) => editExternally(text, env, ending.signal) }),
    transcript: () => void follow(transcript()),
    scroll: () => false,
    page,
    // A terminal is given nothing but lines here, and so no clipboard sequence.
    copyText: (text) =>
      copyText(text, {
        env: { ...env, TERM: "dumb" },
        platform: process.platform,
        folder: app.paths.state,
        write: () => undefined,
      }),
    redraw: () => store.changeSoon((state) => ({ ...state })),
    themes: themeSwitch(theme, null, 1, () => undefined),
    leave: () => leave("left"),
  };
  const transcript = async (): Promise<void> => {
    const pages: (readonly Block[])[] = [];
    for await (const blocks of transcriptPages(sessions.current().transcript())) pages.unshift(blocks);
    page(`session ${sessions.current().id}`, pages.flat());
  };

  const progress = new Progress(() => {
    const text = progressText(store.state, Date.now());
    if (text !== null) output.print([text]);
  });
  const speak = (lines: readonly string[]): void => {
    output.print(lines);
    if (lines.length > 0) progress.restart(working());
  };
  const working = (): boolean => store.state.workingSince !== null || store.state.shell !== null;
  const person = desk({ place, items, print: speak });
  let lastLine = "";
  let hint: string | null = null;
  let worked = false;
  let over = false;
  let given = "";
  let draining = false;
  /** What a person typed themselves stands there already. */
  const isEcho = (item: Item): boolean =>
    item.type === "user" && item.note === null && item.attached.length === 0 && item.text === lastLine;
  const tell = (): void => {
    if (output.full) {
      if (!draining) {
        draining = true;
        void output.drained().then(() => {
          draining = false;
          tell();
        });
      }
      return;
    }
    speak(store.takeFinished().flatMap((item) => (isEcho(item) ? [] : items.lines(item))));
    if (store.state.hint !== hint) {
      hint = store.state.hint;
      if (hint !== null) speak([`note: ${inWords(hint)}`]);
    }
    if (working() !== progress.watching) progress.restart(working());
    const isWorking = store.state.workingSince !== null;
    if (worked && !isWorking) {
      const { turnCost, cost, usage } = store.state.conversation;
      speak([
        ...items.close(),
        `cost: ${formatUsd(turnCost)} for this turn, ${formatUsd(cost)} in all, ${inWords(usageText(usage))}`,
      ]);
    }
    worked = isWorking;
    setImmediate(settle);
  };
  /** At rest somebody is asked to go on. */
  const settle = (): void => {
    if (over) return;
    speak(person.asks());
    const { editor, drafting } = store.state;
    const resting = !working() && !person.busy();
    if (resting && editor.text !== "" && editor.text !== given)
      speak([
        `kept, not sent: ${editor.text}`,
        `(an empty line ${drafting === null ? "sends" : "accepts"} it, /editor changes it, another line takes its place)`,
      ]);
    if (resting) given = editor.text;
    if (person.asked()) output.prompt("answer: ");
    else if (resting && store.state.dialog === null) output.prompt("you: ");
  };

  /** Resolves when a line is wanted: nothing runs, or something is asked. */
  const wanted = async (): Promise<void> => {
    for (;;) {
      await Promise.all([person.hands.idle(), moving]);
      if (person.asked()) return;
      const waits = conversation.working || person.busy() || store.state.dialog !== null;
      if (!waits) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stop();
          resolve();
        };
        const stop = store.subscribe(() => {
          if (!conversation.working || person.asked()) done();
        });
        void conversation.idle().then(() => setImmediate(done));
      });
    }
  };

  /** What is asked stands above what answers it. */
  const listening = async (): Promise<void> => {
    await wanted();
    tell();
    settle();
  };

  const read = async (): Promise<void> => {
    if (firstTask !== "") take(firstTask);
    const lines = createInterface({ input: stdin, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
    // Heard from here on: lines that come while the first task is worked on, and the end of them, would be lost.
    const coming = lines[Symbol.asyncIterator]();
    void left.then(() => lines.close());
    // What ended at a question before this began does not tell of it again.
    if (stdin.readableEnded) lines.close();
    if (!typed) await listening();
    for await (const line of messagesIn({ [Symbol.asyncIterator]: () => coming })) {
      output.heard(line, person.asked() ? "answer: " : "you: ");
      take(line);
      // A script's next line is for when this one is done with.
      if (!typed) await listening();
    }
    // Nobody is there to answer any more.
    person.close();
    while (conversation.working) {
      for (const { callId } of store.state.conversation.questions)
        place.approvals.answer(callId, { answer: "deny", scope: "once" });
      await wanted();
      if (store.state.conversation.questions.length === 0) await conversation.idle();
    }
    leave("left");
  };
  let interrupted = false;
  const take = (line: string): void => {
    interrupted = false;
    lastLine = line.trim();
    try {
      person.take(line);
    } catch (error) {
      common.warn(messageWithHint(error));
    }
    void person.hands.idle().then(tell);
    tell();
  };
  const interrupt = (): void => {
    if (!typed || interrupted) {
      leave(typed ? "left" : "interrupted");
      return;
    }
    interrupted = true;
    const stopped = person.close() || person.hands.stop() || conversation.working;
    conversation.interrupt("interrupted");
    speak([`${stopped ? "note: stopped; c" : "note: c"}trl+c again leaves`]);
    tell();
  };
  const stopListening = onSignals((how) => (how === "interrupted" ? interrupt() : leave(how)));
  const gone = (): void => leave("terminated");
  stdout.on("error", gone);
  const unsubscribe = store.subscribe(tell);
  try {
    const { model, mode } = store.state;
    speak([`Tau in plain lines. Model ${model}, mode ${mode}. /help lists the commands.`]);
    tell();
    offerPlan(place);
    read().catch((error: unknown) => {
      common.warn(messageWithHint(error));
      leave("terminated");
    });
    const how = await left;
    conversation.interrupt(how === "terminated" ? "terminated" : "interrupted");
    await conversation.idle();
    process.exitCode = how === "left" && !typed ? exitCodes[conversation.lastEnd] : codeOf(how);
  } finally {
    over = true;
    unsubscribe();
    speak([...store.takeFinished().flatMap((item) => items.lines(item)), ...items.close()]);
    progress.restart(false);
    opened.close();
    stopListening();
    stdin.pause();
    // A file has nothing to let go of.
    if ("unref" in stdin) stdin.unref();
  }
  if (opened.worthResuming()) output.print([resumeLine(sessions.current(), conversation.waiting)]);
}

/** Signs that begin a line of a transcript, and what is said for them. */
const begins: { readonly [sign: string]: string } = {
  "›": "you:",
  "●": "call:",
  "✓": "ok:",
  "✗": "failed:",
  "∴": "thought:",
  "·": "note:",
};

/** A block to be read, as text. */
const blockText = (block: Block): string[] =>
  block.lines(columns).map((line) =>
    clean(line.map(({ text }) => text).join(""))
      .trimEnd()
      .replace(/^[›●✓✗∴·](?= )/, (sign) => begins[sign] ?? sign),
  );
