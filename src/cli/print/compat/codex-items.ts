/** Calls as items of `codex exec --json`. */
import { absolute } from "../../../tools/paths.ts";
import { type Call, type Fields, fieldsOf, listIn, outputText, printedBy } from "./calls.ts";
import type { EventOf } from "./mapper.ts";

/** An item without its number. */
export type ItemBody = { readonly type: string; readonly [field: string]: unknown };

type Finished = EventOf<"tool.finished">;

/** The item of a call that begins; null for the kinds of item that are only told when they end. */
export function startedItem(call: Call, cwd: string): ItemBody | null {
  const { name, input } = call;
  if (name === "bash") return commandItem(commandLine(input.command), "", null, "in_progress");
  const changes = changesOf(call, cwd, true);
  if (changes) return { type: "file_change", changes, status: "in_progress" };
  if (name === "web_fetch") return null;
  return toolItem(call, null, null, "in_progress");
}

/** The item of a call that ended. */
export function finishedItem(call: Call, event: Finished, cwd: string): ItemBody {
  const { name, input } = call;
  const ok = event.status === "ok";
  if (name === "bash") {
    const status = event.status === "denied" ? "declined" : ok ? "completed" : "failed";
    const { exitCode } = event.facts ?? {};
    const printed = status === "declined" ? "" : printedBy(event);
    return commandItem(commandLine(input.command), printed, exitCode ?? null, status);
  }
  const status = ok ? "completed" : "failed";
  const changes = changesOf(call, cwd, event.facts?.created !== false);
  if (changes) return { type: "file_change", changes, status };
  if (name === "web_fetch") return pageItem(call);
  const content = event.output.map((part) =>
    part.type === "text"
      ? { type: "text", text: part.text }
      : { type: "image", data: part.data, mimeType: part.mediaType },
  );
  return ok
    ? toolItem(call, { content, structured_content: null }, null, status)
    : toolItem(call, null, { message: outputText(event) }, status);
}

/** The item of a call that began and never ended, because the run did. */
export function brokenItem(call: Call, cwd: string): ItemBody {
  const item = startedItem(call, cwd) ?? pageItem(call);
  return "status" in item ? { ...item, status: "failed" } : item;
}

/** A command and what came of it. */
export function commandItem(
  command: string,
  printed: string,
  exitCode: number | null,
  status: "in_progress" | "completed" | "failed" | "declined",
): ItemBody {
  return { type: "command_execution", command, aggregated_output: printed, exit_code: exitCode, status };
}

/** A command as codex writes it: what the shell was started with, quoted for a shell. */
export function commandLine(command: unknown): string {
  const text = typeof command === "string" ? command : "";
  const plain = /^[\w@%+=:,./-]+$/.test(text);
  return `/bin/bash -lc ${plain ? text : `'${text.replaceAll("'", `'\\''`)}'`}`;
}

/** The plan as a list to tick off. */
export function todoItem(call: Call): ItemBody {
  const items = listIn(call.input, "items") ?? [];
  return {
    type: "todo_list",
    items: items.map(({ text, status }) => ({ text: String(text ?? ""), completed: status === "done" })),
  };
}

function pageItem({ id, input }: Call): ItemBody {
  const url = String(input.url ?? "");
  return { type: "web_search", id, query: url, action: { type: "open_page", url } };
}

/** A tool codex has no item for goes by its most general one: a tool of the server "tau". */
function toolItem(
  { name, input }: Call,
  result: object | null,
  error: { message: string } | null,
  status: string,
): ItemBody {
  return { type: "mcp_tool_call", server: "tau", tool: name, arguments: input, result, error, status };
}

type Change = { path: string; kind: "add" | "delete" | "update" };

/** The files an edit changes; null for a call that is no edit. `created` is whether a written file is a new one. */
function changesOf({ name, input }: Call, cwd: string, created: boolean): Change[] | null {
  const path = typeof input.path === "string" ? absolute(cwd, input.path) : "";
  if (name === "write") return [{ path, kind: created ? "add" : "update" }];
  if (name === "edit") return [{ path, kind: "update" }];
  return name === "apply_patch" ? patchChanges(input, cwd) : null;
}

const patchKinds: { readonly [word: string]: Change["kind"] } = {
  Add: "add",
  Update: "update",
  Delete: "delete",
};

function patchChanges(input: Fields, cwd: string): Change[] {
  const patch = String(fieldsOf(input).patch ?? "");
  return [...patch.matchAll(/^\*\*\* (Add|Update|Delete) File: (.+)$/gm)].map(([, word = "", path = ""]) => ({
    path: absolute(cwd, path.trim()),
    kind: patchKinds[word] ?? "update",
  }));
}
