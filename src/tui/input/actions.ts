/** Everything keys can do, as data: from this table come the default keys, help and what settings may rebind. */
import type { Chord } from "./keys.ts";

/** What a key can do. */
export type Action = {
  /** The keys that do it unless settings say otherwise. */
  keys: readonly Chord[];
  /** One line. */
  help: string;
};

/** Every action by the place where its keys are taken, in the order in which help lists them. */
export const actions = {
  everywhere: {
    suspend: { keys: ["ctrl+z"], help: "suspend; fg in the shell goes on" },
    redraw: { keys: ["ctrl+l"], help: "draw the live part of the screen again" },
  },
  composer: {
    send: { keys: ["enter"], help: "send; while Tau works: say it at the next step" },
    queue: { keys: ["tab"], help: "while Tau works: say it when the turn is over" },
    newline: { keys: ["ctrl+j", "alt+enter", "shift+enter", "ctrl+enter"], help: "a new line" },
    stop: { keys: ["escape"], help: "stop the turn; its work is kept" },
    interrupt: { keys: ["ctrl+c"], help: "stop and clear; twice: leave" },
    "end-of-input": { keys: ["ctrl+d"], help: "leave when nothing is typed; else delete" },
    transcript: { keys: ["ctrl+o"], help: "all of the session to read back in, with search" },
    "pick-model": { keys: ["alt+p"], help: "another model from the next step on" },
    "external-editor": { keys: ["ctrl+g"], help: "what is typed, in $VISUAL or $EDITOR" },
    palette: { keys: ["ctrl+k"], help: "all commands, to search in" },
    "history-search": { keys: ["ctrl+r"], help: "what was sent before, in all sessions, to search in" },
    stash: { keys: ["ctrl+s"], help: "put what is typed aside; in an empty composer: take it back" },
    "paste-image": { keys: ["ctrl+v"], help: "the picture in the clipboard" },
    expand: { keys: ["alt+v"], help: "a pasted text's token as the text itself" },
    "scroll-up": { keys: ["pageup"], help: "on the full screen: a page up in what was said" },
    "scroll-down": { keys: ["pagedown"], help: "on the full screen: a page down" },
    todo: { keys: ["ctrl+t"], help: "keep all of the agent's list in sight, or fold it" },
    "next-mode": { keys: ["shift+tab"], help: "the next mode: plan, ask, edit, full" },
    up: { keys: ["up"], help: "the row above; from the first: what waits, then what was sent before" },
    down: { keys: ["down"], help: "the row below; from the last: back through what was sent" },
    left: { keys: ["left", "ctrl+b"], help: "one character back" },
    right: { keys: ["right", "ctrl+f"], help: "one character forward" },
    "line-start": { keys: ["home", "ctrl+a"], help: "the beginning of the line" },
    "line-end": { keys: ["end", "ctrl+e"], help: "the end of the line" },
    "word-left": { keys: ["ctrl+left", "alt+left", "alt+b"], help: "the beginning of the word before" },
    "word-right": { keys: ["ctrl+right", "alt+right", "alt+f"], help: "behind the word after" },
    "text-start": { keys: ["ctrl+home", "alt+<"], help: "the beginning of the text" },
    "text-end": { keys: ["ctrl+end", "alt+>"], help: "the end of the text" },
    backspace: { keys: ["backspace", "shift+backspace", "ctrl+h"], help: "delete the character before" },
    delete: { keys: ["delete"], help: "delete the character after" },
    "delete-word": { keys: ["ctrl+w"], help: "cut back to the blank before" },
    "delete-word-back": { keys: ["alt+backspace", "ctrl+backspace"], help: "cut the word before" },
    "delete-word-forward": { keys: ["alt+d", "ctrl+delete", "alt+delete"], help: "cut the word after" },
    "delete-line": { keys: ["ctrl+u"], help: "cut to the beginning of the line" },
    "delete-to-end": { keys: ["alt+k"], help: "cut to the end of the line" },
    yank: { keys: ["ctrl+y"], help: "put in what was cut last" },
    "yank-older": { keys: ["alt+y"], help: "right after that: what was cut before it" },
    undo: { keys: ["ctrl+_", "alt+u"], help: "undo; ctrl+/ is the same key in most terminals" },
    redo: { keys: ["alt+e", "ctrl+shift+z"], help: "redo" },
  },
  question: {
    yes: { keys: ["y"], help: "yes, this once" },
    session: { keys: ["a"], help: "yes, and by the rule shown for the rest of the session" },
    project: { keys: ["p"], help: "yes, and by the rule shown in this project from now on" },
    no: { keys: ["n"], help: "no, with a word to the model if you like" },
    "yes-all": { keys: ["shift+y"], help: "yes, once, to all that are shown whole" },
    "no-all": { keys: ["shift+n"], help: "no to all" },
    up: { keys: ["up"], help: "the question above" },
    down: { keys: ["down"], help: "the question below" },
    narrower: { keys: ["left"], help: "a narrower rule" },
    wider: { keys: ["right", "tab"], help: "a wider rule" },
    "edit-rule": { keys: ["e"], help: "edit the rule" },
    details: { keys: ["d"], help: "all about the question, whole" },
  },
  list: {
    up: { keys: ["up", "ctrl+p"], help: "the row above" },
    down: { keys: ["down", "ctrl+n"], help: "the row below" },
    "page-up": { keys: ["pageup"], help: "a page up" },
    "page-down": { keys: ["pagedown"], help: "a page down" },
    choose: { keys: ["enter"], help: "take the marked row" },
    close: { keys: ["escape", "ctrl+c"], help: "close without a choice" },
  },
  pager: {
    up: { keys: ["up", "k", "ctrl+p"], help: "a line up" },
    down: { keys: ["down", "j", "ctrl+n", "enter"], help: "a line down" },
    "page-up": { keys: ["pageup", "b", "ctrl+b"], help: "a page up" },
    "page-down": { keys: ["pagedown", "space", "ctrl+f"], help: "a page down" },
    "half-up": { keys: ["u", "ctrl+u"], help: "half a page up" },
    "half-down": { keys: ["d", "ctrl+d"], help: "half a page down" },
    first: { keys: ["home", "g"], help: "the beginning" },
    last: { keys: ["end", "shift+g"], help: "the end" },
    search: { keys: ["/", "ctrl+s"], help: "search backwards from here" },
    "search-again": { keys: ["n"], help: "the next place before" },
    "search-back": { keys: ["shift+n"], help: "the next place behind" },
    close: { keys: ["q", "escape", "ctrl+o", "ctrl+c"], help: "close" },
  },
} as const satisfies { readonly [place: string]: { readonly [action: string]: Action } };

/** Where keys are taken: the same chord may mean different things in different places. */
export type KeyPlace = keyof typeof actions;

/** What keys can do in a place. */
export type ActionOf<Place extends KeyPlace> = keyof (typeof actions)[Place] & string;
