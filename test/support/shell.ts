/** The shell parser of the tests: the same one as ever, from where npm put it. */
import { createRequire } from "node:module";
import { type GrammarFiles, shellReader } from "../../src/tools/shell-reader.ts";

const { resolve } = createRequire(import.meta.url);

/** Where the parser's files lie. */
export const grammar: GrammarFiles = {
  runtime: resolve("web-tree-sitter/web-tree-sitter.wasm"),
  grammar: resolve("tree-sitter-bash/tree-sitter-bash.wasm"),
};

/** What sessions are given; loaded when a command is first read. */
export const reader = shellReader(grammar, Date.now);
