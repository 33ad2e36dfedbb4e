/** What lies about: files of processes that ended in the middle of writing, a set-up broken off, completions of an older Tau. */
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { TauPaths } from "../../config/paths.ts";
import { rewriteFile } from "../../config/rewrite-file.ts";
import { systemCode } from "../../core/errors.ts";
import { completionScript } from "../completion/script.ts";
import { homeFolder } from "../folder.ts";
import { completionFile } from "../onboarding/ask-completions.ts";
import { keptProgress, progressFile } from "../onboarding/progress.ts";
import type { Check } from "./check.ts";
import { quoted } from "./commands.ts";

/** Writing takes a few ms; whoever has not ended it after so long never will. */
const abandonedMs = 60_000;

/** All of them, nothing when there is nothing; without a command tree none about completions. */
export function leftovers(paths: TauPaths, tau: Command | null): Check[] {
  return [...abandoned(paths), ...setUp(paths), ...(tau === null ? [] : completions(tau))];
}

/** A file that is written anew stands under such a name until it is whole. */
function abandoned({ config, data, state }: TauPaths): Check[] {
  const folders = new Set([
    config,
    join(config, "themes"),
    join(data, "models"),
    state,
    join(state, "drafts"),
  ]);
  const found = [...folders].flatMap((folder) =>
    namesIn(folder)
      .filter((name) => /\.json\.lock$|\.json\.new$|\.\d+\.tmp$/.test(name))
      .map((name) => join(folder, name))
      .filter((path) => isAbandoned(path)),
  );
  if (found.length === 0) return [];
  return [
    {
      name: "left-overs",
      state: "warning",
      detail: `left by processes that ended while they wrote: ${found.join(", ")}; the files themselves are whole`,
      next: `rm ${found.map(quoted).join(" ")}`,
      fix: {
        what: `remove ${found.join(", ")}`,
        apply() {
          for (const path of found) rmSync(path, { force: true });
        },
      },
    },
  ];
}

function setUp(paths: TauPaths): Check[] {
  const path = progressFile(paths);
  const kept = keptProgress(paths);
  if (kept === null) return [];
  if (kept === "unreadable") {
    const aside = `${path}.damaged`;
    return [
      {
        name: "set-up",
        state: "warning",
        detail: `${path} cannot be read: tau onboard asks everything anew`,
        next: `mv ${quoted(path)} ${quoted(aside)}`,
        fix: { what: `move ${path} to ${aside}`, apply: () => renameSync(path, aside) },
      },
    ];
  }
  const profile = kept.profile === null ? "" : ` --profile ${kept.profile}`;
  return [
    {
      name: "set-up",
      state: "warning",
      detail: `broken off; answered so far: ${kept.done.join(", ") || "nothing"}`,
      next: `tau onboard${profile} goes on there, tau onboard${profile} --restart begins anew`,
    },
  ];
}

/** Only a file that Tau made is looked at: what a person wrote there is theirs. */
function completions(tau: Command): Check[] {
  const file = completionFile(process.env, homeFolder());
  if (file === null) return [];
  const { shell, path } = file;
  const script = completionScript(shell, tau);
  const found = textOf(path);
  if (!found.startsWith(`# Completions of tau for ${shell}`) || found.trimEnd() === script.trimEnd())
    return [];
  return [
    {
      name: "completions",
      state: "warning",
      detail: `${path} is of another version of Tau`,
      next: `tau completion ${shell} > ${quoted(path)}`,
      fix: {
        what: `write the completions of this version to ${path}`,
        apply: () => rewriteFile(path, Date.now, () => script),
      },
    },
  ];
}

function isAbandoned(path: string): boolean {
  try {
    const entry = statSync(path);
    return entry.isFile() && Date.now() - entry.mtimeMs > abandonedMs;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false; // gone meanwhile, or in a folder another check tells of
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return []; // not there, or told of by another check
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "";
  }
}
