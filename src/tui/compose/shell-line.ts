/** `!command`: a shell command of the person's own, shown live, stopped by the keys that stop a turn. */
import { messageWithHint } from "../../core/errors.ts";
import { reduce } from "../state.ts";
import { type ComposePlace, hint } from "./place.ts";

/** Characters of its output drawn while it runs. */
const tailCharacters = 2_000;

/** A command in what is typed: `!command`, or `!!command` for one the model is not told of. */
export function shellIn(text: string): { command: string; shared: boolean } | null {
  const [, marks, command] = /^(!{1,2})\s*([^!\s][\s\S]*)$/.exec(text.trim()) ?? [];
  return command === undefined ? null : { command, shared: marks === "!" };
}

/** Runs such commands, one at a time. */
export type ShellLine = {
  /** False while another one runs. */
  run(command: string, shared: boolean): boolean;
  /** Stops the one that runs; false when none does. */
  stop(): boolean;
  /** Resolves when none runs. */
  idle(): Promise<void>;
};

/** Makes them. */
export function shellLine(place: ComposePlace): ShellLine {
  const { store } = place;
  let running: AbortController | null = null;
  let done: Promise<void> = Promise.resolve();

  const work = async (command: string, shared: boolean, { signal }: AbortController): Promise<void> => {
    const mark = shared ? "!" : "!!";
    store.change((state) => ({
      ...state,
      shell: {
        callId: "own-command",
        summary: `${mark} ${command}`,
        startedAt: Date.now(),
        tail: "",
        remainingMs: null,
        allowedBy: null,
      },
    }));
    try {
      const entry = await place.session().runCommand({
        command,
        shared,
        signal,
        onOutput: (text) =>
          store.changeSoon((state) =>
            state.shell === null
              ? state
              : {
                  ...state,
                  shell: { ...state.shell, tail: (state.shell.tail + text).slice(-tailCharacters) },
                },
          ),
      });
      store.change((state) => ({ ...state, shell: null, conversation: reduce(state.conversation, entry) }));
    } catch (error) {
      store.change((state) => ({ ...state, shell: null }));
      place.warn(`${mark} ${command}: ${messageWithHint(error)}`);
    } finally {
      running = null;
    }
  };

  return {
    run(command, shared) {
      if (running !== null) {
        hint(place, "a command of yours runs already; esc stops it");
        return false;
      }
      running = new AbortController();
      done = work(command, shared, running);
      return true;
    },
    stop() {
      running?.abort("interrupted");
      return running !== null;
    },
    idle: () => done,
  };
}
