/** edit: replaces text in one file, several places in one call, all or none. */
import * as z from "zod";
import { defineTool, type Tool } from "../core/tool.ts";
import type { FileState } from "./file-state.ts";
import { answering } from "./outcome.ts";
import type { PathLocks } from "./path-lock.ts";
import { absolute, realTarget, shown, touchedPaths } from "./paths.ts";

/** Most replacements of one call. */
export const MAX_EDITS = 100;

/** Makes the edit tool of a session. */
export function makeEditTool({ files, locks }: { files: FileState; locks: PathLocks }): Tool {
  return defineTool({
    name: "edit",
    description: `Replace text in a file that was read. Each old_string must stand in exactly one place (or set replace_all); quote enough lines around it. Up to ${MAX_EDITS} edits, applied in order, all or none. Bytes outside the match, line endings and encoding stay.`,
    input: z.object({
      path: z.string().min(1),
      edits: z
        .array(
          z.object({ old_string: z.string(), new_string: z.string(), replace_all: z.boolean().optional() }),
        )
        .min(1)
        .max(MAX_EDITS),
    }),
    access: "edit",
    intent: ({ path }, cwd) => ({
      summary: `edit ${shown(cwd, absolute(cwd, path))}`,
      paths: touchedPaths(cwd, path),
    }),
    preview: async ({ path, edits }, cwd) =>
      (await import("./edit/edit-file.ts")).previewEdit(cwd, absolute(cwd, path), edits.map(wanted)),
    run: ({ path, edits }, { cwd }) =>
      answering(async () => {
        const target = absolute(cwd, path);
        const { editFile } = await import("./edit/edit-file.ts");
        return locks.run([realTarget(target)], () => editFile(files, cwd, target, edits.map(wanted)));
      }),
  });
}

const wanted = (edit: { old_string: string; new_string: string; replace_all?: boolean | undefined }) => ({
  oldText: edit.old_string,
  newText: edit.new_string,
  all: edit.replace_all === true,
});
