/** Running the `--verify` command: the user's own words, so it passes no permission gate. */
import type { ProcessHost } from "../tools/process/client.ts";
import type { AgentRun } from "./run.ts";

/** Where and how the command runs. */
export type VerifyPlace = {
  shell: string;
  command: string;
  cwd: string;
  environment: { readonly [name: string]: string };
};

/** Seconds a `--verify` command may take. */
const verifySeconds = 600;

/** Runs the command to its end and gives what the model and the ledger are to know of it. */
export async function verify(
  host: ProcessHost,
  { shell, command, cwd, environment }: VerifyPlace,
  signal: AbortSignal,
): ReturnType<AgentRun["verify"]> {
  const outcome = await host.run(
    {
      argv: [shell, "-c", command],
      cwd,
      env: environment,
      timeoutMs: verifySeconds * 1000,
      keep: { head: 4096, tail: 12_288 },
    },
    { signal },
  );
  if (outcome.status !== "exited") return { exitCode: null, output: outcome.message, durationMs: 0 };
  const cut = outcome.omittedBytes > 0 ? `\n[${outcome.omittedBytes} bytes left out]\n` : "";
  const timeout = outcome.timedOut ? `\n[ended after ${verifySeconds} seconds]` : "";
  return {
    exitCode: outcome.exitCode,
    output: `${outcome.head}${cut}${outcome.tail}${timeout}`,
    durationMs: outcome.durationMs,
  };
}
