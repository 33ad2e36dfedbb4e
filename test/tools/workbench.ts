/** A temporary folder with the file tools of one session standing in it. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Tool, ToolResult } from "../../src/core/tool.ts";
import { makeApplyPatchTool } from "../../src/tools/apply-patch.ts";
import { makeEditTool } from "../../src/tools/edit.ts";
import { FileState } from "../../src/tools/file-state.ts";
import { makeGlobTool } from "../../src/tools/glob.ts";
import { makeGrepTool } from "../../src/tools/grep.ts";
import { makeLsTool } from "../../src/tools/ls.ts";
import { PathLocks } from "../../src/tools/path-lock.ts";
import { makeReadTool } from "../../src/tools/read.ts";
import { makeTodoTool } from "../../src/tools/todo.ts";
import { makeWriteTool } from "../../src/tools/write.ts";

/** Every file tool by name. */
export type Workbench = {
  cwd: string;
  tools: { [name: string]: Tool };
  /** Parses the input as the loop does, runs the tool, and returns its result. */
  call(name: string, input: unknown, signal?: AbortSignal): Promise<ToolResult>;
  put(path: string, content: string | Uint8Array, mode?: number): string;
  text(path: string): string;
  bytes(path: string): Buffer;
  mode(path: string): number;
  remove(): void;
};

export function workbench(): Workbench {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "tau-files-")));
  const session = { files: new FileState(), locks: new PathLocks((work) => work()) };
  const env = {};
  const list = [
    makeReadTool(session),
    makeWriteTool(session),
    makeEditTool(session),
    makeApplyPatchTool(session),
    makeGrepTool({ env }),
    makeGlobTool({ env }),
    makeLsTool(),
    makeTodoTool(),
  ];
  const byName: { [name: string]: Tool } = Object.fromEntries(list.map((tool) => [tool.name, tool]));
  const at = (path: string) => join(cwd, path);
  let calls = 0;
  return {
    cwd,
    tools: byName,
    call: async (name, input, signal = new AbortController().signal) => {
      const tool = byName[name];
      if (tool === undefined) throw new Error(`no tool ${name}`);
      calls += 1;
      const context = { callId: `call_${calls}`, cwd, signal, emit: () => undefined };
      return tool.run(tool.input.parse(input), context);
    },
    put: (path, content, mode) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content, mode === undefined ? {} : { mode });
      return at(path);
    },
    text: (path) => readFileSync(at(path), "utf8"),
    bytes: (path) => readFileSync(at(path)),
    mode: (path) => statSync(at(path)).mode & 0o7777,
    remove: () => rmSync(cwd, { recursive: true, force: true }),
  };
}
