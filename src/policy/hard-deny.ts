/** What no mode and no rule permits: the mistakes nobody can take back. */
import { posix } from "node:path";
import { isInside, type Place } from "./path-pattern.ts";
import { programName, type SimpleCommand, type Word } from "./shell/line.ts";
import { wordPath } from "./word-paths.ts";

/** Folders directly below the root that belong to the system; everything of it is lost with one of them. */
const systemFolders = new Set(
  "bin boot dev etc home lib lib32 lib64 opt proc root run sbin srv sys usr var Users System Library Applications".split(
    " ",
  ),
);

/** Why a folder must not be removed; null when it may be. */
function precious(path: string, { cwd, projectRoot, home }: Place): string | null {
  if (path === "/") return "the whole file system";
  if (path === home) return "the home folder";
  if (isInside(path, projectRoot)) return "the project folder";
  if (isInside(path, home)) return "a folder above the home folder";
  const [first, ...deeper] = path.slice(1).split("/");
  if (deeper.length === 0 && systemFolders.has(first ?? "")) return "a system folder";
  const gits = [posix.join(projectRoot, ".git"), posix.join(cwd, ".git")];
  return gits.some((git) => path === git) ? "the repository's history (.git)" : null;
}

/** `rm -rf x/*` empties x: what the pattern's folder is, it is. */
function removed(word: Word, place: Place): string | null {
  const target = word.text.replace(/\/(?:\*|\.\*|\{.*\})+$/, "/");
  const isAll = word.dynamic && (/^(\*|\.\*|\{\*,\.\*\})$/.test(word.text) || target !== word.text);
  if (!isAll) return wordPath(word, place).path;
  const folder = target === word.text ? "." : target;
  return wordPath({ ...word, text: folder, dynamic: /[$?[{*]/.test(folder) }, place).path;
}

function rm(command: SimpleCommand, place: Place): string | null {
  const args = command.words.slice(1);
  if (args.some((word) => /^--no-p/.test(word.text)))
    return "rm --no-preserve-root removes the whole file system";
  if (!args.some((word) => /^(-[^-]*[rR]|--r)/.test(word.text))) return null;
  for (const word of args) {
    if (word.text.startsWith("-")) continue;
    const path = removed(word, place);
    const what = path === null ? null : precious(path, place);
    if (what !== null) return `rm -r ${word.text} would remove ${what}`;
  }
  return null;
}

/** `find / -delete` with no test at all. */
function find(command: SimpleCommand, place: Place): string | null {
  const args = command.words.slice(1);
  const first = args.findIndex((word) => word.text.startsWith("-"));
  if (first === -1 || args[first]?.text !== "-delete") return null;
  const start = args
    .slice(0, first)
    .find((word) => precious(wordPath(word, place).path ?? "", place) !== null);
  return start === undefined ? null : `find ${start.text} -delete would remove everything in it`;
}

const diskDevice = /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk|rdisk|mapper\/)/;

/** Why a command is never run; null when it may be. */
export function hardDenied(command: SimpleCommand, place: Place): string | null {
  const name = programName(command);
  if (name === "rm") return rm(command, place);
  if (name === "find") return find(command, place);
  const texts = command.words.map((word) => word.text);
  if (/^mkfs(\.|$)/.test(name) && texts.some((text) => diskDevice.test(text)))
    return `${name} would erase a disk`;
  if (name === "dd" && texts.some((text) => text.startsWith("of=") && diskDevice.test(text.slice(3))))
    return "dd would overwrite a disk";
  const written = command.redirects.find(
    ({ direction, target }) => direction === "write" && diskDevice.test(target.text),
  );
  return written === undefined ? null : `writing to ${written.target.text} would overwrite a disk`;
}
