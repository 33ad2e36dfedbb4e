/** Vim's grammar: `[count] [operator [count]] motion | object`, or a command. */
import { motions } from "./motions.ts";
import { objectNames } from "./objects.ts";

/** Names of operators, by their keys. */
const operators = ["d", "c", "y", ">", "<", "gu", "gU", "g~"];
const commands = [..."xXDCYsSpPJu.~iaIAoOvV", "ctrl+r"];
const visualCommands = [..."xXDCYsSRpPJu~UovV", "r"];

/** Keys as a whole command. */
export type Parsed =
  | { type: "motion"; keys: string; char: string; count: number | null }
  | { type: "object"; name: string; around: boolean }
  | { type: "operate"; operator: string; count: number | null; target: Target }
  | { type: "command"; name: string; char: string; count: number | null };

/** What an operator is applied to: its own line or lines, a motion, an object. */
export type Target =
  | { type: "lines" }
  | { type: "motion"; keys: string; char: string }
  | { type: "object"; name: string; around: boolean };

/** The command that keys are; `more` when they are the beginning of one, `none` when of none. */
export function parse(keys: readonly string[], visual: boolean): Parsed | "more" | "none" {
  const first = countAt(keys, 0);
  const name = nameAt(keys, first.next);
  if (name === null) return "more";
  const { count } = first;
  if (operators.includes(name.keys)) {
    if (visual) return { type: "operate", operator: name.keys, count, target: { type: "lines" } };
    return operated(keys, name.next, name.keys, count);
  }
  if (visual && (name.keys === "i" || name.keys === "a")) return objectAt(keys, name.next, name.keys);
  if (name.keys === "r") {
    const char = keys[name.next];
    return char === undefined ? "more" : { type: "command", name: "r", char, count };
  }
  if ((visual ? visualCommands : commands).includes(name.keys))
    return { type: "command", name: name.keys, char: "", count };
  return motionAt(keys, name, count);
}

function operated(
  keys: readonly string[],
  next: number,
  operator: string,
  before: number | null,
): Parsed | "more" | "none" {
  const second = countAt(keys, next);
  const count = before === null && second.count === null ? null : (before ?? 1) * (second.count ?? 1);
  const target = nameAt(keys, second.next);
  if (target === null) return "more";
  // `gUU` is short for `gUgU`.
  if (target.keys === operator || target.keys === operator.slice(-1))
    return { type: "operate", operator, count, target: { type: "lines" } };
  const found =
    target.keys === "i" || target.keys === "a"
      ? objectAt(keys, target.next, target.keys)
      : motionAt(keys, target, count);
  if (typeof found === "string" || (found.type !== "motion" && found.type !== "object"))
    return typeof found === "string" ? found : "none";
  return { type: "operate", operator, count, target: found };
}

function motionAt(
  keys: readonly string[],
  name: { keys: string; next: number },
  count: number | null,
): Extract<Parsed, { type: "motion" }> | "more" | "none" {
  if (!Object.hasOwn(motions, name.keys)) return "none";
  if (!"fFtT".includes(name.keys)) return { type: "motion", keys: name.keys, char: "", count };
  const char = keys[name.next];
  return char === undefined ? "more" : { type: "motion", keys: name.keys, char, count };
}

function objectAt(
  keys: readonly string[],
  next: number,
  kind: "i" | "a",
): Extract<Parsed, { type: "object" }> | "more" | "none" {
  const name = keys[next];
  if (name === undefined) return "more";
  return objectNames.includes(name) ? { type: "object", name, around: kind === "a" } : "none";
}

function countAt(keys: readonly string[], from: number): { count: number | null; next: number } {
  let next = from;
  let digits = "";
  while (/^[0-9]$/.test(keys[next] ?? "") && (digits !== "" || keys[next] !== "0")) {
    digits += keys[next];
    next += 1;
  }
  // No text is longer; a slip of the finger must not take hours.
  return { count: digits === "" ? null : Math.min(Number(digits), 99_999), next };
}

function nameAt(keys: readonly string[], from: number): { keys: string; next: number } | null {
  const key = keys[from];
  if (key === undefined) return null;
  if (key !== "g") return { keys: key, next: from + 1 };
  const second = keys[from + 1];
  return second === undefined ? null : { keys: `g${second}`, next: from + 2 };
}
