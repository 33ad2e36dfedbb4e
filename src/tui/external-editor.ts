/** What is typed, in an editor of the person's own. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

type Environment = { readonly [name: string]: string | undefined };

/** How editing went: the text as it was left, or why there is none. */
export type EditorOutcome = { text: string } | { failure: string };

/** The shell line that opens an editor: $VISUAL, $EDITOR, else what there is; null for none. */
export function editorCommand(env: Environment): string | null {
  const chosen = [env.VISUAL, env.EDITOR].find((command) => command !== undefined && command.trim() !== "");
  return chosen ?? ["vi", "nano", "vim", "emacs"].find((name) => isFound(name, env)) ?? null;
}

function isFound(name: string, { PATH = "" }: Environment): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder || ".", name), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}

/**
 * Opens `text` in an editor that has the terminal, and waits for it. The text goes through a file that nobody else can
 * read. Nothing is lost by an editor that fails: what it wrote stays where the failure says.
 * @param signal ends the editor, too
 */
export async function editExternally(
  text: string,
  env: Environment,
  signal: AbortSignal,
): Promise<EditorOutcome> {
  const command = editorCommand(env);
  if (command === null) return { failure: "no editor was found: set VISUAL or EDITOR" };
  const folder = await mkdtemp(join(tmpdir(), "tau-edit-"));
  const file = join(folder, "message.md");
  await writeFile(file, text, { mode: 0o600 });
  const failed = await run(command, file, env, signal);
  const written = await readFile(file, "utf8").catch(() => null);
  if (failed !== null && written !== null && written !== text)
    return { failure: `${command} ${failed}: nothing was taken over; what it wrote is in ${file}` };
  await rm(folder, { recursive: true, force: true });
  if (failed !== null) return { failure: `${command} ${failed}: what was typed is as it was` };
  if (written === null) return { failure: `${command} took the file away: what was typed is as it was` };
  const edited = written.replace(/\r\n?/g, "\n");
  // Editors end a file with a line break whether it had one or not.
  return { text: text.endsWith("\n") ? edited : edited.replace(/\n$/, "") };
}

/** Null when it ended well, else how it did not. */
function run(command: string, file: string, env: Environment, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    // By the shell, as git does: the variable may hold options and quotes.
    const child = spawn("/bin/sh", ["-c", `${command} "$@"`, command, file], {
      stdio: "inherit",
      env: { ...env },
    });
    const end = (): void => void child.kill("SIGHUP");
    signal.addEventListener("abort", end, { once: true });
    const settle = (failed: string | null): void => {
      signal.removeEventListener("abort", end);
      resolve(failed);
    };
    child.once("error", ({ message }) => settle(`could not be started (${message})`));
    child.once("exit", (code, by) =>
      settle(code === 0 ? null : by === null ? `ended with code ${code}` : `was ended by ${by}`),
    );
  });
}
