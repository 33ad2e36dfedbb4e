/** How a tool says no: expected failures become answers the model can act on; programmer errors stay exceptions. */
import { systemCode, TauError } from "../core/errors.ts";
import { ownValue } from "../core/own.ts";
import type { ToolResult } from "../core/tool.ts";

/** A refusal or failure the model can act on: what is wrong, and what to do next. */
export function refuse(message: string, hint?: string): TauError {
  return new TauError("failure", message, hint);
}

/** The answer that stands for a refusal. */
export function refusal(message: string, hint?: string): ToolResult {
  return {
    output: hint === undefined ? message : `${message}\n${hint}`,
    display: [{ type: "text", text: message }],
    isError: true,
  };
}

/** Runs a tool's work and turns a `TauError` or a file system error into an answer. */
export async function answering(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TauError) return refusal(error.message, error.hint);
    const sentence = systemSentence(error);
    if (sentence === null) throw error;
    return refusal(sentence);
  }
}

const systemSentences: { [code: string]: string } = {
  EACCES: "Permission denied",
  EPERM: "The system does not permit it",
  ENOSPC: "The disk is full",
  EDQUOT: "The disk quota is used up",
  EROFS: "The file system is read-only",
  ENOENT: "There is no such file or folder",
  ENOTDIR: "A part of the path is a file, not a folder",
  EISDIR: "The path is a folder, not a file",
  ELOOP: "The path is a loop of symbolic links",
  ENAMETOOLONG: "The name is too long",
  EBUSY: "The file is in use",
  ETXTBSY: "The program is running, so its file cannot be replaced",
  EMFILE: "Too many files are open",
  ENFILE: "Too many files are open on this machine",
  EXDEV: "The path leads to another file system",
  EIO: "The disk reported an error",
  EINVAL: "The path is not valid here",
};

/** One sentence for a file system error, with the path it names; null when it is no such error. */
export function systemSentence(error: unknown): string | null {
  const code = systemCode(error);
  const known = code === undefined ? undefined : ownValue(systemSentences, code);
  if (known === undefined) return null;
  const path =
    error instanceof Error && "path" in error && typeof error.path === "string" ? `: ${error.path}` : "";
  return `${known} (${code})${path}.`;
}
