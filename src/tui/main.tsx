/** The terminal UI: a reader of the event stream and a place to type. */
import { basename, join } from "node:path";
import type { OpenApp, SessionChoice } from "../app/contract.ts";
import { footerItems } from "../config/footer.ts";
import { exitCodes, systemCode } from "../core/errors.ts";
import { openAttention } from "./attention.ts";
import { copyText } from "./clipboard.ts";
import { Drafts } from "./compose/drafts.ts";
import { FileIndex } from "./compose/file-index.ts";
import { type Controlled, controls } from "./controls.ts";
import { Conversation } from "./conversation.ts";
import { openInEditor } from "./editing-keys.ts";
import { editExternally } from "./external-editor.ts";
import { chosenKeys } from "./input/chosen-keys.ts";
import { keymapOf } from "./input/keymap.ts";
import { openTerminal } from "./input/terminal.ts";
import { newVim } from "./input/vim/vim.ts";
import { onePage, Pager } from "./pager/pager.ts";
import { transcriptPages } from "./pager/transcript.ts";
import { offerPlan } from "./plan/plan-dialog.ts";
import { Approvals } from "./questions/approvals.ts";
import { questionFits } from "./questions/question-lines.ts";
import { openScreen, sizeOf } from "./screen/open-screen.tsx";
import { emptyScreen } from "./screen-state.ts";
import { conversationOf, sessionSwitch } from "./session-switch.ts";
import { statusInput } from "./status-line/input.ts";
import { watchStatusLine } from "./status-line/watch.ts";
import { ScreenStore } from "./store.ts";
import { watchSurroundings } from "./surroundings.ts";
import { terminalLoans } from "./terminal-loans.ts";
import { askBackground, backgroundOf } from "./theme/background.ts";
import type { ThemeChoice } from "./theme/choice.ts";
import { depthOf } from "./theme/colour.ts";
import { themeSwitch } from "./theme/switch.ts";
import { textColumns } from "./view/composer-lines.ts";
import { questionRoom, usableColumns } from "./view/frame.ts";
import { cursorOf } from "./vim-keys.ts";

/** What the UI is started with. */
export type TuiOptions = {
  app: OpenApp;
  choice: SessionChoice;
  cwd: string;
  theme: ThemeChoice;
  env: { readonly [name: string]: string | undefined };
  /** Submitted at once; empty for none. */
  firstTask: string;
};

/** How the UI came to its end. */
type Leaving = "left" | "interrupted" | "terminated";

