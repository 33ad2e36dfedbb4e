/** Why a call is allowed, asked for or refused, part by part: a command line is as free as its least free command. */
import type { Decision } from "../core/permission.ts";
import { placesOf } from "./command.ts";
import { decide, type Policy, type PolicyCall } from "./decide.ts";

/** One simple command of a line, and how it is judged by itself. */
export type CommandVerdict = { command: string; decision: Decision };

/**
 * The verdict on each command of a line, those of its substitutions too, in order; a `cd` counts for those after it.
 * Empty where the line was not understood: then it is judged whole.
 */
export function commandVerdicts(call: PolicyCall, policy: Policy): CommandVerdict[] {
  const { line } = call;
  if (line === undefined || line.unclear.length > 0) return [];
  return line.commands.map((part) => {
    const [{ cwd } = call] = placesOf(part, call);
    const alone = { ...line, text: part.raw, commands: [{ ...part, folders: [[]] }], operators: [""] };
    const here = { ...call, cwd, line: alone, intent: { ...call.intent, command: part.raw } };
    return { command: part.raw, decision: decide(here, policy) };
  });
}
