/** Keeps the suggestions below the composer: what is known at once is shown with the key, files when they are found. */

import { everyCommand } from "../commands.ts";
import type { Editor } from "../input/editor.ts";
import type { Chord } from "../input/keys.ts";
import { refused } from "../screen-state.ts";
import { type Completions, completionRows } from "./completions.ts";
import { mentionOf } from "./mentions.ts";
import type { ComposePlace } from "./place.ts";
import { resourceList, suggestedResource } from "./server-suggestions.ts";
import {
  isTyped,
  mostSuggestions,
  type Suggestion,
  type Suggestions,
  suggestedCommands,
  type Typing,
  takenInto,
  typingAt,
  walked,
} from "./suggestions.ts";

type Argument = Extract<Typing, { kind: "argument" }>;

const nothing: Completions = { values: [], stands: () => true };

/** Sessions that are suggested from. */
const suggestedSessions = 200;

/** The keys and the upkeep of suggestions. */
export type Suggesting = {
  /** Looks anew at what is typed, after a key. */
  refresh(): void;
  /** Whether the key was for the list. */
  press(chord: Chord): boolean;
};

/** What may follow a command's name behind these words; null where nobody knows. */
export type Complete = (
  command: string,
  before: readonly string[],
) => Promise<Completions | null> | Completions | null;

/** What they need of the rest. */
export type SuggestingParts = {
  place: ComposePlace;
  complete: Complete;
  /** What Enter does where nothing more can follow what was taken. */
  send(): void;
};

/** What was found out about one place of an argument. */
type Known = { of: string; completions: Completions | null };

