/** What keys do. */
import { messageWithHint } from "../core/errors.ts";
import { commandRunner } from "./command-runner.ts";
import { pickModel } from "./commands/models.ts";
import { type CommandPlace, completed } from "./commands.ts";
import { composerHands } from "./compose/hands.ts";
import type { ComposePlace } from "./compose/place.ts";
import type { Deliver } from "./compose/sending.ts";
import type { Conversation } from "./conversation.ts";
import { commandPalette } from "./dialog/command-palette.ts";
import { openSoon } from "./dialog/opening.ts";
import { cleared, type EditingPlace, editingKeys } from "./editing-keys.ts";
import type { ActionOf } from "./input/actions.ts";
import { startedAnew } from "./input/editor/editing.ts";
import type { Run } from "./input/editor/history.ts";
import { brokenAtBackslash, emptyEditor, insert } from "./input/editor.ts";
import type { Key } from "./input/keys.ts";
import { modes } from "./modes.ts";
import { acceptDraft, leaveDraft } from "./plan/plan-dialog.ts";
import { answersQuestion, type QuestionPlace, refuse } from "./questions/question-keys.ts";
import { refused, type ScreenState } from "./screen-state.ts";
import { clean } from "./view/clean.ts";
import { typing, vimKeys } from "./vim-keys.ts";

/** What keys act on. */
export type Controlled = CommandPlace &
  QuestionPlace &
  EditingPlace &
  ComposePlace & {
    /** Turns pages of what was said; false where it does not scroll by itself. */
    scroll(pages: -1 | 1): boolean;
    conversation: Pick<
      Conversation,
      | "submit"
      | "accept"
      | "followUp"
      | "sendWaiting"
      | "takeBack"
      | "stop"
      | "interrupt"
      | "working"
      | "waiting"
    >;
  };

