/** write: a whole file, new or replaced. */
import * as z from "zod";
import { defineTool, type Tool } from "../core/tool.ts";
import type { FileState } from "./file-state.ts";
import { answering } from "./outcome.ts";
import type { PathLocks } from "./path-lock.ts";
import { absolute, realTarget, shown, touchedPaths } from "./paths.ts";

/** Makes the write tool of a session. */
export function makeWriteTool({ files, locks }: { files: FileState; locks: PathLocks }): Tool {
  return defineTool({
    name: "write",
    description:
      "Write a whole file, creating folders. An existing file must have been read, and not changed since; prefer edit for changes.",
    input: z.object({ path: z.string().min(1), content: z.string() }),
    access: "edit",
    intent: ({ path }, cwd) => ({
      summary: `write ${shown(cwd, absolute(cwd, path))}`,
      paths: touchedPaths(cwd, path),
    }),
    preview: async ({ path, content }, cwd) =>
      (await import("./edit/write-file.ts")).previewWrite(cwd, absolute(cwd, path), content),
    run: ({ path, content }, { cwd }) =>
      answering(async () => {
        const target = absolute(cwd, path);
        const { writeFile } = await import("./edit/write-file.ts");
        return locks.run([realTarget(target)], () => writeFile(files, cwd, target, content));
      }),
  });
}
