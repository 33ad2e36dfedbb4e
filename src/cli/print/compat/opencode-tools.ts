/** Tau's tools under the names and arguments opencode has for them, and what its results say beside their output. */
import { absolute } from "../../../tools/paths.ts";
import { type Call, type Fields, listIn, printedBy, renamed } from "./calls.ts";
import type { EventOf } from "./mapper.ts";

/** A call with the name and arguments of its counterpart; one that has none keeps its own. */
export function opencodeCall({ name, input }: Call, cwd: string): { name: string; input: Fields } {
  switch (name) {
    case "bash":
      return {
        name,
        input: typeof input.timeout === "number" ? { ...input, timeout: input.timeout * 1000 } : input,
      };
    case "read":
    case "write":
      return { name, input: withFile(input, cwd) };
    case "edit": {
      const [only, ...more] = listIn(input, "edits") ?? [];
      // Its edit takes one change; several at once are Tau's own.
      if (only === undefined || more.length > 0) return { name, input: withFile(input, cwd) };
      const { path, edits: _, ...rest } = input;
      const file: Fields = path === undefined ? {} : { path };
      const change = renamed(only, {
        old_string: "oldString",
        new_string: "newString",
        replace_all: "replaceAll",
      });
      return { name, input: { ...withFile(file, cwd), ...change, ...rest } };
    }
    case "apply_patch":
      return { name, input: renamed(input, { patch: "patchText" }) };
    case "grep":
      return { name, input: renamed(input, { glob: "include" }) };
    case "ls":
      return { name: "list", input };
    case "todo": {
      const todos = (listIn(input, "items") ?? []).map(({ text = "", status = "pending" }, index) => ({
        content: text,
        status: status === "done" ? "completed" : status,
        priority: "medium",
        id: String(index + 1),
      }));
      return { name: "todowrite", input: { todos } };
    }
    case "web_fetch":
      return { name: "webfetch", input: { ...input, format: "text" } };
    default:
      return { name, input };
  }
}

function withFile(input: Fields, cwd: string): Fields {
  const path = typeof input.path === "string" ? absolute(cwd, input.path) : input.path;
  return renamed(path === undefined ? input : { ...input, path }, { path: "filePath" });
}

/** `state.metadata` of a call that ran. */
export function opencodeMetadata(
  { name, input }: Call,
  event: EventOf<"tool.finished">,
  cwd: string,
): object {
  const { facts = {}, display } = event;
  const truncated = facts.truncated === true;
  if (name === "bash") {
    const { description } = input;
    return { output: printedBy(event), exit: facts.exitCode ?? null, description, truncated };
  }
  const diffs = display.filter((one) => one.type === "diff");
  if (diffs.length === 0) return { truncated };
  const filepath = typeof input.path === "string" ? absolute(cwd, input.path) : undefined;
  return {
    diagnostics: {},
    diff: diffs.map(({ patch }) => patch).join("\n"),
    filepath,
    exists: name === "write" ? facts.created === false : undefined,
    truncated,
  };
}
