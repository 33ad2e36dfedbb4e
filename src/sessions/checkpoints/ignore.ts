/**
 * Which folders checkpoints do not enter, by .gitignore files. Paths are bytes (latin1), as everywhere here.
 * Source: gitignore(5), "Pattern format".
 */

/** The rules of one ignore file. */
export type IgnoreFile = {
  /** The folder it speaks of, relative to the root with a slash at its end; empty for the root. */
  base: string;
  /** In the order of the file: the last one that fits decides. */
  rules: readonly IgnoreRule[];
};

type IgnoreRule = {
  pattern: RegExp;
  /** Held against the path below `base`; else against the name alone. */
  anchored: boolean;
  foldersOnly: boolean;
  /** A pattern with `!`: it takes back what an earlier one said. */
  keeps: boolean;
};

/** Folders that are never entered, whatever ignore files say: other tools' state, and what they fetch or build anew. */
const never = new Set(
  ".git .hg .svn .jj .bzr node_modules __pycache__ .venv .tox .mypy_cache .pytest_cache .ruff_cache .gradle .terraform".split(
    " ",
  ),
);

/** Whether a name is one that is never looked into. */
export const isNeverEntered = (name: string): boolean => never.has(name);

/** Reads an ignore file. */
export function parseIgnore(base: string, text: string): IgnoreFile {
  return { base, rules: text.split("\n").flatMap((line) => parseRule(line) ?? []) };
}

function parseRule(line: string): IgnoreRule | null {
  let body = withoutBlanks(line.replace(/\r$/, ""));
  if (body === "" || body.startsWith("#")) return null;
  const keeps = body.startsWith("!");
  if (keeps) body = body.slice(1);
  const foldersOnly = body.endsWith("/");
  if (foldersOnly) body = body.slice(0, -1);
  const anchored = body.includes("/");
  if (body.startsWith("/")) body = body.slice(1);
  if (body === "") return null;
  const source = patternSource(body, anchored);
  return source === null ? null : { pattern: new RegExp(`^${source}$`, "s"), anchored, foldersOnly, keeps };
}

/** Blanks at the end do not count, but for one that is escaped. */
function withoutBlanks(line: string): string {
  const end = /(\\*)( *)$/.exec(line);
  if (!end || end[2] === "") return line;
  const kept = (end[1]?.length ?? 0) % 2 === 1 ? 1 : 0;
  return line.slice(0, line.length - (end[2]?.length ?? 0) + kept);
}

const classes: { readonly [name: string]: string } = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  digit: "0-9",
  lower: "a-z",
  upper: "A-Z",
  space: "\\s",
  xdigit: "0-9A-Fa-f",
};

/**
 * A glob as the source of a regular expression; null for one that can match nothing. Git compares the plain beginning of a
 * pattern with a slash by itself, so that a `**` right behind it counts as one at the start.
 */
function patternSource(glob: string, anchored: boolean): string | null {
  const plain = anchored ? glob.search(/[*?[\\]/) : 0;
  let source = "";
  for (let at = 0; at < glob.length; ) {
    const rest = glob.slice(at);
    const behindPlain = at > 0 && at === plain && glob[at - 1] !== "/";
    const atStart = at === 0 || glob[at - 1] === "/";
    if (behindPlain && /^\*\*+(\/|$)/.test(rest)) {
      const stars = /^\*+\/?/.exec(rest)?.[0] ?? "";
      source += stars.endsWith("/") ? "(?:[^/]*/)*" : ".*";
      at += stars.length;
    } else if (atStart && rest.startsWith("**/")) {
      source += "(?:[^/]+/)*";
      at += 3;
    } else if (atStart && rest === "**") {
      source += ".*";
      at += 2;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
      at += /^\*+/.exec(rest)?.[0].length ?? 1;
    } else if (rest.startsWith("?")) {
      source += "[^/]";
      at += 1;
    } else if (rest.startsWith("[")) {
      const set = setSource(rest);
      if (set === null) return null;
      source += set.source;
      at += set.length;
    } else {
      const escaped = rest.startsWith("\\");
      if (escaped && rest.length === 1) return null;
      source += literal(rest.charAt(escaped ? 1 : 0));
      at += escaped ? 2 : 1;
    }
  }
  return source;
}

const literal = (char: string): string => char.replace(/[\\^$.|?+()[\]{}*/-]/, "\\$&");

/** A bracket expression and its length; null where it is not closed. */
function setSource(rest: string): { source: string; length: number } | null {
  let at = 1;
  const negated = rest[at] === "!" || rest[at] === "^";
  if (negated) at += 1;
  let inside = "";
  for (let first = true; ; first = false) {
    const char = rest[at];
    if (char === undefined) return null;
    if (char === "]" && !first) break;
    const named = /^\[:(\w+):\]/.exec(rest.slice(at));
    if (named) {
      inside += classes[named[1] ?? ""] ?? "";
      at += named[0].length;
      continue;
    }
    const escaped = char === "\\" && rest[at + 1] !== undefined;
    const one = escaped ? rest.charAt(at + 1) : char;
    const isRange = !escaped && one === "-" && !first && rest[at + 1] !== "]";
    inside += isRange ? "-" : literal(one);
    at += escaped ? 2 : 1;
  }
  // A slash is matched by nothing but a slash.
  const source = inside === "" ? "(?!)" : negated ? `(?!/)[^${inside}]` : `(?!/)[${inside}]`;
  try {
    new RegExp(source);
  } catch {
    return null; // a range that runs backwards matches nothing in git either
  }
  return { source, length: at + 1 };
}

/**
 * Whether a path is ignored.
 * @param files from the weakest (the user's own) to the nearest .gitignore
 * @param path relative to the root; none of the folders above it is ignored
 */
export function isIgnored(files: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (let file = files.length - 1; file >= 0; file -= 1) {
    const { base, rules } = files[file] ?? { base: "", rules: [] };
    if (!path.startsWith(base)) continue;
    const below = path.slice(base.length);
    for (let index = rules.length - 1; index >= 0; index -= 1) {
      const rule = rules[index];
      if (!rule || (rule.foldersOnly && !isFolder)) continue;
      if (rule.pattern.test(rule.anchored ? below : name)) return !rule.keeps;
    }
  }
  return false;
}
