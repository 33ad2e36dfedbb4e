/** A session as a file. Read in pages and given out in pieces, so that a big one never sits in memory. */
import type { Entry } from "../core/event.ts";
import { evidenceWords } from "../core/evidence.ts";
import type { Part } from "../core/message.ts";
import type { SessionSummary, Store } from "../core/store.ts";
import type { TurnOutcome } from "../core/turn.ts";
import { formatUsd, promptTokens } from "../core/usage.ts";
import { entriesOf } from "./all-entries.ts";

/** The JSONL format's version, in its first line. */
export const exportVersion = 1;

/**
 * The session as JSON lines: a header `{ type: "tau.session", version, session }`, then one entry a line, whole.
 * `importJsonl` reads it back.
 */
export async function* exportJsonl(session: SessionSummary, store: Store): AsyncGenerator<string> {
  yield `${JSON.stringify({ type: "tau.session", version: exportVersion, session })}\n`;
  for await (const entry of entriesOf(store, session.id)) yield `${JSON.stringify(entry)}\n`;
}

/** The session as Markdown for people: what was said and done, in order. Thoughts and bookkeeping are left out. */
export async function* exportMarkdown(session: SessionSummary, store: Store): AsyncGenerator<string> {
  const unpriced = session.unpricedCalls > 0 ? ` and ${session.unpricedCalls} unpriced calls` : "";
  yield [
    `# ${session.title ?? "Untitled session"}`,
    "",
    `- Session: \`${session.id}\``,
    `- Folder: \`${session.cwd}\``,
    `- Model: \`${session.model}\``,
    `- Began: ${new Date(session.createdAt).toISOString()}`,
    `- Used: ${promptTokens(session.usage)} tokens in, ${session.usage.output} out, ${formatUsd(session.cost)}${unpriced}`,
    "",
  ].join("\n");
  for await (const entry of entriesOf(store, session.id)) {
    const text = markdownOf(entry);
    if (text !== null) yield `\n${text}\n`;
  }
}

function markdownOf(entry: Entry): string | null {
  switch (entry.type) {
    case "user.message":
      if (entry.origin === "reminder") return null;
      return section(
        entry.origin === "prompt" ? "User" : `User (${entry.origin.replace("_", " ")})`,
        said(entry.parts),
      );
    case "assistant.message": {
      const words = said(entry.parts);
      const end = entry.end.error?.message ?? entry.end.reason;
      const cut =
        entry.end.reason === "error" || entry.end.reason === "aborted" ? `\n\n*Cut off: ${end}.*` : "";
      return words === "" && cut === "" ? null : section(`Assistant (${entry.model.requested})`, words + cut);
    }
    case "tool.started":
      return `**${entry.name}** ${code(entry.summary)}`;
    case "tool.finished":
      return `${entry.status === "ok" ? "" : `*${entry.status}*\n\n`}${fenced(said(entry.output))}`;
    case "compaction.finished":
      if (entry.method === "evict")
        return `*Taken out of the context by hand: some ${entry.tokensBefore - entry.tokensAfter} tokens.*`;
      return entry.summary === null ? null : section("Summary of the conversation so far", entry.summary);
    case "compaction.undone":
      return "*A compaction was taken back: what it had left out counts again.*";
    case "branch.moved":
      return "---\n\n*Went back to an earlier point; what follows goes on from there.*";
    case "budget.refused":
      return `*Budget: ${entry.reason}*`;
    case "shell.finished":
      return `**!** ${code(entry.command)}\n\n${fenced(entry.output)}`;
    case "verify.finished":
      return `**verify** ${code(entry.command)} ended with ${entry.exitCode ?? "no exit code"}\n\n${fenced(entry.output)}`;
    case "turn.ended":
      return endMarkdown(entry);
    default:
      return null;
  }
}

/** How a turn ended, where that is worth a word, and what its answer could be held against. */
function endMarkdown({ reason, error, evidence }: TurnOutcome): string | null {
  const words = evidenceWords(evidence, (at) => `${new Date(at).toISOString().slice(11, 16)} UTC`);
  const lines = [
    ...(reason === "done" ? [] : [`*The turn ended: ${error?.message ?? reason}.*`]),
    ...(words === null ? [] : [`*Evidence:* ${words}`]),
  ];
  return lines.length === 0 ? null : lines.join("\n\n");
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}`;
}

function said(parts: readonly Part[]): string {
  return parts
    .flatMap((part) => {
      if (part.type === "text") return [part.text];
      if (part.type === "image" || part.type === "file")
        return [`[${part.type}: ${part.name ?? part.mediaType}]`];
      return [];
    })
    .join("\n\n");
}

/** A fence longer than any run of backticks inside (CommonMark 4.5). */
function fenced(text: string): string {
  const longest = (text.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}${text.endsWith("\n") ? "" : "\n"}${fence}`;
}

/** A code span that any backticks inside cannot end (CommonMark 6.1). */
function code(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  const longest = (line.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const ticks = "`".repeat(longest + 1);
  return longest === 0 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`;
}
