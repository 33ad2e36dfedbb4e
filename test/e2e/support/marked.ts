/** Finding the processes a test's commands left, by a word in their command lines. Linux only. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { until } from "./run.ts";

/** A word no other process has in its command line. */
export const makeMark = (): string => `tau-e2e-${randomUUID()}`;

/** Command lines of the living processes that have the mark in theirs. */
export function marked(mark: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
      return words.includes(mark) ? [`${pid} ${words.slice(0, 200)}`] : [];
    } catch {
      return []; // gone meanwhile
    }
  });
}

/** Waits until none is left; fails with who is after `ms`. */
export async function allGone(mark: string, ms = 2_000): Promise<void> {
  let left: string[] = [];
  await until(
    "every process to be gone",
    () => {
      left = marked(mark);
      return left.length === 0;
    },
    ms,
  ).catch(() => {
    throw new Error(`alive after ${ms} ms:\n${left.join("\n")}`);
  });
}

/**
 * A shell command that notes in `side` that it ran, then holds on in every way a command can: in the foreground, in
 * the background of its shell, and escaped into a session of its own, with and without its parent.
 */
export const clinging = (mark: string, side: string): string =>
  [
    `echo ran >> ${side}`,
    `(exec -a ${mark}-background sleep 300) &`,
    `setsid bash -c 'exec -a ${mark}-escaped sleep 300' &`,
    `(setsid bash -c 'trap "" TERM HUP INT; exec -a ${mark}-orphan sleep 300' > /dev/null 2>&1 &)`,
    `echo "$BASHPID" > ${side}.ready`,
    `exec -a ${mark}-foreground sleep 300`,
  ].join("\n");
