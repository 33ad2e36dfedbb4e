/**
 * A word beside the store that a restore is under way. It says at the next start, without opening the store, that one was
 * cut off; what is left to do stands in the store's journal.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { systemCode } from "../../core/errors.ts";
import { markerFile } from "./marker-file.ts";

const shape = z.object({
  /** The project's root, for people. */
  root: z.string(),
  session: z.string(),
  /** Paths that are put back. */
  paths: z.int().nonnegative(),
  /** Unix ms. */
  at: z.number(),
  pid: z.int(),
  started: z.string(),
});

/** What the word says. */
export type Marker = z.infer<typeof shape>;

/** Says that a restore begins. */
export function markRestore(store: string, marker: Marker): void {
  writeFileSync(markerFile(store), JSON.stringify(marker), { mode: 0o600 });
}

/** Takes the word away. */
export function unmarkRestore(store: string): void {
  rmSync(markerFile(store), { force: true });
}

/** What is said beside a store; null for nothing. */
export function markerOf(store: string): Marker | null {
  try {
    return shape.parse(JSON.parse(readFileSync(markerFile(store), "utf8")));
  } catch (error) {
    // No word, or half of one: then nothing was touched yet, for it is written first.
    if (systemCode(error) !== undefined || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw error;
  }
}
