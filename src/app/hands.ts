/** What a person brings into a session beside words: files, other sessions, shell commands, commands from Markdown files. */
import { type AttachedParts, type AttachWish, attach } from "../agent/attach.ts";
import { type CommandWish, runOwnCommand, type ShellEntry } from "../agent/own-command.ts";
import type { AgentRun } from "../agent/run.ts";
import { TauError } from "../core/errors.ts";
import { type Entry, rememberedCode } from "../core/event.ts";
import type { TextPart } from "../core/message.ts";
import type { ExpandedCommand } from "../extensions/commands/expand.ts";
import type { LoadedCommands, MarkdownCommand } from "../extensions/commands/load.ts";
import { findSession } from "../sessions/choose.ts";
import { lastAnswer } from "../sessions/last-answer.ts";
import type { Parts } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

/** The hands of one session. */
export type SessionHands = {
  /** Whether the model of the next step sees pictures. */
  readonly seesImages: boolean;
  /**
   * Reads a file or folder for a message, through the gate of the read tool; what that would ask is answered.
   * @throws TauError when it is forbidden, missing or unreadable
   */
  attach(wish: AttachWish, signal: AbortSignal): Promise<AttachedParts>;
  /** Runs a command of the person's own to its end and records it. @throws TauError for what is never allowed */
  runCommand(wish: CommandWish): Promise<ShellEntry>;
  /**
   * Records that a line was remembered: the next message carries it, also when this process does not live to say it.
   * Resolves to the record.
   */
  noteRemembered(line: string): Promise<Entry>;
  /** What a command from a file becomes. @throws TauError when it runs a command that no rule allows */
  expandCommand(command: MarkdownCommand, argument: string, signal: AbortSignal): Promise<ExpandedCommand>;
};

/** Makes the hands of an open session. */
export function sessionHands(
  run: Omit<AgentRun, "signal">,
  { host, shell, reader, environment }: Workshop,
): SessionHands {
  const { session, permissions, redaction, cwd, now } = run;
  const place = { session, permissions, redaction, host, reader, shell, environment, cwd, now };
  return {
    get seesImages() {
      return run.lineup.next.target.info.capabilities.vision;
    },
    attach: (wish, signal) => attach(run, wish, signal),
    runCommand: (wish) => runOwnCommand(place, wish),
    async noteRemembered(line) {
      const text = redaction.text("your message", line);
      const [entry] = await session.commit(
        { type: "note", level: "info", code: rememberedCode, text },
        ...redaction.notes(),
      );
      if (entry === undefined) throw new Error("what was remembered was not recorded");
      return entry;
    },
    async expandCommand(command, argument, signal) {
      const { expandCommand } = await import("../extensions/commands/expand.ts");
      return await expandCommand(command, {
        argument,
        sessionId: session.id,
        async run(line) {
          const decision = permissions.decideCommand(
            (await reader.ready())(line),
            command.allowedTools,
            command.path,
          );
          if (decision.effect !== "allow")
            throw new TauError(
              "denied",
              `/${command.name} runs ${line}, which is not allowed: ${decision.reason}`,
              command.owner === "project"
                ? "a rule in your own settings allows it; allowed-tools counts in your own commands only"
                : "name it in the file's allowed-tools, or in a rule of your settings",
            );
          const { verify } = await import("../agent/verify.ts");
          const done = await verify(host, { shell, command: line, cwd, environment }, signal);
          signal.throwIfAborted();
          return redaction.text("a tool result", done.output).trimEnd();
        },
      });
    },
  };
}

/** The commands from Markdown files of a project and its user. */
export async function markdownCommands({ options, paths, root }: Parts): Promise<LoadedCommands> {
  const { commandFolders, loadCommands } = await import("../extensions/commands/load.ts");
  return await loadCommands(commandFolders({ root, config: paths.config, home: options.home }));
}

/** Characters of a session's last answer that are told of it. */
const digestCharacters = 8_000;

/** Another session in a few words: its title and last answer. @throws TauError when there is no such session */
export async function sessionDigest({ ledger }: Parts, id: string): Promise<TextPart> {
  const session = await findSession(ledger.store, id);
  const answer = (await lastAnswer(ledger.store.pathFromEnd(session.id))) ?? "(no answer yet)";
  const cut = answer.length > digestCharacters ? `${answer.slice(0, digestCharacters)}\n[cut]` : answer;
  const head = `<session id="${session.id}" title=${JSON.stringify(session.title ?? "")} folder="${session.cwd}">`;
  return { type: "text", text: `\n\n${head}\nIts last answer:\n${cut}\n</session>` };
}