/** Makes the function that takes keys. */
export function controls(place: Controlled): (key: Key) => void {
  const { store, conversation, session, leave, keymap } = place;
  const { edit, up, down, ...editing } = editingKeys(place);
  /** What was typed is on its way: the next thing typed begins anew. */
  const sent = (): void =>
    store.change((state) => ({
      ...state,
      editor: emptyEditor,
      editing: startedAnew(state.editing),
      vim: typing(state.vim),
      hint: null,
    }));

  const { run: command, running } = commandRunner(place, sent);
  const hands = composerHands({
    place,
    runCommand: command,
    complete: (name, before) => completed(place, name, before),
    sent,
    enter: () => doing.send(),
  });
  const send = (deliver: Deliver): void => {
    const name = running();
    if (name !== null) store.change((state) => ({ ...state, hint: `/${name} is under way` }));
    else hands.send(deliver);
  };

  /** The first one stops what runs and empties what is typed; another one right after it leaves. */
  const interruptOrLeave = (): void => {
    if (store.state.hint === leaveHint) leave();
    hands.stop();
    conversation.interrupt("interrupted");
    store.change((state) => ({ ...cleared(state), hint: leaveHint }));
  };

  const scroll = (pages: -1 | 1): void => {
    if (!place.scroll(pages)) store.change((state) => ({ ...state, hint: scrollHint }));
  };

  const doing: { readonly [action in ActionOf<"composer">]: () => void } = {
    ...editing,
    "history-search": hands["history-search"],
    stash: hands.stash,
    "paste-image": hands["paste-image"],
    expand: hands.expand,
    send() {
      const broken = brokenAtBackslash(store.state.editor);
      if (broken) return edit("typing", () => broken);
      const question = refused(store.state);
      if (question) refuse(place, question);
      else if (store.state.drafting !== null) acceptDraft(place);
      else if (store.state.editor.text.trim() === "") conversation.sendWaiting();
      else send((said) => conversation.submit(said));
    },
    /** Behind the turn that runs; without one it is a tab in what is typed. */
    queue() {
      if (refused(store.state)) return;
      if (!conversation.working) edit("typing", (editor) => insert(editor, "\t"));
      else if (store.state.editor.text.trim() !== "") send((said) => conversation.followUp(said));
    },
    stop() {
      if (refused(store.state))
        return store.change((state) => ({ ...cleared(state), asks: { ...state.asks, refusing: null } }));
      if (store.state.drafting !== null) {
        store.change(cleared);
        return leaveDraft(place);
      }
      const idle = !conversation.working && store.state.editor.text === "" && conversation.waiting === 0;
      const again = store.state.hint === rewindHint;
      store.change((state) => ({ ...state, hint: null }));
      if (hands.stop()) return;
      if (!idle) void conversation.stop();
      else if (again) void command({ name: "rewind", argument: "" });
      else store.change((state) => ({ ...state, hint: rewindHint }));
    },
    interrupt: interruptOrLeave,
    "end-of-input": () =>
      store.state.editor.text === "" && !conversation.working ? interruptOrLeave() : editing.delete(),
    transcript: place.transcript,
    "scroll-up": () => scroll(-1),
    "scroll-down": () => scroll(1),
    "external-editor": () => void place.externalEditor(),
    "pick-model": () => void pickModel(place).catch((error: unknown) => place.warn(messageWithHint(error))),
    palette: () =>
      void openSoon(store, "Commands", async () =>
        commandPalette(await place.everyCommand(), ({ name, argument }) => {
          edit("other", () => insert(emptyEditor, `/${name}${argument && " "}`));
          if (argument === "") doing.send();
        }),
      ).catch((error: unknown) => place.warn(messageWithHint(error))),
    todo: () => store.change((state) => ({ ...state, todoOpen: !state.todoOpen })),
    "next-mode"() {
      const next = modes[(modes.indexOf(store.state.mode) + 1) % modes.length] ?? "ask";
      session().setMode(next);
      store.change((state) => ({ ...state, mode: next, hint: null }));
    },
    /** In an empty composer there is no line above: what was typed last is there. */
    up() {
      const { editor, pending } = store.state;
      const takesBack = editor.text === "" && pending.length > 0 && !refused(store.state);
      if (takesBack) void conversation.takeBack("last");
      else if (refused(store.state) || !hands.walk(-1)) up();
    },
    down() {
      if (refused(store.state) || !hands.walk(1)) down();
    },
  };

  const vim = vimKeys(store);
  return (pressed) => {
    const { dialog } = store.state;
    if (pressed.type === "report") return;
    if (dialog !== null) {
      const next = dialog.press(pressed, keymap);
      // What was chosen may have opened another.
      store.change((state) => (state.dialog === dialog ? { ...state, dialog: next } : state));
      return;
    }
    if (answersQuestion(place, pressed)) {
      // A reason is typed, whatever mode it was.
      if (refused(store.state)) store.change((state) => ({ ...state, vim: typing(state.vim) }));
      return;
    }
    const before = store.state.editor;
    if (pressed.type === "key" && hands.press(pressed.chord)) return hands.after(before);
    const key = vim.take(pressed);
    if (key?.type === "key") {
      const action = keymap.composer.get(key.chord);
      if (action !== undefined) doing[action]();
      vim.rest();
    } else if (key?.type === "text" || (key?.type === "paste" && !hands.paste(key.text))) {
      const { text } = key;
      edit(runOf(key, store.state), (editor) => insert(editor, typeable(text)));
    }
    hands.after(before);
  };
}

/** All that is typed in vim's insert mode is one step to undo. */
function runOf(key: Exclude<Key, { type: "key" | "report" }>, { vim }: ScreenState): Run {
  if (vim?.mode === "insert") return "session";
  return key.type === "paste" ? "other" : "typing";
}

const rewindHint = "esc again: go back to an earlier message";
const leaveHint = "ctrl+c again leaves";
const scrollHint = "the terminal itself scrolls here; /transcript reads back in";

/** Tabs belong to pasted code and stay; what cannot be typed does not get in. */
const typeable = (text: string): string => text.split("\t").map(clean).join("\t");
