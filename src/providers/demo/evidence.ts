/** What a conversation has shown so far: the demo model decides by this, not by counting its steps. */
import { posix } from "node:path";
import { type Message, type ToolCallPart, type ToolResultPart, textOf } from "../../core/message.ts";
import { parseTestReport, type TestReport } from "./test-report.ts";

/** A call and its answer. */
export type Deed = { call: ToolCallPart; output: string; failed: boolean };

/** The facts. Files are as last read, unless they were edited since. */
export type Evidence = {
  /** The text of the last message a person (or Tau on their behalf) sent. */
  question: string;
  /** The last test run since then, with no successful edit after it; null when the tests have to be run. */
  report: TestReport | null;
  /** A command that should have run the tests and did not; its output. */
  blocked: string | null;
  files: ReadonlyMap<string, string>;
  /** Files that could not be read. */
  unreadable: ReadonlySet<string>;
  /** Edits that were made, and those that were refused, since the question. */
  edits: readonly Deed[];
};

/** Reads the messages of a request. */
export function evidenceOf(messages: readonly Message[]): Evidence {
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const files = new Map<string, string>();
  const unreadable = new Set<string>();
  const edits: Deed[] = [];
  let report: TestReport | null = null;
  let blocked: string | null = null;
  for (const { deed, at } of deedsOf(messages)) {
    const path = pathOf(deed.call);
    if (deed.call.name === "read") {
      if (deed.failed) unreadable.add(path);
      else files.set(path, deed.output);
    }
    if (deed.call.name === "edit" && !deed.failed) {
      files.delete(path);
      report = null;
    }
    if (at < asked) continue;
    if (deed.call.name === "edit") edits.push(deed);
    if (deed.call.name === "bash") {
      report = parseTestReport(deed.output);
      blocked = report === null ? deed.output : null;
    }
  }
  return { question: textOf(messages[asked]?.parts ?? []), report, blocked, files, unreadable, edits };
}

/** Calls with their answers, in the order of the answers. */
function* deedsOf(messages: readonly Message[]): Generator<{ deed: Deed; at: number }> {
  const calls = new Map<string, ToolCallPart>();
  for (const [at, { parts }] of messages.entries()) {
    for (const part of parts) {
      if (part.type === "tool_call") calls.set(part.id, part);
      const call = part.type === "tool_result" ? calls.get(part.callId) : undefined;
      if (part.type !== "tool_result" || call === undefined) continue;
      yield { deed: { call, output: outputOf(part), failed: part.isError === true }, at };
    }
  }
}

const outputOf = ({ content }: ToolResultPart): string =>
  content.map((part) => (part.type === "text" ? part.text : "")).join("\n");

/** The path of a read or edit; empty for other tools. */
export function pathOf({ input }: ToolCallPart): string {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return "";
  return typeof input.path === "string" ? input.path : "";
}

/** The files a source imports by relative path, as paths of the same kind as its own. */
export function importsOf(path: string, source: string): string[] {
  const found = source.matchAll(/(?:from|import|require\()\s*["'](\.{1,2}\/[^"']+)["']/g);
  return Array.from(found, ([, target = ""]) => posix.join(posix.dirname(path), target));
}
