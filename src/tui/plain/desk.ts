/** What a line does: it answers what is asked, is a command, or goes to the model as from the composer. */

import { messageWithHint } from "../../core/errors.ts";
import { commandRunner } from "../command-runner.ts";
import { commandIn } from "../commands.ts";
import { composerHands, type Hands } from "../compose/hands.ts";
import { rememberedIn } from "../compose/remember.ts";
import type { Deliver } from "../compose/sending.ts";
import { shellIn } from "../compose/shell-line.ts";
import type { SuggestedCommand } from "../compose/suggestions.ts";
import type { Controlled } from "../controls.ts";
import type { Asked, Dialog } from "../dialog/dialog.ts";
import { listDialog } from "../dialog/list.ts";
import { emptyEditor } from "../input/editor.ts";
import { acceptDraft } from "../plan/plan-dialog.ts";
import { foreground, ruleOf, widthsOf } from "../questions/asks.ts";
import { ruleDialog } from "../questions/rule-dialog.ts";
import type { Question } from "../state/calls.ts";
import { answerDialog, atBeginning, dialogText, type Place } from "./dialogs.ts";
import type { ItemSpeaker } from "./items.ts";
import { answerIn, questionText } from "./questions.ts";

/** Prompts that /history tells. */
const toldPrompts = 100;

/** What a person has before them. */
export type Desk = {
  /** Takes a line. */
  take(line: string): void;
  /** What is asked and was not printed yet; empty where nothing is. */
  asks(): string[];
  /** Whether a line would answer something. */
  asked(): boolean;
  /** Closes what is asked, but no question of the agent; false where nothing is. */
  close(): boolean;
  /** Whether a command is under way. */
  busy(): boolean;
  hands: Hands;
};

/** What it is made of. */
export type DeskOptions = {
  place: Controlled;
  items: ItemSpeaker;
  print(lines: readonly string[]): void;
};

/** Commands that only change what a screen looks like, or which key does what. */
const forScreens = ["theme", "vim", "keys"];

