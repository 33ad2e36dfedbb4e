/** A server's prompt as a command: what is typed behind its name as its arguments, and its messages as one of the person's. */
import { TauError } from "../../core/errors.ts";
import type { ImagePart, TextPart } from "../../core/message.ts";
import { splitArguments } from "../commands/expand.ts";
import { type Keep, resultOf } from "./answer.ts";
import type { PromptMessage } from "./connection.ts";
import type { NamedPrompt } from "./views.ts";

/**
 * The arguments of a prompt from what was typed: `name=value` by name, everything else in order; words that are left
 * over belong to the last one.
 * @throws TauError `usage` naming what is missing, or what is too much
 */
export function promptInput(
  { command, usage, prompt }: NamedPrompt,
  typed: string,
): { [name: string]: string } {
  const whole = `/${command} ${usage}`.trim();
  const names = new Set(prompt.arguments.map(({ name }) => name));
  const input: { [name: string]: string } = {};
  const words = splitArguments(typed).filter((word) => {
    const at = word.indexOf("=");
    const name = word.slice(0, Math.max(0, at));
    if (!names.has(name) || Object.hasOwn(input, name)) return true;
    input[name] = word.slice(at + 1);
    return false;
  });
  const open = prompt.arguments.filter(({ name }) => !Object.hasOwn(input, name));
  const last = open.at(-1);
  for (const { name } of open.slice(0, -1)) {
    const word = words.shift();
    if (word !== undefined) input[name] = word;
  }
  if (last !== undefined && words.length > 0) input[last.name] = words.splice(0).join(" ");
  const [extra] = words;
  if (extra !== undefined)
    throw new TauError(
      "usage",
      names.size === 0 ? `/${command} takes no arguments` : `/${command} has no argument for ${extra}`,
      whole,
    );
  const missing = prompt.arguments.filter(({ name, required }) => required && !Object.hasOwn(input, name));
  if (missing.length > 0)
    throw new TauError(
      "usage",
      `/${command} needs ${missing.map(({ name, description }) => (description === "" ? name : `${name} (${description})`)).join(" and ")}`,
      whole,
    );
  return input;
}

/** Its messages as the parts of one message; who says what is told where not all of it is the user's. */
export function promptParts(messages: readonly PromptMessage[], keep: Keep): (TextPart | ImagePart)[] {
  const told = messages.some(({ role }) => role === "assistant");
  const content = messages.flatMap(({ role, content: piece }) => [
    ...(told ? [{ type: "text" as const, text: `${role === "user" ? "User" : "Assistant"}:` }] : []),
    piece,
  ]);
  const { output, note } = resultOf({ content, structured: null, isError: false }, keep);
  const parts = typeof output === "string" ? [{ type: "text" as const, text: output }] : output;
  const pictures = parts.filter((part) => part.type === "image");
  const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  return [{ type: "text", text: note === undefined ? text : `${text}\n[${note}]` }, ...pictures];
}