/** Makes them. */
export function suggesting({ place, complete, send }: SuggestingParts): Suggesting {
  const { store } = place;
  const files = place.fileCommands;
  let looked: Editor | null = null;
  /** What was closed by hand stays closed while it is typed on. */
  let closedFrom: number | null = null;
  let search = new AbortController();
  const resources = resourceList(place.mcp);
  /** What is being suggested for: what servers tell of meanwhile belongs into it. */
  let suggested: Typing | null = null;
  place.mcp?.servers.watch(() => {
    if (suggested !== null && suggested.kind !== "argument") suggest(suggested);
  });

  let known: Known | null = null;

  const put = (typing: Typing, rows: readonly Suggestion[]): void => {
    const before = store.state.suggestions;
    const marked = rows.findIndex(({ text }) => text === before?.rows[before.marked ?? 0]?.text);
    const next: Suggestions | null =
      rows.length === 0
        ? null
        : { rows, from: typing.from, marked: before?.from === typing.from ? Math.max(0, marked) : 0 };
    if (next === null && before === null) return;
    // A new query marks its best row; only a list that came late keeps what was marked meanwhile.
    store.change((state) => ({ ...state, suggestions: next }));
  };

  /** The values of a place are asked for once, however much of a word is typed. */
  const completed = ({ command, before, query, from }: Argument, signal: AbortSignal): void => {
    const of = `${command} ${before.join(" ")}`;
    const show = (completions: Completions | null): void => {
      known = { of, completions };
      const { rows, marked } = completionRows(query, completions ?? nothing);
      store.change((state) => ({ ...state, suggestions: rows.length > 0 ? { rows, from, marked } : null }));
    };
    const found = known?.of === of ? known.completions : complete(command, before);
    if (!(found instanceof Promise)) {
      show(found);
      return;
    }
    if (store.state.suggestions !== null) store.change((state) => ({ ...state, suggestions: null }));
    // Completion is a help: where a value cannot be found out, it can still be typed.
    found.then(
      (completions) => !signal.aborted && show(completions),
      () => undefined,
    );
  };

  const find = async (typing: Exclude<Typing, Argument>, signal: AbortSignal): Promise<void> => {
    if (typing.kind === "session") {
      const rows = await sessions(typing.query);
      if (!signal.aborted) put(typing, rows);
      return;
    }
    place.mcp?.servers.wake();
    const listing = place.files.current ? null : place.files.refresh();
    const first = await paths(typing, signal);
    if (first.length > 0 || listing === null) put(typing, first);
    if (listing === null) return;
    await listing;
    put(typing, await paths(typing, signal));
  };

  /** Rejects when it was overtaken. */
  const paths = async ({ query }: Typing, signal: AbortSignal): Promise<Suggestion[]> => {
    const { byPath, things } = resources();
    const found = await place.files.find(query, mostSuggestions, signal, things);
    signal.throwIfAborted();
    const rows = found.map((path) => {
      const resource = byPath.get(path);
      if (resource !== undefined) return suggestedResource(resource);
      const isFolder = path.endsWith("/");
      return { text: path, insert: `${mentionOf(path)}${isFolder ? "" : " "}`, detail: "", complete: false };
    });
    const asks = "session:".startsWith(query.toLowerCase());
    const row = {
      text: "session:",
      insert: "@session:",
      detail: "what another session came to",
      complete: false,
    };
    return asks ? [...rows.slice(0, mostSuggestions - 1), row] : rows;
  };

  const sessions = async (query: string): Promise<Suggestion[]> => {
    const wanted = query.toLowerCase();
    const recent = await place.app.recentSessions(suggestedSessions);
    return recent
      .filter(
        ({ id, title }) => id !== place.session().id && `${id} ${title ?? ""}`.toLowerCase().includes(wanted),
      )
      .slice(0, mostSuggestions)
      .map(({ id, title, cwd }) => ({
        text: title ?? id,
        insert: `@session:${id} `,
        detail: cwd === place.cwd ? id : `${id} ${cwd}`,
        complete: false,
      }));
  };

  const close = (): void => {
    search.abort();
    suggested = null;
    if (store.state.suggestions !== null) store.change((state) => ({ ...state, suggestions: null }));
  };

  const take = (list: Suggestions): void => {
    // A command that was taken is whole; a folder goes on into what is in it.
    if (list.from === 0 && list.rows[list.marked ?? 0]?.insert.startsWith("/")) closedFrom = list.from;
    suggested = null;
    store.change((state) => ({
      ...state,
      editor: takenInto(state.editor, list),
      suggestions: null,
      hint: null,
    }));
    looked = null;
  };

  const refresh = (): void => {
    const { editor } = store.state;
    if (editor === looked) return;
    const typed = looked?.text !== editor.text;
    looked = editor;
    const typing = refused(store.state) === null ? typingAt(editor) : null;
    if (typing === null) closedFrom = null;
    if (typing === null || closedFrom === typing.from || (!typed && store.state.suggestions === null)) {
      close();
      return;
    }
    suggest(typing);
  };

  const suggest = (typing: Typing): void => {
    const { editor } = store.state;
    search.abort();
    search = new AbortController();
    suggested = typing;
    if (typing.kind !== "argument") known = null;
    if (typing.kind === "argument") {
      completed(typing, search.signal);
      return;
    }
    if (typing.kind === "command") {
      place.mcp?.servers.wake();
      const before = files.all;
      put(typing, suggestedCommands(typing.query, everyCommand(before, place.mcp)));
      void files.refresh().then(() => {
        if (files.all !== before && store.state.editor === editor)
          put(typing, suggestedCommands(typing.query, everyCommand(files.all, place.mcp)));
      });
      return;
    }
    // A search that was overtaken by the next key ends with its signal.
    find(typing, search.signal).catch(() => undefined);
  };

  return {
    refresh,
    press(chord) {
      const { suggestions: list, editor } = store.state;
      if (list === null) return false;
      switch (chord) {
        case "up":
        case "down":
          store.change((state) => ({ ...state, suggestions: walked(list, chord === "up" ? -1 : 1) }));
          return true;
        case "escape":
          closedFrom = list.from;
          close();
          return true;
        case "tab":
          take(list);
          refresh();
          return true;
        case "enter": {
          if (isTyped(editor, list)) {
            close();
            return false;
          }
          if (list.marked === null) {
            close();
            return false;
          }
          const { complete: whole = false } = list.rows[list.marked] ?? {};
          take(list);
          if (whole) send();
          else refresh();
          return true;
        }
        default:
          return false;
      }
    },
  };
}