/** Makes it. */
export function desk({ place, items, print }: DeskOptions): Desk {
  const { store, conversation, approvals } = place;
  let list: Place = atBeginning;
  /** What was printed of what is asked. */
  let told = "";
  /** What stood in the composer, given back or to be sent: a command leaves it there. */
  let kept = { editor: store.state.editor, tokens: store.state.tokens };
  let keeping = false;

  const sent = (): void =>
    store.change((state) => ({ ...state, hint: null, ...(keeping ? kept : { editor: emptyEditor }) }));
  const runner = commandRunner(place, sent);
  const hands = composerHands({
    place,
    runCommand: async (typed) => {
      // Also one that is none: there is no composer in which it could be put right.
      sent();
      if (forScreens.includes(typed.name)) return place.tell(`/${typed.name} is for the drawn screen only`);
      await runner.run(typed);
    },
    // Nothing is suggested where nothing is drawn.
    complete: () => null,
    sent,
    enter: () => undefined,
  });
  const steer: Deliver = (said) => {
    const { working } = conversation;
    const taken = conversation.submit(said);
    if (working && taken) print(["note: the model hears it at its next step"]);
    return taken;
  };
  const queue: Deliver = (said) => {
    const { working } = conversation;
    const taken = conversation.followUp(said);
    if (working && taken) print(["note: it is said when this turn is over"]);
    return taken;
  };

  const question = (): Question | null => {
    const { conversation: talk, asks } = store.state;
    const front = foreground(talk.questions, asks);
    return front !== null && asks.ready.has(front.callId) ? front : null;
  };

  /** An empty line sends what is kept; another one takes its place. */
  const say = (text: string, deliver: Deliver): void => {
    kept = { editor: store.state.editor, tokens: store.state.tokens };
    keeping = commandIn(text) !== null || shellIn(text) !== null || rememberedIn(text) !== null;
    if (text === "" && store.state.drafting !== null) {
      acceptDraft(place);
      return;
    }
    if (text !== "") {
      const drafting = keeping ? store.state.drafting : null;
      store.change((state) => ({ ...state, drafting, editor: { text, caret: text.length }, hint: null }));
    }
    const name = runner.running();
    if (name !== null) place.warn(`/${name} is under way`);
    else if (store.state.editor.text.trim() === "") conversation.sendWaiting();
    else hands.send(deliver);
  };

  /** What is told when it is known: the next line of a script waits for it. */
  let telling: Promise<void> = Promise.resolve();
  const help = (about: string): void => {
    if (about === "")
      telling = place.everyCommand().then(
        (all) => print(helpText(all)),
        (error: unknown) => place.warn(messageWithHint(error)),
      );
    else say(`/help ${about}`, steer);
  };

  const own: { readonly [name: string]: (argument: string) => void } = {
    help: (about) => help(about),
    "?": (about) => help(about),
    queue: (text) => (text === "" ? place.tell("/queue needs a message") : say(text, queue)),
    more(which) {
      const rows = items.folded(which === "" ? null : Number(which));
      print(rows === undefined ? ["note: there is no folded result of that number"] : [...rows]);
    },
    history() {
      void place.app.prompts({ cwd: place.cwd, limit: toldPrompts }).then(
        (prompts) =>
          place.open(
            listDialog({
              title: "What was said before, to say again",
              empty: "nothing was said yet in this folder",
              rows: prompts.map(({ text }) => ({ value: text, text })),
              choose(text) {
                setImmediate(() => say(text, steer));
                return null;
              },
            }),
          ),
        (error: unknown) => place.warn(String(error)),
      );
    },
  };

  const line = (text: string): void => {
    const { name = "", argument = "" } = commandIn(text) ?? {};
    const command = Object.hasOwn(own, name) ? own[name] : undefined;
    if (command) command(argument);
    else say(text, steer);
  };

  const answer = (dialog: Dialog, asked: Asked, text: string): void => {
    const outcome = answerDialog(asked, list, text);
    told = "";
    if (outcome.type === "wrong") {
      print([`note: ${outcome.why}`]);
      return;
    }
    list = outcome.type === "listed" ? outcome.place : atBeginning;
    if (outcome.type === "listed") return;
    const next = outcome.type === "next" ? outcome.dialog : null;
    // What was chosen may have opened another.
    store.change((state) => (state.dialog === dialog ? { ...state, dialog: next } : state));
    if (outcome.type === "said") line(text);
  };

  const anotherRule = (front: Question, rule: string): void => {
    const take = (next: string): void =>
      store.change((state) => ({
        ...state,
        asks: { ...state.asks, rules: new Map([...state.asks.rules, [front.callId, next]]) },
      }));
    const written = ruleDialog({
      rule,
      pastOf: (text) => store.state.asks.matches.get(text),
      changed: (text) => approvals.lookBack(text),
      accept: take,
    });
    place.open(
      listDialog<string | null>({
        title: "Another rule",
        empty: "",
        rows: [
          ...widthsOf(front).map((one) => ({ value: one.rule, text: one.rule, detail: one.width })),
          { value: null, text: "your own", detail: "to be typed" },
        ],
        choose(next) {
          if (next === null) return written;
          take(next);
          return null;
        },
      }),
    );
  };

  return {
    hands: {
      ...hands,
      async idle() {
        await telling;
        await hands.idle();
      },
    },
    busy: () => runner.running() !== null,
    asked: () => (store.state.dialog === null ? question() !== null : store.state.dialog.asked !== null),
    close() {
      const { dialog } = store.state;
      if (dialog === null) return false;
      if (dialog.asked?.type === "choice") dialog.asked.closed();
      store.change((state) => ({ ...state, dialog: null }));
      return true;
    },
    take(text) {
      const { dialog } = store.state;
      const slash = commandIn(text) !== null;
      if (dialog?.asked && !slash) return answer(dialog, dialog.asked, text);
      if (dialog !== null) store.change((state) => ({ ...state, dialog: null }));
      const front = question();
      if (front === null || slash) return line(text);
      const rule = ruleOf(front, store.state.asks);
      const given = answerIn(text, rule);
      if (given === "another rule") {
        if (rule !== null) anotherRule(front, rule);
      } else if (given !== null) approvals.answer(front.callId, given);
      else if (/\s/.test(text.trim())) line(text);
      else {
        told = "";
        print(["note: that is no answer"]);
      }
    },
    asks() {
      const { dialog, asks, conversation: talk } = store.state;
      const front = question();
      const lines = dialog?.asked
        ? dialogText(dialog.asked, list)
        : dialog === null && front !== null
          ? questionText(front, ruleOf(front, asks), talk.questions.length)
          : [];
      const text = `${front?.callId ?? ""}${lines.join("\n")}`;
      if (text === told) return [];
      told = lines.length > 0 ? text : "";
      if (dialog === null) list = atBeginning;
      return lines;
    },
  };
}

function helpText(all: readonly SuggestedCommand[]): string[] {
  return [
    "A line is a message. A backslash at its end goes on in the next line; three quotes alone in a line begin and end a longer message.",
    "While the agent works, a line is heard at its next step. Ctrl+C stops it and keeps the work; twice leaves, and so does the end of input.",
    "Commands:",
    ...all
      .filter(({ name }) => !forScreens.includes(name))
      .map(({ name, argument, help }) => `/${name}${argument && ` ${argument}`}: ${help}`),
    "/help and a name: all about one command",
    "/queue <message>: said when the turn is over",
    "/more [number]: a folded result, whole",
    "/history: what was said before, to say again",
  ];
}
