/** What money is spent on inside a session: who filled the prompts, and who the answers were for. Pure. */
import { resolve } from "node:path";
import type { MessageOrigin } from "../core/event.ts";
import type { Json } from "../core/message.ts";

/** Whom a share of a call's cost belongs to. */
export type CostSource =
  /** The system prompt but for context files. */
  | { kind: "system" }
  | { kind: "tool_definitions" }
  /** An instruction file in the system prompt. */
  | { kind: "context_file"; file: string }
  /** What a person said, and what Tau said in its stead. */
  | { kind: "message"; origin: MessageOrigin }
  /** The model's own words: written, then carried in every later prompt. */
  | { kind: "text" }
  | { kind: "reasoning" }
  /** Calls of a tool and their results; `file` is the absolute path of the one they are about, if it is one. */
  | { kind: "tool"; tool: string; file: string | null }
  /** What a compaction left in place of the conversation. */
  | { kind: "summary" }
  /** Whole calls beside the steps of a turn. */
  | { kind: "helper"; helper: HelperCall }
  /** The ledger does not say what filled the prompt. */
  | { kind: "unknown" };

/** Model calls that are no step of the work: a summary, an attempt another one followed, the repair of an answer's shape. */
export type HelperCall = "compaction" | "failed_attempt" | "schema_repair";

/** A part of a call's input, by its share of the text. */
export type FileShare = { file: string | null; share: number };

/**
 * The files a call of Tau's own tools is about, by their shares of it; `{ file: null, share: 1 }` alone where it is
 * about none, or about a search over many.
 */
export function filesOf(tool: string, input: Json, cwd: string): FileShare[] {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    if (["read", "edit", "write"].includes(tool) && typeof input.path === "string")
      return [{ file: resolve(cwd, input.path), share: 1 }];
    if (tool === "apply_patch" && typeof input.patch === "string") return filesOfPatch(input.patch, cwd);
  }
  return [{ file: null, share: 1 }];
}

function filesOfPatch(patch: string, cwd: string): FileShare[] {
  const heads = [...patch.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm)];
  const sections = heads.map((head, index) => ({
    file: resolve(cwd, (head[1] ?? "").trim()),
    length: (heads[index + 1]?.index ?? patch.length) - head.index,
  }));
  const whole = sections.reduce((sum, { length }) => sum + length, 0);
  if (whole === 0) return [{ file: null, share: 1 }];
  return sections.map(({ file, length }) => ({ file, share: length / whole }));
}

/** How a report names a source by what it is: one row for each tool. */
export function nameOfSource(source: CostSource): string {
  switch (source.kind) {
    case "system":
      return "system prompt";
    case "tool_definitions":
      return "tool definitions";
    case "context_file":
      return "context files";
    case "message":
      return messageNames[source.origin];
    case "text":
      return "answers";
    case "reasoning":
      return "reasoning";
    case "tool":
      return source.tool;
    case "summary":
      return "compaction summaries";
    case "helper":
      return helperNames[source.helper];
    case "unknown":
      return "not on record";
  }
}

const messageNames: Readonly<Record<MessageOrigin, string>> = {
  prompt: "user messages",
  steer: "user messages",
  reminder: "reminders",
  verify: "verify outcomes",
  schema_repair: "repair requests",
  evidence: "evidence requests",
};

/** How a report names helper calls. */
export const helperNames: Readonly<Record<HelperCall, string>> = {
  compaction: "compaction calls",
  failed_attempt: "failed attempts",
  schema_repair: "schema repairs",
};

/** The file a source is about, if it is one. */
export function fileOfSource(source: CostSource): string | null {
  return source.kind === "tool" || source.kind === "context_file" ? source.file : null;
}
