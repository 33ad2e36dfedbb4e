/** What a command that is no check does to files, as far as its words say. */

import { changesFiles } from "../../policy/read-only.ts";
import { programName, type SimpleCommand } from "../../policy/shell/line.ts";

/** Paths that are no part of any work: outside it, or the output of what was run. */
const elsewhere = /^(~|\/tmp|\/var\/tmp|\/dev|\/proc|\$TMPDIR|\$\{TMPDIR\})(\/|$)|\.(log|out|err|tmp)$/;

/** Of git, what changes the files of the work tree, and what does not although it is no mere reading. */
const gitChanges =
  /^(checkout|restore|reset|apply|am|merge|pull|rebase|cherry-pick|revert|clean|mv|rm|switch|stash)$/;
const gitKeeps = /^(add|commit|push|fetch|tag|notes|gc|init|remote|config|branch)$/;

/** Commands that change no file of the work, though they do something. */
const harmless = new Set(
  "cd pushd popd export set unset alias source . kill pkill wait jobs trap ulimit umask mkdir sleep clear exit".split(
    " ",
  ),
);
/** Commands that put in order or away, without a new content: not counted as changes of files. */
const structure = new Set("mkdir chmod touch rmdir install".split(" "));

/** `edit`: it plainly writes files of the work. `none`: it changes none. `unknown`: it may. */
export function effectOf(command: SimpleCommand): "edit" | "none" | "unknown" {
  const [, ...args] = command.words.map(({ text }) => text);
  const name = programName(command);
  const here = (path: string): boolean => !elsewhere.test(path);
  if (command.redirects.some(({ direction, target }) => direction === "write" && here(target.text)))
    return "edit";
  if (name === "git") {
    const verb = args.find((arg) => /^[a-z]/.test(arg)) ?? "";
    if (verb === "stash" && /^(list|show|create|store)$/.test(args[args.indexOf(verb) + 1] ?? ""))
      return "none";
    if (gitChanges.test(verb)) return "edit";
    return gitKeeps.test(verb) ? "none" : "unknown";
  }
  if (harmless.has(name)) return "none";
  const inPlace = args.some((arg) => /^(-[a-zA-Z]*i|--in-place)/.test(arg));
  if (/^(perl|ruby|gawk|yq)$/.test(name)) return inPlace ? "edit" : "unknown";
  if (!changesFiles(command) || structure.has(name)) return "unknown";
  if (name === "sed") return inPlace ? "edit" : "none";
  const paths = args.filter((arg) => !arg.startsWith("-"));
  // `cp from to`: only where it goes is changed; of `mv` and `rm` every path is.
  const touched = name === "cp" || name === "rsync" || name === "ln" ? paths.slice(-1) : paths;
  return touched.some(here) ? "edit" : "none";
}
