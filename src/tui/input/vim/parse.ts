/** Vim's grammar: `[count] [operator [count]] motion | object`, or a command. */
import { isMotion, type MotionKeys } from "./motions.ts";
import { isObject, type ObjectName } from "./objects.ts";

const operators = ["d", "c", "y", ">", "<", "gu", "gU", "g~"] as const;
const commands = [
  ...(["x", "X", "D", "C", "Y", "s", "S", "p", "P", "J", "u", "ctrl+r", "."] as const),
  ...(["r", "~", "i", "a", "I", "A", "o", "O", "v", "V"] as const),
] as const;
const visualCommands = [
  ...(["x", "X", "D", "C", "Y", "s", "S", "R", "p", "P", "J"] as const),
  ...(["r", "u", "U", "~", "o", "v", "V"] as const),
] as const;

/** An operator, by its keys. */
export type Operator = (typeof operators)[number];
/** A command of normal mode, by its key. */
export type CommandName = (typeof commands)[number];
/** A command upon what is selected, by its key. */
export type VisualCommandName = (typeof visualCommands)[number];

/** Keys as a whole command. */
export type Parsed =
  | { type: "motion"; keys: MotionKeys; char: string; count: number | null }
  | { type: "object"; name: ObjectName; around: boolean }
  | { type: "operate"; operator: Operator; count: number | null; target: Target }
  | { type: "command"; name: CommandName; char: string; count: number | null }
  | { type: "upon"; name: VisualCommandName; char: string };

/** What an operator is applied to: its own line or lines, a motion, an object. */
export type Target =
  | { type: "lines" }
  | { type: "motion"; keys: MotionKeys; char: string }
  | { type: "object"; name: ObjectName; around: boolean };

/** The command that keys are; `more` when they are the beginning of one, `none` when of none. */
export function parse(keys: readonly string[], visual: boolean): Parsed | "more" | "none" {
  const first = countAt(keys, 0);
  const name = nameAt(keys, first.next);
  if (name === null) return "more";
  const { count } = first;
  const operator = among(operators, name.keys);
  if (operator !== undefined) {
    if (visual) return { type: "operate", operator, count, target: { type: "lines" } };
    return operated(keys, name.next, operator, count);
  }
  if (visual && (name.keys === "i" || name.keys === "a")) return objectAt(keys, name.next, name.keys);
  const char = name.keys === "r" ? keys[name.next] : "";
  if (char === undefined) return "more";
  const command = among(commands, name.keys);
  const upon = among(visualCommands, name.keys);
  if (visual && upon !== undefined) return { type: "upon", name: upon, char };
  if (!visual && command !== undefined) return { type: "command", name: command, char, count };
  return motionAt(keys, name, count);
}

const among = <Name extends string>(names: readonly Name[], keys: string): Name | undefined =>
  names.find((name) => name === keys);

function operated(
  keys: readonly string[],
  next: number,
  operator: Operator,
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
  if (!isMotion(name.keys)) return "none";
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
  return isObject(name) ? { type: "object", name, around: kind === "a" } : "none";
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
