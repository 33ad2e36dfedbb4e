/** One stage for two terminals: a shell with a prompt, in the emulator alone or in a real tmux, and tau started from it. */
import type { FakeAnswer, Script } from "../../support/upstream/script.ts";
import { keys, type Pty, type PtyOptions, startPty } from "./pty.ts";
import { model, type Scene, scene } from "./scene.ts";
import { startTmux } from "./tmux.ts";
import { ready } from "./tui.ts";

/** Where a scene is played. */
export type StageKind = "terminal" | "tmux";

/** A shell in a terminal. */
export type Stage = Scene & {
  tau: Pty;
  /** Types a line and sends it. */
  say(text: string): void;
  /** Types the command that starts tau and waits until it takes keys. */
  start(...args: string[]): Promise<void>;
  /**
   * Waits for the shell's prompt, and proves that the terminal is as a shell needs it: it echoes, it edits lines, and
   * the cursor is to be seen.
   */
  backInShell(): Promise<void>;
};

const prompt = "shell>";

/** Opens a shell of 80x24. */
export async function stage(
  kind: StageKind,
  script: Script | readonly FakeAnswer[],
  { settings, ...options }: PtyOptions & { settings?: object } = {},
): Promise<Stage> {
  const set = await scene(script);
  if (settings) set.settings(settings);
  const shell = {
    ...options,
    shell: "exec bash --norc --noprofile -i",
    env: { PS1: `${prompt} `, HISTFILE: "", ...options.env },
  };
  const tau = kind === "tmux" ? startTmux(set.world, shell) : startPty(set.world, [], shell);
  await tau.waitFor(prompt);
  let proofs = 0;
  return {
    ...set,
    tau,
    say: (text) => tau.write(`${text}${keys.enter}`),
    async start(...args) {
      tau.write(`clear; "$NODE" "$TAU" --model ${model} ${args.join(" ")}${keys.enter}`);
      await tau.waitFor((screen) => screen.includes(ready) && !screen.includes("clear;"));
    },
    async backInShell() {
      await tau.waitFor((screen) => screen.trimEnd().endsWith(prompt));
      proofs += 1;
      // In the output alone the two are one word.
      tau.write(
        `stty -a | grep -oE -- '-?(icanon|echo|isig|opost|onlcr)\\b' | xargs echo "sane"-${proofs}:\r`,
      );
      await tau.waitFor(
        new RegExp(`^sane-${proofs}: isig icanon echo opost onlcr$|^sane-${proofs}: .*`, "m"),
      );
      const state = new RegExp(`^sane-${proofs}: (.*)$`, "m")
        .exec(tau.screen())?.[1]
        ?.split(" ")
        .sort()
        .join(" ");
      if (state !== "echo icanon isig onlcr opost") throw new Error(`the terminal was left with ${state}`);
      if (tau.modes().cursorHidden) throw new Error("the cursor was left hidden");
    },
  };
}
