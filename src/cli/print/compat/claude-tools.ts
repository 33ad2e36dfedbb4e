/** Tau's tools under the names and arguments Claude Code has for them, and their results in its shapes. */
import { parsePatch } from "diff";
import { absolute } from "../../../tools/paths.ts";
import { type Call, type Fields, fieldsOf, listIn, outputText, printedBy, renamed } from "./calls.ts";
import type { EventOf } from "./mapper.ts";

const names: { readonly [tool: string]: string } = {
  bash: "Bash",
  read: "Read",
  write: "Write",
  edit: "Edit",
  grep: "Grep",
  glob: "Glob",
  ls: "LS",
  todo: "TodoWrite",
  web_fetch: "WebFetch",
};

/** The name of a tool in a list of tools; one that has no counterpart keeps its own. */
export const claudeToolName = (name: string): string => names[name] ?? name;

/** A call with the name and arguments of its counterpart. */
export function claudeCall({ name, input }: Call, cwd: string): { name: string; input: Fields } {
  const named = (fields: Fields) => ({ name: claudeToolName(name), input: fields });
  switch (name) {
    case "bash": {
      const fields = renamed(input, { background: "run_in_background" });
      return named(typeof input.timeout === "number" ? { ...fields, timeout: input.timeout * 1000 } : fields);
    }
    case "read":
    case "write":
      return named(withFile(input, cwd));
    case "edit": {
      const { path, edits: _, ...rest } = input;
      const edits = listIn(input, "edits") ?? [];
      const [only, ...more] = edits;
      const file: Fields = path === undefined ? {} : { path };
      if (more.length > 0) return { name: "MultiEdit", input: { ...withFile(file, cwd), edits, ...rest } };
      return named({ ...withFile(file, cwd), replace_all: false, ...only, ...rest });
    }
    case "grep": {
      const { files_only, literal: _, ...rest } = input;
      const fields = renamed(rest, { ignore_case: "-i", context: "-C", limit: "head_limit" });
      return named({ ...fields, output_mode: files_only === true ? "files_with_matches" : "content" });
    }
    case "todo": {
      const todos = (listIn(input, "items") ?? []).map(({ text = "", status = "pending" }) => ({
        content: text,
        status: status === "done" ? "completed" : status,
        activeForm: text,
      }));
      return named({ todos });
    }
    default:
      return named(input);
  }
}

function withFile(input: Fields, cwd: string): Fields {
  const path = typeof input.path === "string" ? absolute(cwd, input.path) : input.path;
  return renamed(path === undefined ? input : { ...input, path }, { path: "file_path" });
}

/** `tool_use_result`: a result for programs. Undefined where Claude's shape asks for what the stream does not hold. */
export function claudeToolResult(call: Call, event: EventOf<"tool.finished">, cwd: string): unknown {
  const failed = event.status !== "ok";
  if (call.name === "bash" && event.facts?.exitCode !== undefined)
    return {
      stdout: printedBy(event),
      stderr: "",
      interrupted: event.status === "interrupted",
      isImage: false,
      noOutputExpected: false,
    };
  if (failed) return `Error: ${outputText(event)}`;
  if (call.name !== "edit" && call.name !== "write") return undefined;
  const { path } = call.input;
  const filePath = typeof path === "string" ? absolute(cwd, path) : "";
  const structuredPatch = hunksOf(event);
  if (call.name === "write") {
    const type = event.facts?.created === false ? "update" : "create";
    return { type, filePath, content: call.input.content ?? "", structuredPatch, originalFile: null };
  }
  const [edit = {}] = listIn(call.input, "edits") ?? [];
  const { old_string = "", new_string = "", replace_all = false } = fieldsOf(edit);
  return {
    filePath,
    oldString: old_string,
    newString: new_string,
    originalFile: null,
    structuredPatch,
    userModified: false,
    replaceAll: replace_all,
  };
}

function hunksOf({ display }: EventOf<"tool.finished">): object[] {
  return display
    .filter((one) => one.type === "diff")
    .flatMap(({ patch }) => hunks(patch))
    .map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
      oldStart,
      oldLines,
      newStart,
      newLines,
      lines,
    }));
}

/** A patch that was shortened for people is not one any more. */
function hunks(patch: string): ReturnType<typeof parsePatch>[number]["hunks"] {
  try {
    return parsePatch(patch).flatMap((file) => file.hunks);
  } catch {
    return [];
  }
}
