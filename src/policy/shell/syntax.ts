/** A shell script's syntax tree as plain data. What makes one (tree-sitter) lives above this floor and comes in as a value. */

/** A node of tree-sitter-bash's tree. `start` and `end` are offsets into the text, in UTF-16 units. */
export type SyntaxNode = {
  /** `command`, `word`, `ERROR`; for punctuation and keywords the text itself. */
  type: string;
  start: number;
  end: number;
  children: readonly SyntaxNode[];
  /** The parser put it there; it is not in the text. */
  missing: boolean;
};

/** Parses a script. Never throws; what is no shell comes back with `ERROR` nodes or missing ones. */
export type ParseShell = (text: string) => SyntaxNode;
