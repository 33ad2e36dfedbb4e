/** Loads tree-sitter with the grammar of bash, and reads lines with it. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { TreeCursor } from "web-tree-sitter";
import type { Clock } from "../core/ids.ts";
import type { ReadShell, ShellLine } from "../policy/shell/line.ts";
import { readShell } from "../policy/shell/read.ts";
import type { ParseShell, SyntaxNode } from "../policy/shell/syntax.ts";
import type { GrammarFiles } from "./shell-reader.ts";

/** A line is judged, asked about and recorded in several places within moments. */
const rememberedLines = 32;
/** A text that takes longer is none a person wrote. */
const maxParseMs = 500;
/** Deeper trees are not followed; nobody nests deeper in good faith. */
const maxDepth = 150;

/** Loads the parser and gives what reads lines with it. @throws like `loadParser` */
export async function load(files: GrammarFiles, now: Clock): Promise<ReadShell> {
  const parse = await loadParser(files, now);
  const lines = new Map<string, ShellLine>();
  return (text) => {
    const known = lines.get(text);
    if (known !== undefined) return known;
    const line = readShell(text, parse);
    if (lines.size >= rememberedLines) lines.clear();
    lines.set(text, line);
    return line;
  };
}

/** Loads the parser. @throws when its files are missing or no WebAssembly of that kind */
export async function loadParser({ runtime, grammar }: GrammarFiles, now: Clock): Promise<ParseShell> {
  const { Language, Parser } = await import("web-tree-sitter");
  const language = await unoptimised(async () => {
    await Parser.init({ wasmBinary: readFileSync(runtime) });
    return await Language.load(readFileSync(grammar));
  });
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => {
    const until = now() + maxParseMs;
    const tree = parser.parse(text, null, { progressCallback: () => now() > until });
    if (tree === null) {
      parser.reset();
      return unparsed(text);
    }
    const cursor = tree.walk();
    try {
      return plainNode(cursor, 0);
    } finally {
      cursor.delete();
      tree.delete();
    }
  };
}

/**
 * What is compiled in `work` stays as it was compiled at first. Else Node 20 optimises the grammar's one huge function in
 * the background: over a second of CPU in every run, for lines that take a fraction of a millisecond without it.
 */
async function unoptimised<Result>(work: () => Promise<Result>): Promise<Result> {
  setFlagsFromString("--liftoff-only");
  try {
    return await work();
  } finally {
    setFlagsFromString("--no-liftoff-only");
  }
}

const unparsed = (text: string): SyntaxNode => ({
  type: "ERROR",
  start: 0,
  end: text.length,
  children: [],
  missing: false,
});

function plainNode(cursor: TreeCursor, depth: number): SyntaxNode {
  const { startIndex: start, endIndex: end } = cursor;
  const type = depth > maxDepth ? "ERROR" : cursor.nodeType;
  const children: SyntaxNode[] = [];
  if (depth <= maxDepth && cursor.gotoFirstChild()) {
    do children.push(plainNode(cursor, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return { type, start, end, children, missing: children.length === 0 && cursor.nodeIsMissing };
}
