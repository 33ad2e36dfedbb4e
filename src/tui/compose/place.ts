/** What the composer's hands act on. */
import type { OpenApp, OpenSession } from "../../app/contract.ts";
import type { McpServers } from "../../app/mcp.ts";
import type { Said } from "../../core/attachment.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { startedAnew } from "../input/editor/editing.ts";
import { insert } from "../input/editor.ts";
import { finish, type Item } from "../state/items.ts";
import type { ScreenStore } from "../store.ts";
import type { Drafts } from "./drafts.ts";
import type { FileCommands } from "./file-commands.ts";
import type { FileIndex } from "./file-index.ts";
import type { ClipboardImage } from "./pictures.ts";
import { type Tokens, typedAgain } from "./tokens.ts";

/** See this file. */
export type ComposePlace = {
  store: ScreenStore;
  session(): Pick<
    OpenSession,
    | "id"
    | "model"
    | "setModel"
    | "seesImages"
    | "attach"
    | "attachResource"
    | "serverPrompt"
    | "runCommand"
    | "noteRemembered"
    | "expandCommand"
  >;
  app: Pick<
    OpenApp,
    "prompts" | "prompt" | "recentSessions" | "sessionDigest" | "markdownCommands" | "paths"
  >;
  /** The project's MCP servers; null where there are none. */
  mcp: McpServers | null;
  cwd: string;
  /** The project's root. */
  root: string;
  files: FileIndex;
  /** Commands from Markdown files. */
  fileCommands: FileCommands;
  drafts: Drafts;
  clipboardImage(): Promise<ClipboardImage>;
  /** Columns a row of the composer's text has now. */
  textColumns(): number;
  open(dialog: Dialog): void;
  tell(text: string): void;
  warn(text: string): void;
};

/** A word about the last key, in place of the footer. */
export const hint = ({ store }: Pick<ComposePlace, "store">, text: string): void =>
  store.change((state) => ({ ...state, hint: text }));

/** Puts a text into the composer in place of what is there, with what its labels stand for. */
export function compose({ store }: Pick<ComposePlace, "store">, text: string, tokens: Tokens): void {
  store.change((state) => ({
    ...state,
    editor: insert({ text: "", caret: 0 }, text),
    editing: startedAnew(state.editing),
    tokens: new Map([...state.tokens, ...tokens]),
    suggestions: null,
    hint: null,
  }));
}

/** Puts a message into the composer as it was typed. */
export function composeAgain(place: Pick<ComposePlace, "store">, said: Said): void {
  const { text, tokens } = typedAgain(said, place.store.state.tokens);
  compose(place, text, tokens);
}

/** Shows a finished item. */
export const show = ({ store }: Pick<ComposePlace, "store">, item: Item): void =>
  store.change((state) => ({ ...state, conversation: finish(state.conversation, item) }));
