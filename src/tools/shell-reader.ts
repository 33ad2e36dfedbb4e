/** The shell parser: tree-sitter with the grammar of bash, loaded when the first command is to be judged. */
import type { Clock } from "../core/ids.ts";
import { type ReadShell, unreadLine } from "../policy/shell/line.ts";

/** Where the parser's WebAssembly lies: the runtime and the grammar. */
export type GrammarFiles = { runtime: string; grammar: string };

/** Reads shell lines. */
export type ShellReader = {
  /** What reads them. The parser is loaded at the first call; where that fails, every line comes back unread. */
  ready(): Promise<ReadShell>;
  /** The same, for who cannot wait: until the parser is there, every line comes back unread. */
  readonly loaded: ReadShell;
};

/** A reader whose parser is loaded once, when first asked for. */
export function shellReader(files: GrammarFiles, now: Clock): ShellReader {
  let loaded: ReadShell = unreadLine;
  let loading: Promise<ReadShell> | null = null;
  return {
    get loaded() {
      return loaded;
    },
    ready() {
      loading ??= import("./shell-parser.ts")
        .then(async ({ load }) => (loaded = await load(files, now)))
        .catch(() => unreadLine);
      return loading;
    },
  };
}
