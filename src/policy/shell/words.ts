/**
 * Reads words: takes their quotes away and marks what nobody can know before the shell runs.
 * Source: POSIX.1-2024 XCU 2.2 (quoting), 2.6 (expansions); bash(1) for $'…', brace lists and ${x@P}.
 */
import type { Word } from "./line.ts";
import type { SyntaxNode } from "./syntax.ts";

/** What reading a word needs of the reading of the whole. */
export type Surroundings = {
  source: string;
  /** Reads the commands of a substitution. */
  substitution(node: SyntaxNode): void;
  /** Notes that a part cannot be judged. */
  doubt(what: string, node: SyntaxNode): void;
  /** Notes that a variable's value is calculated with. */
  calculated(name: string): void;
};

/** What is said of a part the shell may read otherwise. */
export const oddSyntax = "syntax that cannot be read for certain";

const textOf = (node: SyntaxNode, { source }: Surroundings): string => source.slice(node.start, node.end);

const known = (text: string): Word => ({ text, dynamic: false, tilde: false });
const unknown = (text: string): Word => ({ text, dynamic: true, tilde: false });

/** Reads one word, whatever it is made of. */
export function readWord(node: SyntaxNode, around: Surroundings): Word {
  const text = textOf(node, around);
  switch (node.type) {
    case "word":
      return bareWord(text, node, around);
    case "number":
      return node.children.length === 0 ? bareWord(text, node, around) : joined(node, around);
    case "raw_string":
      if (!/^'[^']*'$/.test(text)) around.doubt(oddSyntax, node);
      return known(text.slice(1, -1));
    case "string":
      return quoted(node, around);
    case "translated_string":
      return quoted(node.children.find(({ type }) => type === "string") ?? node, around);
    case "ansi_c_string":
      return ansiString(text, node, around);
    case "concatenation":
      return joined(node, around);
    case "simple_expansion":
    case "brace_expression":
      return unknown(text);
    case "expansion":
      expansion(node, around);
      return unknown(text);
    case "arithmetic_expansion":
      calculation(node, around);
      return unknown(text);
    case "command_substitution":
    case "process_substitution":
      around.substitution(node);
      return unknown(text);
    case "variable_name":
    case "test_operator":
    case "$":
    case "==":
    case "=~":
      return known(text);
    default:
      around.doubt(oddSyntax, node);
      return unknown(text);
  }
}

