/** Tau's tools under the names and arguments Gemini CLI has for them. */
import { absolute } from "../../../tools/paths.ts";
import { type Call, type Fields, listIn, renamed } from "./calls.ts";

/** A call with the name and arguments of its counterpart; one that has none keeps its own. */
export function geminiCall({ name, input }: Call, cwd: string): { name: string; input: Fields } {
  switch (name) {
    case "bash":
      return { name: "run_shell_command", input: renamed(input, { background: "is_background" }) };
    case "read":
      return { name: "read_file", input: withFile(input, cwd) };
    case "write":
      return { name: "write_file", input: withFile(input, cwd) };
    case "edit": {
      const [only, ...more] = listIn(input, "edits") ?? [];
      // replace takes one change; several at once have no counterpart.
      if (only === undefined || more.length > 0) return { name, input };
      const { path, edits: _, ...rest } = input;
      const file: Fields = path === undefined ? {} : { path };
      const change = renamed(only, { replace_all: "allow_multiple" });
      return { name: "replace", input: { ...withFile(file, cwd), ...change, ...rest } };
    }
    case "grep":
      return { name: "grep_search", input: renamed(input, { path: "dir_path", glob: "include_pattern" }) };
    case "glob":
      return { name, input: renamed(input, { path: "dir_path" }) };
    case "ls":
      return { name: "list_directory", input: renamed({ path: ".", ...input }, { path: "dir_path" }) };
    case "todo": {
      const todos = (listIn(input, "items") ?? []).map(({ text = "", status = "pending" }) => ({
        description: text,
        status: status === "done" ? "completed" : status,
      }));
      return { name: "write_todos", input: { todos } };
    }
    case "web_fetch":
      return { name, input: renamed(input, { url: "prompt" }) };
    default:
      return { name, input };
  }
}

function withFile(input: Fields, cwd: string): Fields {
  const path = typeof input.path === "string" ? absolute(cwd, input.path) : input.path;
  return renamed(path === undefined ? input : { ...input, path }, { path: "file_path" });
}
