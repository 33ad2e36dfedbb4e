/** A scene with the terminal UI on stage. */
import type { FakeAnswer, Script } from "../../support/upstream/script.ts";
import { keys, type Pty, type PtyOptions, startPty } from "./pty.ts";
import { model, type Scene, scene } from "./scene.ts";

/** The composer's words when nothing runs and nothing is typed. */
export const ready = "what shall we do?";

/** A scene whose terminal waits for a first task. */
export type TuiScene = Scene & {
  tau: Pty;
  /** Types a line and sends it. */
  say(text: string): void;
};

/** Starts the UI over a scripted upstream and waits until it takes keys. */
export async function tui(
  script: Script | readonly FakeAnswer[],
  args: readonly string[] = [],
  options: PtyOptions & { settings?: object } = {},
): Promise<TuiScene> {
  const set = await scene(script);
  if (options.settings) set.settings(options.settings);
  const tau = startPty(set.world, ["--model", model, ...args], options);
  // The smallest terminals have no room for the whole hint.
  await tau.waitFor(ready.slice(0, 8));
  return { ...set, tau, say: (text) => tau.write(`${text}${keys.enter}`) };
}

/** The lines of the history that hold `text`. */
export const linesWith = (tau: Pty, text: string): string[] =>
  tau.history().filter((line) => line.includes(text));