/** Runs the UI until the person leaves. Standard input and output must be terminals. */
export async function startTui({ app, choice, cwd, theme, env, firstTask }: TuiOptions): Promise<void> {
  const { stdin, stdout } = process;
  const store = new ScreenStore(emptyScreen, (question) => {
    const size = sizeOf(stdout);
    return questionFits(question, usableColumns(size), questionRoom(size));
  });
  const approvals = new Approvals(store, (rule) => sessions.current().rules.pastMatches(rule));
  const { approver } = approvals;
  const first = await app.openSession(choice, approver);
  const resumed = choice.kind === "new" ? null : first.id;
  const conversationBefore = await conversationOf(first);
  store.change((state) => ({
    ...state,
    model: first.model,
    effort: first.effort,
    mode: first.mode,
    vim: app.settings.settings.editor === "vim" ? newVim : null,
    conversation: conversationBefore,
  }));
  const conversation = new Conversation(first, store, () => offerPlan(place));
  const sessions = sessionSwitch({ app, approver, store }, first, conversation);

  const { asked, ask } = leaving(() => void sessions.current().endCommands());
  const chosen = chosenKeys(app.settings);
  const keymap = keymapOf(chosen);
  const { footer: items = footerItems, notify = "auto", statusLine } = app.settings.settings;
  const startedAt = Date.now();
  const footer = { cwd, items };
  const depth = depthOf(stdout.getColorDepth(env));
  const themes = themeSwitch(theme, backgroundOf(env), depth, (next) => screen.use(next));
  // Raw before anything is drawn: a person who sees the composer types, and the terminal would echo that, and make a
  // line break of its Enter.
  const terminal = openTerminal({ stdin, stdout }, env, {
    keys(keys) {
      for (const key of keys) {
        const everywhere = key.type === "key" ? keymap.everywhere.get(key.chord) : undefined;
        if (key.type === "report") {
          themes.heard(key.sequence);
          attention.heard(key.sequence);
        } else if (everywhere === "suspend") loans.suspend();
        else if (everywhere === "redraw") screen.redraw();
        else if (!screen.press(key, keymap)) press(key);
      }
    },
    gone: () => ask("terminated"),
  });
  const files = new FileIndex((signal, take) => listFiles(cwd, env, signal, take), Date.now);
  const drafts = new Drafts({
    folder: join(app.paths.state, "drafts"),
    root: app.root,
    pid: process.pid,
    now: Date.now,
    isAlive,
  });
  const screen = openScreen({ store, footer, env, terminal: stdout, theme: themes.current(), depth });
  store.subscribe(() => terminal.shape(cursorOf(store.state)));
  terminal.shape(cursorOf(store.state));
  const hint = (text: string): void => store.change((state) => ({ ...state, hint: text }));
  const warn = (text: string): void => store.say(text, "warning");
  const ending = new AbortController();
  void asked.then(() => ending.abort());
  const place: Controlled = {
    store,
    conversation,
    approvals,
    keymap,
    chosenKeys: chosen,
    textColumns: () => textColumns(usableColumns(sizeOf(stdout))),
    externalEditor: () =>
      openInEditor({
        store,
        warn,
        edit: (text) => loans.lendTo(() => editExternally(text, env, ending.signal)),
      }),
    transcript() {
      const { id, transcript } = sessions.current();
      screen.show(new Pager(`session ${id}`, transcriptPages(transcript()), "end"));
    },
    show: (view) => screen.show(view),
    size: () => sizeOf(stdout),
    page: (title, blocks) => screen.show(new Pager(title, onePage(blocks), "beginning")),
    caps: app.settings.settings.budgets,
    session: sessions.current,
    app,
    root: app.root,
    files,
    drafts,
    clipboardImage: async () => {
      const { clipboardImage } = await import("./compose/pictures.ts");
      return clipboardImage(process.platform, env);
    },
    async goTo(choice) {
      const before = await sessions.goTo(choice);
      offerPlan(place);
      return before;
    },
    goToCopy: sessions.goToCopy,
    moveTo: sessions.moveTo,
    sessions: app.sessions,
    copyText: (text) =>
      copyText(text, {
        env,
        platform: process.platform,
        folder: app.paths.state,
        write: (bytes) => void stdout.write(bytes),
      }),
    redraw: () => store.changeSoon((state) => ({ ...state })),
    models: app.models,
    themes,
    tell: (text) => store.say(text, "info"),
    warn,
    open: (dialog) => store.change((state) => ({ ...state, dialog })),
    cwd,
    leave: () => ask("left"),
  };
  const press = controls(place);
  const stopListening = onSignals((how) => {
    // Ctrl+C in an editor reaches the whole group.
    if (how !== "interrupted" || !loans.lent()) ask(how);
  });
  const stopWatching = watchSurroundings(store, cwd, sessions.current);
  const stopStatusLine =
    statusLine &&
    watchStatusLine(store, statusLine, {
      cwd,
      env: app.commandEnvironment,
      input: () =>
        statusInput(
          store.state,
          sessions.current(),
          { cwd, project: app.root, version: app.version, startedAt },
          Date.now(),
        ),
    });
  const draft = firstTask === "" ? await drafts.adopt() : null;
  if (draft !== null && store.state.editor.text === "")
    store.change((state) => ({
      ...state,
      editor: { text: draft.text, caret: draft.text.length },
      tokens: draft.tokens,
    }));
  if (depth > 4) stdout.write(askBackground);
  const attention = openAttention({
    store,
    write: (text) => void stdout.write(text),
    env,
    by: notify,
    title: () => basename(cwd),
    now: Date.now,
  });
  const loans = terminalLoans({ screen, terminal, attention, hint });
  try {
    if (!firstTask) offerPlan(place);
    if (firstTask) {
      // Not as a paste: a long task is shown whole.
      store.change((state) => ({ ...state, editor: { text: firstTask, caret: firstTask.length } }));
      press({ type: "key", chord: "enter" });
    }
    // The screen ends first only by an error in drawing.
    const how = await Promise.race([asked, screen.ended.then((): Leaving => "left")]);
    conversation.interrupt(how === "terminated" ? "terminated" : "interrupted");
    await conversation.idle();
    process.exitCode = codeOf(how);
  } finally {
    drafts.flush();
    files.close();
    await screen.close();
    stopListening();
    stopWatching();
    stopStatusLine?.();
    loans.close();
    attention.close();
    await terminal.close();
  }
  const session = sessions.current();
  if (conversation.begun || session.id === resumed) {
    const { waiting } = conversation;
    const queued =
      waiting > 0 ? ` (${waiting} queued ${waiting === 1 ? "message waits" : "messages wait"})` : "";
    stdout.write(`\nTo go on: tau -r ${session.id}${queued}\n`);
  }
}

/** Files below the folder, hidden ones too, but for what ignore files and git's own folder hide. */
async function listFiles(
  cwd: string,
  env: TuiOptions["env"],
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

const codeOf = (how: Leaving): number => (how === "left" ? exitCodes.done : exitCodes[how]);

/** The first time leaves with the work kept, the second ends commands at once, the third the process. */
function leaving(hurry: () => void): { asked: Promise<Leaving>; ask(how: Leaving): void } {
  let times = 0;
  let leave: (how: Leaving) => void = () => undefined;
  const asked = new Promise<Leaving>((resolve) => {
    leave = resolve;
  });
  return {
    asked,
    ask(how) {
      times += 1;
      if (times > 2) process.exit(codeOf(how));
      if (times === 2) hurry();
      leave(how);
    },
  };
}

function onSignals(leave: (how: Leaving) => void): () => void {
  const interrupted = (): void => leave("interrupted");
  const terminated = (): void => leave("terminated");
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", terminated);
  process.on("SIGHUP", terminated);
  return () => {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", terminated);
    process.off("SIGHUP", terminated);
  };
}
