/** What every command takes from the process, in one place: clock, randomness, and where the build put things. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock, RandomBytes } from "../core/ids.ts";
import type { UtcOffset } from "../meter/calendar.ts";
import type { GrammarFiles } from "../tools/shell-reader.ts";
import { version } from "./version.ts";

/** Minutes east of UTC at an instant, by this machine's zone. */
export const utcOffset: UtcOffset = (at) => -new Date(at).getTimezoneOffset();

/** The process as the floors below see it. */
export type Runtime = {
  now: Clock;
  random: RandomBytes;
  version: string;
  platform: NodeJS.Platform;
  utcOffset: UtcOffset;
  nodePath: string;
  /** The bundled spawn helper. */
  helperPath: string;
  /** The shell parser's files, as the build copies them. */
  grammar: GrammarFiles;
};

/** The running process. */
export function runtime(): Runtime {
  return {
    now: Date.now,
    random: randomBytes,
    version,
    platform: process.platform,
    utcOffset,
    nodePath: process.execPath,
    helperPath: join(__dirname, "process-helper.cjs"),
    grammar: {
      runtime: join(__dirname, "tree-sitter.wasm"),
      grammar: join(__dirname, "tree-sitter-bash.wasm"),
    },
  };
}
