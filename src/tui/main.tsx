/** The terminal UI: a reader of the event stream and a place to type. */
import { basename } from "node:path";
import type { OpenApp, SessionChoice } from "../app/contract.ts";
import { footerItems } from "../config/footer.ts";
import type { TauError } from "../core/errors.ts";
import { openAttention } from "./attention.ts";
import { brokenError, onStrayErrors, stopped } from "./breaking.ts";
import { copyText } from "./clipboard.ts";
import type { CommandPlace } from "./commands.ts";
import { type Controlled, controls } from "./controls.ts";
import { openInEditor } from "./editing-keys.ts";
import { editExternally } from "./external-editor.ts";
import { openTerminal } from "./input/terminal.ts";
import { routeKey } from "./key-routes.ts";
import { codeOf, leaving, onSignals, resumeLine } from "./leaving.ts";
import { openConversation } from "./open-conversation.ts";
import { onePage, Pager } from "./pager/pager.ts";
import { transcriptPages } from "./pager/transcript.ts";
import { offerPlan } from "./plan/plan-dialog.ts";
import { questionFits } from "./questions/question-lines.ts";
import { openScreen, sizeOf } from "./screen/open-screen.tsx";
import { nameQuestion } from "./screen/reflow.ts";
import { statusInput } from "./status-line/input.ts";
import { watchStatusLine } from "./status-line/watch.ts";
import { terminalLoans } from "./terminal-loans.ts";
import { askBackground, backgroundOf } from "./theme/background.ts";
import type { ThemeChoice } from "./theme/choice.ts";
import { wantedDepth } from "./theme/depth.ts";
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
  /** See {@link CommandPlace.doctor}. */
  doctor: CommandPlace["doctor"];
  /** Submitted at once; empty for none. */
  firstTask: string;
};

/** Runs the UI until the person leaves. Standard input and output must be terminals. */
export async function startTui({
  app,
  choice,
  cwd,
  theme,
  env,
  doctor,
  firstTask,
}: TuiOptions): Promise<void> {
  const { stdin, stdout } = process;
  const opened = await openConversation({
    app,
    choice,
    cwd,
    env,
    doctor,
    fits(question) {
      const size = sizeOf(stdout);
      return questionFits(question, usableColumns(size), questionRoom(size));
    },
    atRest: () => offerPlan(place),
  });
  const { store, conversation, sessions, drafts, common } = opened;
  const { keymap, warn } = common;
  const { asked, ask } = leaving(() => void sessions.current().endCommands());
  const { footer: items = footerItems, notify = "auto", statusLine, screen: kind } = app.settings.settings;
  const open = kind === "full" ? (await import("./screen/open-full-screen.tsx")).openFullScreen : openScreen;
  const startedAt = Date.now();
  const footer = { cwd, items, motion: motionOf(app.settings.settings.motion, env) };
  const depth = wantedDepth(env, (others) => stdout.getColorDepth(others));
  const themes = themeSwitch(theme, backgroundOf(env), depth, (next) => screen.use(next));
  // Raw before anything is drawn: a person who sees the composer types, and the terminal would echo that, and make a
  // line break of its Enter.
  const terminal = openTerminal({ stdin, stdout }, env, {
    keys(keys) {
      for (const key of keys)
        routeKey(key, keymap, {
          everywhere: { suspend: () => loans.suspend(), redraw: () => screen.redraw() },
          heard(sequence) {
            themes.heard(sequence);
            attention.heard(sequence);
            screen.heard(sequence);
          },
          fullView: (pressed) => screen.press(pressed, keymap),
          conversation: (pressed) => press(pressed),
        });
    },
    gone: () => ask("terminated"),
  });
  const screen = open({ store, footer, env, terminal: stdout, theme: themes.current(), depth });
  store.subscribe(() => terminal.shape(cursorOf(store.state)));
  terminal.shape(cursorOf(store.state));
  const hint = (text: string): void => store.change((state) => ({ ...state, hint: text }));
  const ending = new AbortController();
  void asked.then(() => ending.abort());
  const place: Controlled = {
    ...common,
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
    scroll: (pages) => screen.scroll(pages),
    size: () => sizeOf(stdout),
    page: (title, blocks) => screen.show(new Pager(title, onePage(blocks), "beginning")),
    copyText: (text) =>
      copyText(text, {
        env,
        platform: process.platform,
        folder: app.paths.state,
        write: (bytes) => void stdout.write(bytes),
      }),
    redraw: () => store.changeSoon((state) => ({ ...state })),
    themes,
    leave: () => ask("left"),
  };
  const press = controls(place);
  let stopWatching = (): void => undefined;
  const stray = new Promise<unknown>((resolve) => {
    stopWatching = onStrayErrors(resolve);
  });
  const stopListening = onSignals((how) => {
    // Ctrl+C in an editor reaches the whole group.
    if (how !== "interrupted" || !loans.lent()) ask(how);
  });
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
  stdout.write(nameQuestion(env) + (depth > 4 ? askBackground : ""));
  const attention = openAttention({
    store,
    write: (text) => void stdout.write(text),
    env,
    by: notify,
    title: () => basename(cwd),
    now: Date.now,
  });
  const loans = terminalLoans({ screen, terminal, attention, hint });
  let failure: TauError | null = null;
  try {
    if (!firstTask) offerPlan(place);
    if (firstTask) {
      // Not as a paste: a long task is shown whole.
      store.change((state) => ({ ...state, editor: { text: firstTask, caret: firstTask.length } }));
      press({ type: "key", chord: "enter" });
    }
    const end = await Promise.race([
      asked.then((how) => ({ how })),
      Promise.race([screen.broken, stray]).then((error) => ({ error })),
    ]);
    if ("error" in end) {
      const session = opened.worthResuming() ? sessions.current().id : null;
      failure = brokenError(end.error, session, app, new Date());
      conversation.interrupt("terminated");
      await stopped(conversation.idle());
    } else {
      conversation.interrupt(end.how === "terminated" ? "terminated" : "interrupted");
      await conversation.idle();
      process.exitCode = codeOf(end.how);
    }
  } finally {
    opened.close();
    await screen.close();
    // What breaks after the first error breaks because of it.
    if (failure === null) stopWatching();
    stopListening();
    stopStatusLine?.();
    loans.close();
    attention.close();
    await terminal.close();
  }
  if (failure !== null) throw failure;
  if (opened.worthResuming()) stdout.write(`\n${resumeLine(sessions.current(), conversation.waiting)}\n`);
}

/** The environment's word stands above the setting: it is for this terminal. */
function motionOf(setting: "full" | "reduced" | undefined, env: TuiOptions["env"]): "full" | "reduced" {
  const said = env.TAU_REDUCED_MOTION;
  if (said === undefined || said === "") return setting ?? "full";
  return said === "0" || said === "false" ? "full" : "reduced";
}
