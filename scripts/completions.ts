/** Writes the shipped completions: completions/, one file a shell. */
import { mkdirSync, writeFileSync } from "node:fs";
import { completionScript } from "../src/cli/completion/script.ts";
import { fileNames, shells } from "../src/cli/completion/shells.ts";
import { program } from "../src/cli/program.ts";

mkdirSync("completions", { recursive: true });
for (const shell of shells)
  writeFileSync(`completions/${fileNames[shell]}`, completionScript(shell, program()));