function bareWord(raw: string, node: SyntaxNode, around: Surroundings): Word {
  let text = "";
  let dynamic = false;
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    if (char === "\\") {
      at += 1;
      const next = raw.charAt(at);
      if (next !== "\n") text += next;
      continue;
    }
    if (/["'`$();&|<>\s]/.test(char)) around.doubt(oddSyntax, node);
    if (/[*?[{]/.test(char)) dynamic = true;
    text += char;
  }
  return { text, dynamic, tilde: raw.startsWith("~") };
}

/** Pieces without anything between them. */
function joined(node: SyntaxNode, around: Surroundings): Word {
  const pieces = node.children.map((child) => readWord(child, around));
  const [first] = node.children;
  return {
    text: pieces.map(({ text }) => text).join(""),
    dynamic: pieces.some(({ dynamic }) => dynamic),
    tilde: first?.type === "word" && textOf(first, around).startsWith("~"),
  };
}

const expansions = new Set(["simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"]);

/** A string in double quotes: what lies between its expansions is text, blanks too. */
function quoted(node: SyntaxNode, around: Surroundings): Word {
  let at = node.start + 1;
  let text = "";
  let dynamic = false;
  const literal = (end: number): void => {
    const raw = around.source.slice(at, end);
    if (/(?<!\\)(?:\\\\)*(?:["`]|\$[A-Za-z_0-9@*#?!$({-])/.test(raw)) around.doubt(oddSyntax, node);
    text += raw.replace(/\\(\n|[$`"\\])/g, (_, char: string) => (char === "\n" ? "" : char));
  };
  for (const child of node.children) {
    if (!expansions.has(child.type)) continue;
    literal(child.start);
    text += readWord(child, around).text;
    dynamic = true;
    at = child.end;
  }
  literal(node.end - 1);
  return { text, dynamic, tilde: false };
}

const ansiEscapes: { readonly [char: string]: string } = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  v: "\v",
};

const ansiEscape = /^(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c[\s\S]|[\s\S])/;

function ansiString(raw: string, node: SyntaxNode, around: Surroundings): Word {
  const body = raw.slice(2, -1);
  let text = "";
  for (let at = 0; at < body.length; at += 1) {
    const char = body.charAt(at);
    // The shell's string ends here, whatever the parser took for its end.
    if (char === "'") around.doubt(oddSyntax, node);
    if (char !== "\\") {
      text += char;
      continue;
    }
    const sequence = ansiEscape.exec(body.slice(at + 1))?.[0] ?? "";
    if (sequence === "") around.doubt(oddSyntax, node);
    text += unescaped(sequence);
    at += sequence.length;
  }
  // bash ends the string at a NUL; what stands behind it is not what it looks like.
  if (text.includes("\0")) around.doubt("a NUL character", node);
  return known(text);
}

function unescaped(sequence: string): string {
  const [, kind = "", hex = ""] = /^([xuU])(.+)$/.exec(sequence) ?? [];
  if (kind !== "") {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\0";
  }
  if (/^[0-7]+$/.test(sequence)) return String.fromCharCode(Number.parseInt(sequence, 8) & 0xff);
  if (sequence.startsWith("c") && sequence.length > 1)
    return String.fromCharCode(sequence.toUpperCase().charCodeAt(1) & 0x1f);
  return ansiEscapes[sequence] ?? (/^["'?\\]$/.test(sequence) ? sequence : `\\${sequence}`);
}

/** What may hide a command in text that was not taken apart. */
const hiding = /(?<!\\)(?:`|\$\(|\$\{|[<>]\()/;

/** The inside of `${…}`: it may run commands, calculate, and (`@P`) run what a variable holds. */
function expansion(node: SyntaxNode, around: Surroundings): void {
  for (const child of node.children) {
    if (child.type === "P") around.doubt("a variable that is run as a prompt (@P)", node);
    else if (child.type === "subscript") subscript(child, around);
    else if (/^(number|parenthesized_expression|binary_expression)$/.test(child.type))
      calculation(child, around);
    else if (child.children.length === 0) {
      const text = textOf(child, around);
      if (child.type !== "raw_string" && child.type !== "${" && hiding.test(text))
        around.doubt(oddSyntax, child);
      if (child.type === "ansi_c_string") readWord(child, around);
    } else if (child.type === "concatenation" || child.type === "array") expansion(child, around);
    else readWord(child, around);
  }
}

function subscript(node: SyntaxNode, around: Surroundings): void {
  for (const child of node.children.slice(1)) calculation(child, around);
}

/**
 * Calculates: bash reads a variable's value as an expression again, and an array's index in it may run a command. So a
 * value nobody knows must not be calculated with.
 */
export function calculation(node: SyntaxNode, around: Surroundings): void {
  switch (node.type) {
    case "command_substitution":
    case "process_substitution":
      around.substitution(node);
      around.doubt("calculating with a command's output", node);
      return;
    case "variable_name":
    case "word":
      around.calculated(textOf(node, around));
      return;
    case "simple_expansion":
      around.calculated(textOf(node, around).replace(/^\$\{?/, ""));
      return;
    case "string":
    case "raw_string":
    case "ansi_c_string":
      if (/[`$]/.test(readWord(node, around).text)) around.doubt("calculating with text", node);
      return;
    case "expansion":
      expansion(node, around);
      around.calculated(/\w+/.exec(textOf(node, around))?.[0] ?? "");
      return;
    case "regex":
    case "extglob_pattern":
      if (hiding.test(textOf(node, around))) around.doubt(oddSyntax, node);
      return;
    default:
      for (const child of node.children) calculation(child, around);
  }
}
