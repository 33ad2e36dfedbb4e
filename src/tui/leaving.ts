/** How a front end comes to its end: by a person's word, by a signal, or because the terminal is gone. */
import type { OpenSession } from "../app/contract.ts";
import { exitCodes } from "../core/errors.ts";

/** How it ended. */
export type Leaving = "left" | "interrupted" | "terminated";

/** The exit code of an end. */
export const codeOf = (how: Leaving): number => (how === "left" ? exitCodes.done : exitCodes[how]);

/** The first time leaves with the work kept, the second ends commands at once, the third the process. */
export function leaving(hurry: () => void): { asked: Promise<Leaving>; ask(how: Leaving): void } {
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

/** Tells of signals that end a program, until what it returns is called. */
export function onSignals(leave: (how: Leaving) => void): () => void {
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

/** The command that goes on where it was left, and how many messages wait there. */
export function resumeLine({ id }: Pick<OpenSession, "id">, waiting: number): string {
  const queued =
    waiting > 0 ? ` (${waiting} queued ${waiting === 1 ? "message waits" : "messages wait"})` : "";
  return `To go on: tau -r ${id}${queued}`;
}
