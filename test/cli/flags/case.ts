/** A case that proves one option of one command. */
import type { Machine, MachineOptions, Run, RunOptions } from "../../support/command-line.ts";

/** What the case sees. */
export type Ran = Run & { machine: Machine };

/** See this file. */
export type FlagCase = {
  machine?: MachineOptions;
  /** What comes before; what it gives stands for `ID` among the words. */
  before?(machine: Machine): Promise<string>;
  /** The command line, with the option. */
  words: readonly string[];
  how?: RunOptions;
  proof(ran: Ran): void | Promise<void>;
};

/** A case whose command says something on its standard output. */
export const says = (words: readonly string[], expected: RegExp, more: Partial<FlagCase> = {}) => ({
  words,
  ...more,
  proof({ stdout, stderr }: Ran) {
    if (!expected.test(stdout)) throw new Error(`${expected} is not in:\n${stdout}\n${stderr}`);
  },
});

/** A case whose command prints JSON. */
export const printsJson = (words: readonly string[], more: Partial<FlagCase> = {}): FlagCase => ({
  words,
  ...more,
  proof({ stdout, stderr }) {
    if (stderr.includes("tau:")) throw new Error(stderr);
    JSON.parse(stdout);
  },
});

/** Has something said in a session. @returns the session's id */
export async function saidBefore({ tau, cwd }: Machine, text = "the old stones"): Promise<string> {
  const { stdout } = await tau(["exec", "--json", text]);
  const [init = "{}"] = stdout.split("\n");
  const { sessionId }: { sessionId?: string } = JSON.parse(init);
  if (sessionId === undefined) throw new Error(`no session in ${cwd}: ${stdout}`);
  return sessionId;
}
