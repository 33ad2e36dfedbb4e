/** `tau config edit`: a settings file in the person's editor. What was typed is never lost, and what is wrong never written. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { readText } from "../../config/read-text.ts";
import { rewriteFile } from "../../config/rewrite-file.ts";
import { parseSettings } from "../../config/settings-file.ts";
import { TauError } from "../../core/errors.ts";
import { print, say } from "../print/streams.ts";
import { type PlaceOptions, placeOf } from "./places.ts";

/** What stands in a file that is made by editing it. */
const firstText = `{
  // tau config schema prints every setting; comments and trailing commas are fine
}
`;

/**
 * Opens a copy in the editor and puts it in the file's place when it is right; when it is wrong, asks whether to go on.
 * @throws TauError `config` when it stays wrong, or the file was changed meanwhile: the copy is kept, and named
 */
export async function editConfig(where: PlaceOptions): Promise<void> {
  const { path } = placeOf(where);
  const hasEditor = Boolean(process.env.VISUAL || process.env.EDITOR);
  if (!hasEditor && process.stdin.isTTY !== true)
    throw new TauError(
      "usage",
      "there is no terminal to edit in",
      "tau config set KEY VALUE works without one",
    );
  const before = readText(path);
  const copy = `${path}.edit-${process.pid}.jsonc`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(copy, before ?? firstText, { mode: 0o600, flag: "wx" });
  for (;;) {
    openEditor(copy, before ?? firstText);
    const text = readFileSync(copy, "utf8");
    if (text === (before ?? firstText)) {
      rmSync(copy);
      return print(`${path} is as it was`);
    }
    try {
      await parseSettings(text, path);
      await rewriteFile(path, Date.now, (now) => {
        if (now === before) return text;
        throw new TauError("config", `${path} was changed meanwhile`, `your text is in ${copy}`);
      });
      rmSync(copy);
      return print(`${path} is written`);
    } catch (error) {
      if (!(error instanceof TauError)) throw error;
      say(`tau: ${error.message}\n`);
      if (!(await wantsMore()))
        throw new TauError("config", `${path} is as it was`, `your text is in ${copy}`);
    }
  }
}

/** Through the shell, as git does: the variables hold options too. */
function openEditor(file: string, before: string): void {
  const editor =
    process.env.VISUAL || process.env.EDITOR || (process.platform === "win32" ? "notepad" : "vi");
  const { status, error } =
    process.platform === "win32"
      ? spawnSync(`${editor} "${file}"`, { shell: true, stdio: "inherit" })
      : spawnSync("/bin/sh", ["-c", `${editor} "$0"`, file], { stdio: "inherit" });
  if (status === 0) return;
  const isTouched = readFileSync(file, "utf8") !== before;
  if (!isTouched) rmSync(file);
  throw new TauError(
    "failure",
    `the editor ${editor} ended with ${error?.message ?? `code ${status}`}; nothing was changed`,
    isTouched ? `your text is in ${file}` : "set VISUAL or EDITOR to one that is there",
  );
}

/** Nobody to ask means no. */
function wantsMore(): Promise<boolean> {
  if (!process.stdin.isTTY) return Promise.resolve(false);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    reader.once("close", () => resolve(false));
    reader.question("Edit it again? [Y/n] ", (answer) => {
      resolve(!/^n/i.test(answer.trim()));
      reader.close();
    });
  });
}
