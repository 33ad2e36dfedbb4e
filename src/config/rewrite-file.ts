/** Changing a file of the user's so that readers see the old one or the new one, and two processes at once lose nothing. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, systemCode, TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import { readText } from "./read-text.ts";

/** A lock older than this was left by a process that died; writing takes a few ms. */
const staleLockMs = 10_000;
const lockTries = 100;
const lockRetryMs = 20;

/**
 * Replaces the file by what `change` makes of its text (null when there is none); null from it leaves the file alone.
 * One process at a time: `change` sees what the last one wrote. The file's mode stays, a new one is 0600; a link stays
 * one, and what it leads to is changed.
 * @throws TauError `config` when the file cannot be written, and whatever `change` throws; then nothing is changed
 */
export async function rewriteFile(
  path: string,
  now: Clock,
  change: (text: string | null) => string | null | Promise<string | null>,
): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const target = realFile(path);
    const lock = `${target}.lock`;
    const descriptor = await take(lock, now);
    let held = true;
    try {
      const text = await change(readText(target));
      if (text === null) return;
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
      renameSync(lock, target);
      // Under that name may already stand the lock of another.
      held = false;
    } finally {
      closeSync(descriptor);
      if (held) removeIfThere(lock);
    }
  } catch (error) {
    if (error instanceof TauError) throw error;
    throw new TauError("config", `cannot write ${path}: ${messageOf(error)}`, "fix its permissions");
  }
}

/** Where a path leads, links followed; the path itself when nothing is there. */
export function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return path;
    throw error;
  }
}

/** Opens the lock, which is also the new file: whoever holds it is alone, and renaming it is the write. */
async function take(lock: string, now: Clock): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    try {
      return openSync(lock, "wx", modeOf(lock.slice(0, -".lock".length)));
    } catch (error) {
      if (systemCode(error) !== "EEXIST" || tries >= lockTries) throw error;
    }
    if (isStale(lock, now)) removeIfThere(lock);
    else await wait(lockRetryMs);
  }
}

function modeOf(target: string): number {
  try {
    return statSync(target).mode & 0o777;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0o600;
    throw error;
  }
}

function isStale(lock: string, now: Clock): boolean {
  try {
    return now() - statSync(lock).mtimeMs > staleLockMs;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

// node:timers/promises is one more thing to load, and this waits next to never.
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
