/** The whole screen as a value: the conversation, and what the person is doing. */
import type { QueuedInput } from "../agent/queue.ts";
import type { ModelName } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Effort } from "../core/model.ts";
import type { Mode } from "../core/permission.ts";
import type { NanoUsd } from "../core/usage.ts";
import type { Suggestions } from "./compose/suggestions.ts";
import { noTokens, type Tokens } from "./compose/tokens.ts";
import type { Dialog } from "./dialog/dialog.ts";
import { type Editing, noEditing } from "./input/editor/editing.ts";
import { type Editor, emptyEditor } from "./input/editor.ts";
import type { Vim } from "./input/vim/vim.ts";
import { type Asks, noAsks } from "./questions/asks.ts";
import type { Question, RunningTool } from "./state/calls.ts";
import { type ConversationState, emptyConversation } from "./state.ts";
import type { Line } from "./view/line.ts";

/** A message that waits; see {@link QueuedInput}. */
export type PendingInput = Pick<QueuedInput, "id" | "delivery" | "held"> & { text: string };

/** What is on the screen. */
export type ScreenState = {
  conversation: ConversationState;
  /** Unix ms since which a turn runs; null when none does. */
  workingSince: number | null;
  /** Typed while a turn runs and not yet said to the model, in the order in which it will be. */
  pending: readonly PendingInput[];
  /** What the person is doing with the open questions. */
  asks: Asks;
  editor: Editor;
  /** What belongs to editing it: undo, what was cut. */
  editing: Editing;
  /** What labels in it stand for. */
  tokens: Tokens;
  /** What may be meant by what is being typed; null: nothing is suggested. */
  suggestions: Suggestions | null;
  /** A command of the person's own that runs. */
  shell: RunningTool | null;
  /** Vim's keys; null where they are off. */
  vim: Vim | null;
  /** What has the place of the composer, and its keys; null: the composer. */
  dialog: Dialog | null;
  /** The model of the session. */
  model: ModelName;
  /** How hard it is to think; null: as it likes. */
  effort: Effort | null;
  mode: Mode;
  /** Of the folder's repository; null outside of one. */
  branch: string | null;
  /** What is left of the tightest cap on money; null when there is none. */
  budgetLeft: NanoUsd | null;
  /** What the person's status line command made; it takes the footer's place. Null without one. */
  statusLine: readonly Line[] | null;
  /** Whether all of the agent's list is to be seen, also while nothing runs. */
  todoOpen: boolean;
  /** The plan that is being edited in the composer; null when none is. */
  drafting: EntryId | null;
  /** A word about the last key, in place of the footer. */
  hint: string | null;
};

/** The question that is being answered by a no with a reason; null when none is. */
export const refused = ({
  asks,
  conversation,
}: Pick<ScreenState, "asks" | "conversation">): Question | null =>
  conversation.questions.find(({ callId }) => callId === asks.refusing) ?? null;

/** A screen at the start. */
export const emptyScreen: ScreenState = {
  conversation: emptyConversation,
  workingSince: null,
  pending: [],
  asks: noAsks,
  editor: emptyEditor,
  tokens: noTokens,
  suggestions: null,
  shell: null,
  editing: noEditing,
  vim: null,
  dialog: null,
  model: "",
  effort: null,
  mode: "ask",
  branch: null,
  budgetLeft: null,
  statusLine: null,
  todoOpen: false,
  drafting: null,
  hint: null,
};
