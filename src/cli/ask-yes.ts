/** A question for a yes, on the terminal a command runs in. */
import { createInterface } from "node:readline/promises";
import { TauError } from "../core/errors.ts";

/**
 * Whether the person says yes; anything else is a no.
 * @throws TauError `interrupted` at Ctrl+C or the end of input
 */
export async function saysYes(question: string): Promise<boolean> {
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  // Without this the question would wait for ever, and the process end as if all were done.
  const leave = (): void => left.abort();
  ask.once("SIGINT", leave).once("close", leave);
  try {
    const answer = await ask.question(`${question} [y/N] `, { signal: left.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (!left.signal.aborted) throw error;
    process.stderr.write("\n");
    throw new TauError(
      "interrupted",
      "stopped at the question; what was agreed to before it is done",
      "run it again to go on",
    );
  } finally {
    ask.close();
  }
}
