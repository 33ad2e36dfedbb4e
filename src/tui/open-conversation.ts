/** What every front end of a conversation stands on, whether it draws a screen or prints lines. */
import { join } from "node:path";
import type { OpenApp, SessionChoice } from "../app/contract.ts";
import { systemCode } from "../core/errors.ts";
import { type CommandPlace, commands, everyCommand } from "./commands.ts";
import { Drafts } from "./compose/drafts.ts";
import { FileCommands } from "./compose/file-commands.ts";
import { FileIndex } from "./compose/file-index.ts";
import type { Controlled } from "./controls.ts";
import { Conversation } from "./conversation.ts";
import { chosenKeys } from "./input/chosen-keys.ts";
import { keymapOf } from "./input/keymap.ts";
import { newVim } from "./input/vim/vim.ts";
import { Approvals } from "./questions/approvals.ts";
import { emptyScreen } from "./screen-state.ts";
import { conversationOf, type SessionSwitch, sessionSwitch } from "./session-switch.ts";
import type { Question } from "./state/calls.ts";
import { ScreenStore } from "./store.ts";
import { watchSurroundings } from "./surroundings.ts";

/** What it is opened with. */
export type ConversationOptions = {
  app: OpenApp;
  choice: SessionChoice;
  cwd: string;
  env: { readonly [name: string]: string | undefined };
  /** See {@link CommandPlace.doctor}. */
  doctor: CommandPlace["doctor"];
  /** See {@link ScreenStore}. */
  fits(question: Question): boolean;
  /** Told whenever a turn is over, and when another session was gone over to. */
  atRest(): void;
};

/** What only a front end itself can do. */
type OwnToFrontEnd =
  | "textColumns"
  | "externalEditor"
  | "transcript"
  | "scroll"
  | "page"
  | "size"
  | "copyText"
  | "redraw"
  | "themes"
  | "leave";

/** An open conversation. */
export type OpenConversation = {
  store: ScreenStore;
  conversation: Conversation;
  sessions: SessionSwitch;
  drafts: Drafts;
  /** All that commands and lines act on, but for what the front end adds. */
  common: Omit<Controlled, OwnToFrontEnd>;
  /** Whether there is something to go on with: something was said, or the session was there before. */
  worthResuming(): boolean;
  /** Ends what watches files and surroundings. */
  close(): void;
};

/** Opens the session, and the conversation over it. */
export async function openConversation(options: ConversationOptions): Promise<OpenConversation> {
  const { app, choice, cwd, env, doctor, fits, atRest } = options;
  const store = new ScreenStore(emptyScreen, fits);
  const approvals = new Approvals(store, (rule) => sessions.current().rules.pastMatches(rule));
  const { approver } = approvals;
  const first = await app.openSession(choice, approver);
  const mcp = await app.mcp();
  const resumed = choice.kind === "new" ? null : first.id;
  const before = await conversationOf(first);
  store.change((state) => ({
    ...state,
    model: first.model,
    effort: first.effort,
    mode: first.mode,
    vim: app.settings.settings.editor === "vim" ? newVim : null,
    conversation: before,
  }));
  const conversation = new Conversation(first, store, atRest);
  const sessions = sessionSwitch({ app, approver, store }, first, conversation);
  const chosen = chosenKeys(app.settings);
  const files = new FileIndex((signal, take) => listFiles(cwd, env, signal, take), Date.now);
  const drafts = new Drafts({
    folder: join(app.paths.state, "drafts"),
    root: app.root,
    pid: process.pid,
    now: Date.now,
    isAlive,
  });
  const warn = (text: string): void => store.say(text, "warning");
  const fileCommands = new FileCommands(
    { app, warn },
    new Set(commands.flatMap(({ name, aliases }) => [name, ...aliases])),
  );
  const stopWatching = watchSurroundings(store, cwd, sessions.current);
  const common: OpenConversation["common"] = {
    store,
    conversation,
    approvals,
    keymap: keymapOf(chosen),
    chosenKeys: chosen,
    caps: app.settings.settings.budgets,
    session: sessions.current,
    app,
    mcp,
    root: app.root,
    files,
    fileCommands,
    everyCommand: async () => {
      await fileCommands.refresh();
      return everyCommand(fileCommands.all, mcp);
    },
    drafts,
    clipboardImage: async () => {
      const { clipboardImage } = await import("./compose/pictures.ts");
      return clipboardImage(process.platform, env);
    },
    async goTo(next) {
      const left = await sessions.goTo(next);
      atRest();
      return left;
    },
    async goToCopy(id) {
      const left = await sessions.goToCopy(id);
      atRest();
      return left;
    },
    async moveTo(target) {
      const moved = await sessions.moveTo(target);
      // What is given back to the composer is there first.
      setImmediate(atRest);
      return moved;
    },
    sessions: app.sessions,
    models: app.models,
    settings: app.settingsDesk,
    doctor,
    tell: (text) => store.say(text, "info"),
    warn,
    open: (dialog) => store.change((state) => ({ ...state, dialog })),
    cwd,
  };
  return {
    store,
    conversation,
    sessions,
    drafts,
    common,
    worthResuming: () => conversation.begun || sessions.current().id === resumed,
    close() {
      drafts.flush();
      files.close();
      stopWatching();
    },
  };
}

/** Files below the folder, hidden ones too, but for what ignore files and git's own folder hide. */
async function listFiles(
  cwd: string,
  env: ConversationOptions["env"],
  signal: AbortSignal,
  take: (path: string) => boolean,
): Promise<void> {
  const { ripgrep } = await import("../tools/ripgrep.ts");
  const options = { cwd, env: { PATH: env.PATH ?? "" }, signal, separator: "\0" } as const;
  await ripgrep(["--files", "--null", "--hidden", "--glob", "!.git"], options, take);
}

/** Whether a process runs; one that may not be signalled does. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
