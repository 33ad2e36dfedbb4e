/** Which way of asking fits the terminal. */
import type { Asker } from "./asker.ts";

/** Opens an asker over this process's terminal; where the cursor cannot be moved, it asks in plain lines. */
export async function openAsker(kind: "rich" | "plain"): Promise<Asker> {
  return kind === "rich" && process.env.TERM !== "dumb"
    ? (await import("./menus.ts")).menus(process.stdin, process.stdout)
    : (await import("./plain-questions.ts")).plainQuestions(process.stdin, process.stdout);
}
