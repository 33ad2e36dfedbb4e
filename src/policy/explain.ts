/** Why a call is allowed, asked for or refused, part by part: a command line is as free as its least free command. */
import type { Decision } from "../core/permission.ts";
import { decide, type Policy, type PolicyCall } from "./decide.ts";
import { splitShell } from "./shell.ts";
import { wordPath } from "./word-paths.ts";

/** One simple command of a line, and how it is judged by itself. */
export type CommandVerdict = { command: string; decision: Decision };

/**
 * The verdict on each command of a line, in order; a `cd` counts for those after it. Empty where the line cannot be
 * taken apart: then it is judged whole.
 */
export function commandVerdicts(call: PolicyCall, policy: Policy): CommandVerdict[] {
  const { command } = call.intent;
  const split = command === undefined ? null : splitShell(command);
  if (!split?.plain) return [];
  let { cwd } = call;
  return split.commands.map((part) => {
    const here = { ...call, cwd, intent: { ...call.intent, command: part.raw } };
    const [name, target] = part.words;
    if (name?.text === "cd" && target !== undefined) cwd = wordPath(target, { ...call, cwd }).path ?? cwd;
    return { command: part.raw, decision: decide(here, policy) };
  });
}
