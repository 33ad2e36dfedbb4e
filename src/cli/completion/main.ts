/**
 * `tau __complete SOURCE TYPED [BEFORE]`: candidates for a shell, one a line, each with a tab and a few words about it.
 * An entry of its own, so that a key press loads nothing of a run. It always ends well and says nothing else.
 */
import { writeSync } from "node:fs";
import { tauPaths } from "../../config/paths.ts";
import { clean, oneRow } from "../../tui/view/clean.ts";
import { homeFolder, workingFolder } from "../folder.ts";
import { type Candidate, candidatesOf } from "./answer.ts";
import { dynamicSources } from "./sources.ts";

/** A title longer than this would only wrap. */
const aboutLength = 60;

// Through the system, not process.stdout: a shell that went on typing has closed the pipe, and nobody wants to hear it.
complete(process.argv.slice(3)).then(
  (text) => {
    try {
      writeSync(1, text);
    } catch {
      process.exitCode = 0;
    }
  },
  (error: unknown) => {
    if (process.env.TAU_DEBUG) writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`);
  },
);

async function complete([name, typed = "", before = ""]: string[]): Promise<string> {
  const source = dynamicSources.find((one) => one === name);
  if (source === undefined) return "";
  const asker = {
    paths: tauPaths(process.env, homeFolder()),
    cwd: workingFolder(),
    env: process.env,
    typed,
    before,
  };
  return (await candidatesOf(source, asker)).flatMap(line).join("");
}

function line({ value, about }: Candidate): string[] {
  // What a shell could not read back is no candidate.
  if (clean(value) !== value || /\s/.test(value)) return [];
  const words = oneRow(clean(about ?? "")).trim();
  const characters = [...words];
  const shown = characters.length > aboutLength ? `${characters.slice(0, aboutLength - 1).join("")}…` : words;
  return [shown ? `${value}\t${shown}\n` : `${value}\n`];
}
