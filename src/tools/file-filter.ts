/** Which files a search looks at, in ripgrep's terms. */
import { join } from "node:path";

/** A place to search in and the arguments that choose its files. */
export type FileFilter = { root: string; args: string[] };

/** Ignore files are honoured outside git repositories too; hidden files are searched, git's own folder is not. */
const always = ["--hidden", "--no-require-git", "--glob=!**/.git"];

/**
 * Chooses the files under `root` that match `pattern` and are not ignored. ripgrep's `--glob` overrides .gitignore: with
 * `**` it would walk into node_modules. So folders a pattern names become the root, names become a file type (which
 * respects ignore files), and `--glob` is left for patterns that are neither.
 */
export function fileFilter(root: string, pattern: string | undefined): FileFilter {
  if (pattern === undefined) return { root, args: always };
  const parts = pattern.replace(/^\.\//, "").split("/");
  const folders: string[] = [];
  while (parts.length > 1 && isLiteral(parts[0] ?? "")) folders.push(parts.shift() ?? "");
  const where = pattern.startsWith("/") ? join("/", ...folders) : join(root, ...folders);
  const anyDepth = parts[0] === "**" || (parts.length === 1 && folders.length === 0);
  while (parts[0] === "**") parts.shift();
  const name = parts[0] ?? "*";
  if (parts.length > 1) {
    // ripgrep takes a pattern that begins with a slash as anchored at the root.
    return { root: where, args: [...always, `--glob=${anyDepth ? "**" : ""}/${parts.join("/")}`] };
  }
  const depth = anyDepth ? [] : ["--max-depth=1"];
  const type = name === "*" ? [] : [`--type-add=wanted:${name}`, "--type=wanted"];
  return { root: where, args: [...always, ...depth, ...type] };
}

function isLiteral(part: string): boolean {
  return !/[*?[\]{}\\!]/.test(part);
}
