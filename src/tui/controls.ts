/** What keys do. */
import { messageOf } from "../core/errors.ts";
import type { Approvals } from "./approvals.ts";
import { type CommandPlace, commandIn, commandNamed, modes, type TypedCommand } from "./commands.ts";
import type { Conversation } from "./conversation.ts";
import * as editing from "./input/editor.ts";
import type { Key, KeyName } from "./input/keys.ts";
import { refused } from "./screen-state.ts";
import { type Question, tell, warn } from "./state.ts";
import { clean } from "./view/clean.ts";

/** Keys that only change what is being typed. */
const edits: { readonly [name in KeyName]?: (editor: editing.Editor) => editing.Editor } = {
  newline: (editor) => editing.insert(editor, "\n"),
  backspace: editing.backspace,
  delete: editing.deleteForward,
  "delete-word": editing.deleteWord,
  "delete-line": editing.deleteToLineStart,
  left: editing.left,
  right: editing.right,
  down: editing.down,
  "line-start": editing.lineStart,
  "line-end": editing.lineEnd,
};

/** What keys act on. */
export type Controlled = CommandPlace & {
  conversation: Pick<
    Conversation,
    "submit" | "followUp" | "sendWaiting" | "takeBack" | "stop" | "interrupt" | "working"
  >;
  approvals: Pick<Approvals, "answer">;
};

/** Makes the function that takes keys. */
export function controls(place: Controlled): (key: Key) => void {
  const { store, conversation, approvals, session, leave } = place;
  let told = 0;
  /** A command that takes its time: nothing is sent beside it, for it may change the session. */
  let running: string | null = null;
  const edit = (change: (editor: editing.Editor) => editing.Editor): void =>
    store.change((state) => ({ ...state, editor: change(state.editor), hint: null }));

  const tellOf = (text: string, add: typeof tell): void => {
    told += 1;
    store.change((state) => ({ ...state, conversation: add(state.conversation, `told-${told}`, text) }));
  };

  const command = async ({ name, argument }: TypedCommand): Promise<void> => {
    const found = commandNamed(name);
    // What is no command stays where it was typed, to be put right.
    if (typeof found === "string") return tellOf(found, warn);
    if (conversation.working && !found.whileWorking)
      return tellOf(`/${name} has to wait until the turn is over; esc stops it`, warn);
    edit(() => editing.emptyEditor);
    try {
      const outcome = found.run(place, argument);
      // One that works as a turn does has a queue for what is typed meanwhile.
      if (outcome instanceof Promise && !conversation.working) running = name;
      // Awaited only where there is something to wait for: what is typed behind it in one go is not to be refused.
      const text = outcome instanceof Promise ? await outcome : outcome;
      if (text !== null) tellOf(text, tell);
    } catch (error) {
      tellOf(messageOf(error), warn);
    } finally {
      running = null;
    }
  };

  const send = (deliver: (text: string) => boolean): void => {
    const typed = commandIn(store.state.editor.text);
    if (running !== null) store.change((state) => ({ ...state, hint: `/${running} is under way` }));
    else if (typed !== null) void command(typed);
    else if (deliver(store.state.editor.text.trim())) edit(() => editing.emptyEditor);
    else store.change((state) => ({ ...state, hint: "too many messages wait already" }));
  };

  const submit = (): void => {
    if (store.state.editor.text.trim() === "") conversation.sendWaiting();
    else send((text) => conversation.submit(text));
  };

  /** Behind the turn that runs; without one it is a tab in what is typed. */
  const queue = (): void => {
    if (!conversation.working) edit((editor) => editing.insert(editor, "\t"));
    else if (store.state.editor.text.trim() !== "") send((text) => conversation.followUp(text));
  };

  /** In an empty composer there is no line above: what was typed last is there. */
  const up = (): void => {
    if (store.state.editor.text === "" && store.state.pending.length > 0) void conversation.takeBack("last");
    else edit(editing.up);
  };

  /** The first one stops what runs and empties what is typed; another one right after it leaves. */
  const interruptOrLeave = (): void => {
    if (store.state.hint === leaveHint) leave();
    conversation.interrupt("interrupted");
    store.change((state) => ({ ...state, editor: editing.emptyEditor, hint: leaveHint }));
  };

  const changeMode = (): void => {
    const next = modes[(modes.indexOf(store.state.mode) + 1) % modes.length] ?? "ask";
    session().setMode(next);
    store.change((state) => ({ ...state, mode: next, hint: null }));
  };

  /** Whether the text was the answer to a question rather than something typed. */
  const answers = (text: string): boolean => {
    const { conversation: shown, answerable, editor } = store.state;
    const [question] = shown.questions;
    if (!question || question.callId !== answerable || editor.text !== "" || refused(store.state))
      return false;
    const { callId, suggestedRule } = question;
    const always = (scope: "session" | "project"): void => {
      if (suggestedRule) approvals.answer(callId, { answer: "allow", scope, rule: suggestedRule });
    };
    if (text === "y") approvals.answer(callId, { answer: "allow", scope: "once" });
    else if (text === "a" && suggestedRule) always("session");
    else if (text === "p" && suggestedRule) always("project");
    else if (text !== "n") return false;
    store.change((state) => ({ ...state, hint: null, refusing: text === "n" ? callId : null }));
    return true;
  };

  const refuse = ({ callId }: Question): void => {
    const comment = store.state.editor.text.trim();
    approvals.answer(callId, { answer: "deny", scope: "once", ...(comment && { comment }) });
    store.change((state) => ({ ...state, refusing: null, editor: editing.emptyEditor, hint: null }));
  };

  /** Keys that mean something else while a reason is typed; false for all others. */
  const whileRefusing = (question: Question, name: KeyName): boolean => {
    if (name === "enter") refuse(question);
    else if (name === "escape")
      store.change((state) => ({ ...state, refusing: null, editor: editing.emptyEditor }));
    else if (name === "up") edit(editing.up);
    else return name === "tab";
    return true;
  };

  return (key) => {
    if (key.type === "paste") return edit((editor) => editing.insert(editor, typeable(key.text)));
    if (key.type === "text") {
      if (!answers(key.text)) edit((editor) => editing.insert(editor, typeable(key.text)));
      return;
    }
    const question = refused(store.state);
    if (question && whileRefusing(question, key.name)) return;
    switch (key.name) {
      case "interrupt":
        return interruptOrLeave();
      case "end-of-input":
        return store.state.editor.text === "" && !conversation.working
          ? interruptOrLeave()
          : edit(editing.deleteForward);
      case "escape":
        store.change((state) => ({ ...state, hint: null }));
        void conversation.stop();
        return;
      case "enter":
        return submit();
      case "tab":
        return queue();
      case "up":
        return up();
      case "shift-tab":
        return changeMode();
      default: {
        const change = edits[key.name];
        if (change) edit(change);
      }
    }
  };
}

const leaveHint = "ctrl+c again leaves";

/** Tabs belong to pasted code and stay; what cannot be typed does not get in. */
const typeable = (text: string): string => text.split("\t").map(clean).join("\t");
