/** What was sent before: Up and Down walk through it, Ctrl+R searches in it. */
import type { Said } from "../../core/attachment.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { PastPrompt } from "../../core/store.ts";
import { listDialog } from "../dialog/list.ts";
import { openSoon } from "../dialog/opening.ts";
import { onFirstRow, onLastRow } from "../input/editor/rows.ts";
import { clean } from "../view/clean.ts";
import { plain, wrap } from "../view/line.ts";
import { type ComposePlace, compose, composeAgain, hint } from "./place.ts";
import type { Tokens } from "./tokens.ts";

/** Prompts a walk goes through, of the session and then of the folder. */
const walked = { session: 200, folder: 300 } as const;
/** Prompts a search looks at, of all sessions. */
const searched = 2_000;
/** Lines this process remembers by itself: commands, which no ledger holds. */
const remembered = 200;

/** One step of the walk. */
type Step = { text: string; load: (() => Promise<Said | null>) | null; tokens: Tokens };

/** The way back through what was sent. */
export type Recall = {
  /** Notes a line that was sent. */
  sent(text: string, tokens: Tokens): void;
  /** A step back or forward; false where the key is the editor's. */
  walk(by: -1 | 1): boolean;
  /** Opens the search. */
  search(): void;
};

/** Makes it. */
export function recall(place: ComposePlace): Recall {
  const { store, app } = place;
  const own: Step[] = [];
  /** Newest first; null while nobody walks. */
  let steps: Step[] | null = null;
  let at = -1;
  /** What stood in the composer before. */
  let draft: Step | null = null;
  let shown = "";
  /** Steps asked for and not yet made, one after the other: a key that comes early is not lost. */
  let walking = 0;
  let walk: Promise<void> = Promise.resolve();

  const stepOf = (prompt: PastPrompt): Step => ({
    text: prompt.text,
    load: prompt.partial ? () => app.prompt(prompt.sessionId, prompt.entryId) : null,
    tokens: new Map(),
  });

  const allSteps = async (): Promise<Step[]> => {
    const session = await app.prompts({ session: place.session().id, limit: walked.session });
    const folder = await app.prompts({ cwd: place.cwd, limit: walked.folder });
    return distinct([...own.toReversed(), ...[...session, ...folder].map(stepOf)]);
  };

  const put = async ({ text, load, tokens }: Step): Promise<void> => {
    const said = load === null ? null : await load();
    if (said === null) compose(place, text, tokens);
    else composeAgain(place, said);
    shown = store.state.editor.text;
  };

  const go = async (by: -1 | 1): Promise<void> => {
    try {
      const { editor, tokens } = store.state;
      if (steps === null) {
        draft = { text: editor.text, load: null, tokens };
        steps = await allSteps();
        at = -1;
        // What is there already, as after taking something back, is no step.
        if (steps[0]?.text === editor.text) at = 0;
      }
      const next = at - by;
      const step = next < 0 ? draft : steps[next];
      if (step === undefined || step === null)
        return hint(place, "there is nothing before that; ctrl+r searches all sessions");
      at = next;
      await put(step);
      if (next < 0) steps = null;
    } catch (error) {
      place.warn(`what was sent before cannot be read: ${messageWithHint(error)}`);
    } finally {
      walking -= 1;
    }
  };

  return {
    sent(text, tokens) {
      if (text.trim() === "") return;
      own.push({ text, load: null, tokens });
      if (own.length > remembered) own.shift();
      steps = null;
    },
    walk(by) {
      const { editor } = store.state;
      if (walking === 0 && steps !== null && editor.text !== shown) steps = null;
      if (walking > 0) {
        walking += 1;
        walk = walk.then(() => go(by));
        return true;
      }
      const edge = by < 0 ? onFirstRow : onLastRow;
      if (!edge(editor, place.textColumns())) return false;
      if (by > 0 && steps === null) return false;
      walking += 1;
      walk = go(by);
      return true;
    },
    search() {
      void openSoon(store, "Sent before", async () => {
        const all = await app.prompts({ limit: searched });
        const rows = distinct(all.map((prompt) => ({ ...stepOf(prompt), prompt }))).map((step) => ({
          value: step,
          text: step.text,
          detail: step.prompt.cwd === place.cwd ? "" : step.prompt.cwd,
        }));
        return listDialog({
          title: "Sent before",
          rows,
          empty: "nothing fits",
          preview: ({ text }, columns, room) =>
            wrap(clean(text), columns)
              .slice(0, room)
              .map((row) => plain(row, { dim: true })),
          choose(step) {
            void put(step).catch((error: unknown) => place.warn(messageWithHint(error)));
            return null;
          },
        });
      }).catch((error: unknown) =>
        place.warn(`what was sent before cannot be read: ${messageWithHint(error)}`),
      );
    },
  };
}

/** Each text once, where it stands first. */
function distinct<Of extends { text: string }>(steps: readonly Of[]): Of[] {
  const seen = new Set<string>();
  return steps.filter(({ text }) => {
    const key = text.trim();
    if (key === "" || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
