/** What Enter does with what is typed: a command, a shell line, something to remember, or a message with all it names. */
import type { Said } from "../../core/attachment.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { MarkdownCommand } from "../../extensions/commands/load.ts";
import { commandIn, commandNamed, type TypedCommand } from "../commands.ts";
import { reduce } from "../state.ts";
import { append, namedIn, withNamed } from "./message.ts";
import { type ComposePlace, compose, hint } from "./place.ts";
import { remember, rememberedIn } from "./remember.ts";
import { type ShellLine, shellIn } from "./shell-line.ts";
import { saidOf, type Tokens } from "./tokens.ts";

/** Where a message goes; false when too many wait already. */
export type Deliver = (said: Said) => boolean;

/** What sending needs of the rest. */
export type SendingParts = {
  place: ComposePlace;
  shell: ShellLine;
  /** Runs a command of the table. */
  runCommand(typed: TypedCommand): Promise<void>;
  /** Empties the composer: what was in it is on its way. */
  sent(): void;
  /** Notes a line that was sent. */
  note(text: string, tokens: Tokens): void;
};

/** The way out of the composer. */
export type Sending = {
  send(deliver: Deliver): void;
  /** Stops what is being read for a message; false when nothing is. */
  stop(): boolean;
  /** Resolves when nothing is read, and no command runs that was sent. */
  idle(): Promise<void>;
};

/** Makes it. */
export function sending({ place, shell, runCommand, sent, note }: SendingParts): Sending {
  const { store } = place;
  /** What is being read for a message: nothing is sent past it. */
  let reading: AbortController | null = null;
  /** All that is under way. */
  let done: Promise<unknown> = Promise.resolve();
  /** A text whose wrong names were told: sent again, it goes as it is. */
  let told = "";

  const serverKeys = (): ReadonlySet<string> => place.mcp?.servers.keys ?? new Set();

  const gone = (text: string, tokens: Tokens): void => {
    note(text, tokens);
    sent();
  };

  /** The message with what earlier commands and notes left for it. */
  const carrying = (said: Said): Said => {
    const full: Said = { parts: [...said.parts], attached: [...said.attached] };
    for (const { kind, label, text } of store.state.conversation.carried)
      append(full, kind, label, [{ type: "text", text }]);
    return full;
  };

  const out = (said: Said, deliver: Deliver): boolean => {
    if (!deliver(carrying(said))) {
      hint(place, "too many messages wait already");
      return false;
    }
    store.change((state) => ({ ...state, conversation: { ...state.conversation, carried: [] } }));
    if (said.parts.some(({ type }) => type === "image") && !place.session().seesImages)
      place.warn(`${place.session().model} cannot see pictures: it is told that there is one, and no more`);
    return true;
  };

  /** Reads what the message needs, then sends it; what goes wrong gives the text back. */
  const later = (
    text: string,
    tokens: Tokens,
    deliver: Deliver,
    read: (signal: AbortSignal) => Promise<Said>,
  ): void => {
    const controller = new AbortController();
    reading = controller;
    gone(text, tokens);
    done = read(controller.signal)
      .then((said) => {
        reading = null;
        if (controller.signal.aborted) throw new Error("stopped");
        if (!out(said, deliver)) giveBack(text, tokens);
      })
      .catch((error: unknown) => {
        reading = null;
        giveBack(text, tokens);
        place.warn(`not sent: ${messageWithHint(error)}`);
      });
  };

  const giveBack = (text: string, tokens: Tokens): void => {
    const { editor } = store.state;
    compose(place, editor.text === "" ? text : `${text}\n${editor.text}`, tokens);
  };

  const readNames = (said: Said, mentions: string, signal: AbortSignal): Promise<Said> =>
    withNamed(
      said,
      namedIn(mentions, place.cwd, serverKeys()).found,
      { cwd: place.cwd, session: place.session(), app: place.app },
      signal,
    );

  const message = (text: string, tokens: Tokens, deliver: Deliver): void => {
    const { found, missing } = namedIn(text, place.cwd, serverKeys());
    const [wrong] = missing;
    if (wrong !== undefined && told !== text) {
      told = text;
      hint(place, `there is no ${wrong.label.slice(1)}; enter again sends it as words`);
      return;
    }
    const said = saidOf(text, tokens);
    if (found.length > 0) later(text, tokens, deliver, (signal) => readNames(said, text, signal));
    else if (out(said, deliver)) gone(text, tokens);
  };

  const fromFile = async (
    command: MarkdownCommand,
    argument: string,
    label: string,
    signal: AbortSignal,
  ): Promise<Said> => {
    const { text, mentions } = await place.session().expandCommand(command, argument, signal);
    if (command.model !== null) await takeModel(command, command.model);
    const said: Said = {
      parts: [{ type: "text", text }],
      attached: [{ kind: "prompt", label, part: 0 }],
    };
    return await readNames(said, mentions, signal);
  };

  /** What a server says is said as it is: it names no files and runs nothing. */
  const fromServer = async (typed: TypedCommand, label: string, signal: AbortSignal): Promise<Said> => {
    const parts = await place.session().serverPrompt(typed.name, typed.argument, signal);
    return {
      parts,
      attached: parts.map(({ type }, part) => ({ kind: type === "text" ? "prompt" : "image", label, part })),
    };
  };

  /** A project must not decide what a person spends. */
  const takeModel = async ({ name, owner }: MarkdownCommand, model: string): Promise<void> => {
    if (owner === "project" || !model.includes("/"))
      return place.tell(`/${name} asks for the model ${model}; /model changes it`);
    await place.session().setModel(model);
    store.change((state) => ({ ...state, model: place.session().model }));
    place.tell(`from this message on: ${place.session().model}, as /${name} asks`);
  };

  const slash = (typed: TypedCommand, text: string, tokens: Tokens, deliver: Deliver): void => {
    if (commandNamed(typed.name) !== null) {
      note(text, tokens);
      done = runCommand(typed);
      return;
    }
    if (place.mcp !== null && typed.name.startsWith("mcp__")) {
      later(text, tokens, deliver, (signal) => fromServer(typed, text, signal));
      return;
    }
    const controller = new AbortController();
    reading = controller;
    done = place.fileCommands
      .find(typed.name)
      .then((command) => {
        reading = null;
        if (command === null) return runCommand(typed);
        later(text, tokens, deliver, (signal) => fromFile(command, typed.argument, text, signal));
      })
      .catch((error: unknown) => {
        reading = null;
        place.warn(messageWithHint(error));
      });
  };

  return {
    send(deliver) {
      const { tokens } = store.state;
      const text = store.state.editor.text.trim();
      if (reading !== null)
        return hint(place, "what the last message names is still being read; esc stops it");
      const own = shellIn(text);
      if (own !== null) {
        if (shell.run(own.command, own.shared)) gone(text, tokens);
        return;
      }
      const line = rememberedIn(text);
      if (line !== null) {
        remember(place, line, (saved) => {
          done = place
            .session()
            .noteRemembered(saved)
            .then(
              (entry) =>
                store.change((state) => ({ ...state, conversation: reduce(state.conversation, entry) })),
              (error: unknown) => place.warn(`the next message will not carry it: ${messageWithHint(error)}`),
            );
        });
        return gone(text, tokens);
      }
      const typed = commandIn(store.state.editor.text);
      if (typed !== null) slash(typed, text, tokens, deliver);
      else message(text, tokens, deliver);
    },
    stop() {
      reading?.abort("interrupted");
      return reading !== null;
    },
    async idle() {
      for (let last: unknown = null; last !== done; await done) last = done;
    },
  };
}
