/** The composer's hands put together: what happens before a key, after it, and on the keys that are theirs. */
import { messageWithHint } from "../../core/errors.ts";
import type { TypedCommand } from "../commands.ts";
import type { ActionOf } from "../input/actions.ts";
import { type Editor, insert } from "../input/editor.ts";
import { refused } from "../screen-state.ts";
import { clean } from "../view/clean.ts";
import { aboutImage, droppedImage } from "./pictures.ts";
import { type ComposePlace, compose, hint } from "./place.ts";
import { recall } from "./recall.ts";
import { type Deliver, sending } from "./sending.ts";
import { shellLine } from "./shell-line.ts";
import { type Complete, suggesting } from "./suggesting.ts";
import {
  expanded,
  imageToken,
  isLong,
  keepWhole,
  mostUnfolded,
  pasteToken,
  type Token,
  tooLong,
  withToken,
} from "./tokens.ts";

/** The actions that are taken here. */
export type HandAction = Extract<ActionOf<"composer">, "history-search" | "stash" | "paste-image" | "expand">;

/** What `controls.ts` calls. */
export type Hands = { readonly [action in HandAction]: () => void } & {
  send(deliver: Deliver): void;
  /** Takes a paste that is no plain text; false where it is. */
  paste(text: string): boolean;
  /** Whether the key was for the suggestions. */
  press(chord: string): boolean;
  /** After a key: tokens stay whole, suggestions and the draft follow. */
  after(before: Editor): void;
  /** Stops a command of the person's own, or what is being read for a message; false when there is none. */
  stop(): boolean;
  /** A step through what was sent; false where the key is the editor's. */
  walk(by: -1 | 1): boolean;
  /** Resolves when no command of the person's own runs, and nothing that was sent is still on its way. */
  idle(): Promise<void>;
};

/** What the hands ask of the controls. */
export type HandsOptions = {
  place: ComposePlace;
  runCommand(typed: TypedCommand): Promise<void>;
  complete: Complete;
  /** Empties the composer: what was in it is on its way. */
  sent(): void;
  /** What Enter does. */
  enter(): void;
};

/** Makes the hands. */
export function composerHands({ place, runCommand, complete, sent, enter }: HandsOptions): Hands {
  const { store, drafts } = place;
  const past = recall(place);
  const shell = shellLine(place);
  const outgoing = sending({ place, shell, runCommand, sent, note: past.sent });
  const list = suggesting({ place, complete, send: enter });

  /** What is put in comes between two keys: what follows a key follows it, too. */
  const put = (token: Token): void => {
    const before = store.state.editor;
    store.change((state) => ({
      ...state,
      tokens: withToken(state.tokens, token),
      editor: insert(state.editor, token.label),
      hint: null,
    }));
    after(before);
  };

  /** What is too long to be edited key by key becomes a token: sent whole, and one piece until then. */
  const fold = (): void => {
    const { editor, tokens } = store.state;
    const folded = tooLong(editor, tokens);
    if (folded === null) return;
    store.change((state) => ({
      ...state,
      editor: folded.editor,
      tokens: withToken(state.tokens, folded.token),
      hint: "it is one piece now: too long to be edited here, and sent whole",
    }));
  };

  const after = (before: Editor): void => {
    const { editor, tokens } = store.state;
    if (editor !== before) {
      const whole = keepWhole(before, editor, tokens);
      if (whole !== editor) store.change((state) => ({ ...state, editor: whole }));
      fold();
    }
    list.refresh();
    if (refused(store.state) === null && store.state.editor.text !== before.text)
      drafts.changed({ text: store.state.editor.text, tokens: store.state.tokens });
  };

  const blind = (): void => {
    const { seesImages, model } = place.session();
    if (!seesImages) place.warn(`${model} cannot see pictures: it is told that there is one, and no more`);
  };

  const dropped = async (path: string, pasted: string): Promise<void> => {
    try {
      const { kind, parts } = await place
        .session()
        .attach({ path, lines: null }, AbortSignal.timeout(30_000));
      const picture = parts.find((part) => part.type === "image");
      if (kind !== "image" || picture === undefined || typeof picture.data !== "string")
        throw new Error(`${path} is no picture models take`);
      const name = path.slice(path.lastIndexOf("/") + 1);
      put(imageToken(aboutImage(name, picture.data), parts, store.state.tokens));
      blind();
    } catch (error) {
      const before = store.state.editor;
      store.change((state) => ({ ...state, editor: insert(state.editor, clean(pasted)) }));
      after(before);
      hint(place, messageWithHint(error));
    }
  };

  return {
    send: outgoing.send,
    walk: past.walk,
    after,
    press: list.press,
    stop: () => shell.stop() || outgoing.stop(),
    async idle() {
      await outgoing.idle();
      await shell.idle();
    },
    paste(text) {
      const image = droppedImage(text);
      if (image !== null) {
        void dropped(image, text);
        return true;
      }
      if (!isLong(text)) return false;
      // Tabs belong to code and stay.
      const kept = text.split("\t").map(clean).join("\t");
      put(pasteToken(kept, store.state.tokens));
      return true;
    },
    "history-search": past.search,
    stash() {
      const { text } = store.state.editor;
      const done =
        text.trim() === ""
          ? drafts.pop().then((taken) => {
              if (taken === null) return hint(place, "nothing is put aside");
              compose(place, taken.draft.text, taken.draft.tokens);
              if (taken.left > 0) hint(place, `${taken.left} more put aside`);
            })
          : drafts.push({ text, tokens: store.state.tokens }).then((count) => {
              sent();
              hint(
                place,
                `put aside${count > 1 ? ` (${count})` : ""}; ctrl+s in an empty composer brings it back`,
              );
            });
      void done.catch((error: unknown) => place.warn(messageWithHint(error)));
    },
    "paste-image"() {
      hint(place, "looking into the clipboard");
      void place.clipboardImage().then(
        (image) => {
          if (!image.found) return hint(place, image.why);
          put(imageToken(image.about, image.parts, store.state.tokens));
          blind();
        },
        (error: unknown) => hint(place, messageWithHint(error)),
      );
    },
    expand() {
      const { editor, tokens } = store.state;
      const next = expanded(editor, tokens);
      if (next === null) hint(place, "there is no pasted text at the cursor");
      else if (next.text.length > mostUnfolded)
        hint(place, "that is too long to be edited here; it is sent whole as it is");
      else store.change((state) => ({ ...state, editor: next, hint: null }));
    },
  };
}
