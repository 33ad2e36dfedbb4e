/** Arguments of which the usual words are known, but any other is taken, too. */
import { Argument } from "commander";

/** Like `Argument.choices`, which refuses everything else before the command can say what was meant. */
export function offered(name: string, description: string, words: readonly string[]): Argument {
  const argument = new Argument(name, description);
  argument.argChoices = [...words];
  return argument;
}
