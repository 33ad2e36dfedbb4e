/**
 * Holds a syntax tree against the text it was made of. A parser that saw a comment, a blank or a here-document where the
 * shell sees something else would hide commands: everything in the text must be accounted for.
 */
import type { SyntaxNode } from "./syntax.ts";

/** Strings keep their blanks; those are read in words.ts. */
const withText = new Set(["string", "heredoc_body"]);

/**
 * What may stand between tokens. A blank of another kind is a character of a word to the shell, and a line that goes on
 * (a backslash at its end) joins what stands around it.
 */
const blank = /^(?!(?:\\\n)+$)(?:[ \t\n]|\\\n)*$/;

/** Leaves whose text is their own; of every other the type is the text. */
const named =
  /^(word|comment|raw_string|ansi_c_string|string_content|number|variable_name|special_variable_name|test_operator|regex|extglob_pattern|file_descriptor|heredoc_(start|body|content|end)|array|ERROR|string|translated_string)$/;

const isWord =
  /^(command_name|word|string|raw_string|translated_string|ansi_c_string|concatenation|number|expansion|(simple|arithmetic)_expansion|brace_expression|(command|process)_substitution)$/;
const endsInWord = new RegExp(`${isWord.source}|^(file_redirect|herestring_redirect|variable_assignment)$`);

/** Parts of the text that are not what the tree says. */
export function misread(root: SyntaxNode, source: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === "ERROR" || node.missing) found.push(node);
    if (node.type === "comment" && !beginsComment(node, source)) found.push(node);
    if (node.type === "heredoc_redirect" && hereDocument(node, source) === null) found.push(node);
    if (node.children.length === 0) {
      const isText = named.test(node.type) || source.slice(node.start, node.end) === node.type;
      if (!isText && node.type !== "program") found.push(node);
      return;
    }
    let at = node.start;
    let before: SyntaxNode | null = null;
    for (const child of node.children) {
      // The shell takes words with nothing between them for one.
      if (
        before !== null &&
        before.end === child.start &&
        isWord.test(child.type) &&
        endsInWord.test(before.type)
      )
        found.push(node);
      before = node.type === "concatenation" || withText.has(node.type) ? null : child;
      if (!withText.has(node.type) && !blank.test(source.slice(at, child.start))) found.push(node);
      at = Math.max(at, child.end);
      visit(child);
    }
    if (!withText.has(node.type) && !blank.test(source.slice(at, node.end))) found.push(node);
  };
  visit(root);
  const outside = source.slice(0, root.start) + source.slice(root.end);
  return blank.test(outside) ? found : [root, ...found];
}

/** A comment begins only where a word could. */
function beginsComment({ start }: SyntaxNode, source: string): boolean {
  if (start === 0) return true;
  const before = source.charAt(start - 1);
  return /[ \t;&|()\n]/.test(before) && !/\\[ \t\n]$/.test(source.slice(0, start));
}

/** A here-document: its text, and whether the shell expands it. */
export type HereDocument = { text: string; expanded: boolean };

/**
 * The here-document of a redirection, if its beginning and its end are beyond doubt: one on its line, its delimiter a
 * plain name. Null otherwise.
 */
export function hereDocument(node: SyntaxNode, source: string): HereDocument | null {
  const part = (type: string) => node.children.find((child) => child.type === type);
  const start = part("heredoc_start");
  const body = part("heredoc_body");
  const end = part("heredoc_end");
  if (start === undefined || end === undefined) return null;
  const written = source.slice(start.start, start.end);
  const [, delimiter = ""] = /^\\?([A-Za-z_][\w.-]*)$/.exec(written.replace(/^(["'])(.*)\1$/, "$2")) ?? [];
  if (delimiter === "" || /^["'].*\\/.test(written)) return null;
  const lineEnd = source.indexOf("\n", start.end);
  if (lineEnd === -1) return null;
  const rest = source.slice(start.end, lineEnd);
  if (rest.includes("<<") || rest.endsWith("\\")) return null;
  const lineStart = source.lastIndexOf("\n", start.start) + 1;
  if (/<</.test(source.slice(lineStart, start.start).replace(/<<-?\s*$/, ""))) return null;
  // Whatever else belongs to the command stands on the same line.
  const beside = node.children.filter((child) => child !== body && child !== end && child.type !== "\n");
  if (beside.some((child) => child.end > lineEnd)) return null;
  const tabs = node.children.some(({ type }) => type === "<<-");
  let at = lineEnd + 1;
  while (at < source.length) {
    const next = source.indexOf("\n", at);
    const line = source.slice(at, next === -1 ? source.length : next);
    const bare = tabs ? line.replace(/^\t+/, "") : line;
    if (bare === delimiter) {
      const found = source.slice(end.start, end.end).replace(/^\t+/, "");
      const ends = end.end === at + line.length && found === delimiter;
      return ends ? { text: source.slice(lineEnd + 1, at), expanded: written === delimiter } : null;
    }
    if (next === -1) return null;
    at = next + 1;
  }
  return null;
}
