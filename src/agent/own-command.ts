/**
 * Shell commands of the person's own (`!command`): run as the bash tool runs the model's, bounded alike, and recorded.
 * Who types a command has allowed it; only what no rule could allow is refused.
 */
import { TauError } from "../core/errors.ts";
import type { Entry } from "../core/event.ts";
import type { Clock } from "../core/ids.ts";
import { textOf } from "../core/message.ts";
import type { ProcessHost } from "../tools/process/client.ts";
import type { ShellReader } from "../tools/shell-reader.ts";
import type { Permissions } from "./permissions.ts";
import type { Redaction } from "./redaction.ts";
import { modelOutput } from "./run-tool.ts";
import type { Session } from "./session.ts";

/** Seconds such a command may take; nobody waits longer for one without a terminal of its own. */
const ownCommandSeconds = 600;

/** What can be done about a command that is never run here. */
const elsewhere = "it can be run in a shell of your own: ctrl+z goes there, fg comes back";

/** What runs it and records it. */
export type CommandPlace = {
  session: Session;
  permissions: Permissions;
  redaction: Redaction;
  host: ProcessHost;
  reader: ShellReader;
  /** Path of the shell. */
  shell: string;
  environment: { readonly [name: string]: string };
  cwd: string;
  now: Clock;
};

/** A command, and who watches it. */
export type CommandWish = {
  command: string;
  /** Whether the next message carries its output. */
  shared: boolean;
  signal: AbortSignal;
  /** Told of output as it comes. */
  onOutput(text: string): void;
};

/** The record of a command that ended. */
export type ShellEntry = Extract<Entry, { type: "shell.finished" }>;

/** Runs it to its end. @throws TauError `denied` for what is never allowed */
export async function runOwnCommand(place: CommandPlace, wish: CommandWish): Promise<ShellEntry> {
  const { session, permissions, redaction, reader, cwd, now } = place;
  const { command, shared, signal } = wish;
  const forbidden = permissions.forbids((await reader.ready())(command));
  if (forbidden !== null) throw new TauError("denied", forbidden.reason, elsewhere);
  const { bashTool } = await import("../tools/bash.ts");
  const startedAt = now();
  const live = redaction.stream("a tool result");
  const result = await bashTool(place).run(
    { command, timeout: ownCommandSeconds },
    {
      callId: "own-command",
      cwd,
      signal,
      emit(output) {
        if (output.type === "text") wish.onOutput(live.push(output.text));
      },
    },
  );
  const exitCode = result.facts?.exitCode ?? null;
  const output = redaction.text("a tool result", textOf(modelOutput(result)));
  const [entry] = await session.commit(
    {
      type: "shell.finished",
      command: redaction.text("your message", command),
      exitCode,
      output,
      durationMs: now() - startedAt,
      shared,
    },
    ...redaction.notes(),
  );
  if (entry?.type !== "shell.finished") throw new Error("the command's end was not recorded");
  return entry;
}
