/** The shell parser: tree-sitter with the grammar of bash, loaded when the first command is to be judged. */
import type { Clock } from "../core/ids.ts";
import { type ReadShell, unreadLine } from "../policy/shell/line.ts";

/** Where the parser's WebAssembly lies: the runtime and the grammar. */
export type GrammarFiles = { runtime: string; grammar: string };

/** Gives what reads shell lines. Loads the parser at its first call; where that fails, every line comes back unread. */
export type ShellReader = () => Promise<ReadShell>;

/** A reader whose parser is loaded once, when first asked for. */
export function shellReader(files: GrammarFiles, now: Clock): ShellReader {
  let loading: Promise<ReadShell> | null = null;
  return () =>
    (loading ??= import("./shell-parser.ts").then(({ load }) => load(files, now)).catch(() => unreadLine));
}
