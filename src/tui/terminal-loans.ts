/** The terminal in other hands for a while: the shell's after Ctrl+Z, an editor's. */
import type { Attention } from "./attention.ts";
import type { RawTerminal } from "./input/terminal.ts";
import type { OpenScreen } from "./screen/open-screen.tsx";

/** What is lent. */
export type Lender = {
  screen: Pick<OpenScreen, "lend" | "takeBack">;
  terminal: Pick<RawTerminal, "lend" | "takeBack">;
  attention: Pick<Attention, "lend" | "takeBack">;
  /** A word about the last key. */
  hint(text: string): void;
};

/** See {@link terminalLoans}. */
export type TerminalLoans = {
  /** Stops this process and its group, as Ctrl+Z does with any program; everything is back when it goes on. */
  suspend(): void;
  /** Runs a program that has the terminal to itself. What is said meanwhile is shown after. */
  lendTo<Result>(program: () => Promise<Result>): Promise<Result>;
  /** Whether another program has it: an interrupt typed into that one is not for this process. */
  lent(): boolean;
  close(): void;
};

/** How long a process that was told to stop may still be running, in ms. */
const stopMs = 100;

/** Makes the terminal lendable; stop and continue signals are taken until it is closed. */
export function terminalLoans({ screen, terminal, attention, hint }: Lender): TerminalLoans {
  let holder: "us" | "shell" | "program" = "us";
  let stopping: NodeJS.Timeout | undefined;
  const lend = (to: "shell" | "program"): void => {
    holder = to;
    screen.lend();
    attention.lend();
    terminal.lend();
  };
  const takeBack = (): void => {
    holder = "us";
    terminal.takeBack();
    // Resizes were told to whoever was in the foreground.
    process.emit("SIGWINCH", "SIGWINCH");
    screen.takeBack();
    attention.takeBack();
  };

  const suspend = (): void => {
    if (holder !== "us") return;
    lend("shell");
    process.off("SIGTSTP", suspend);
    process.kill(0, "SIGTSTP");
    // Where nobody could continue it (no job control), the signal does nothing; then nobody sends SIGCONT either.
    stopping = setTimeout(
      () =>
        setImmediate(() => {
          if (holder !== "shell") return;
          resume();
          hint("nothing here could bring it back: it is not suspended");
        }),
      stopMs,
    );
  };
  const resume = (): void => {
    clearTimeout(stopping);
    process.off("SIGTSTP", suspend);
    process.on("SIGTSTP", suspend);
    takeBack();
  };
  /** Also after a stop nobody was asked about: the shell has taken the terminal, and there is no knowing what for. */
  const continued = (): void => {
    if (holder !== "program") resume();
  };
  process.on("SIGTSTP", suspend);
  process.on("SIGCONT", continued);
  return {
    suspend,
    async lendTo(program) {
      lend("program");
      // An editor that is suspended stops the whole group, and has nothing of ours to put back.
      process.off("SIGTSTP", suspend);
      try {
        return await program();
      } finally {
        process.on("SIGTSTP", suspend);
        takeBack();
      }
    },
    lent: () => holder === "program",
    close() {
      clearTimeout(stopping);
      process.off("SIGTSTP", suspend);
      process.off("SIGCONT", continued);
    },
  };
}
