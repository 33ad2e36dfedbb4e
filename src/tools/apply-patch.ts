/** apply_patch: the patch format of codex, several files in one call, all or none. */
import * as z from "zod";
import { defineTool, type Tool } from "../core/tool.ts";
import { parsePatch, patchPaths } from "./edit/patch-parse.ts";
import type { FileState } from "./file-state.ts";
import { answering } from "./outcome.ts";
import type { PathLocks } from "./path-lock.ts";
import { absolute, realTarget, shown, touchedPaths } from "./paths.ts";
import { formatBytes, plural } from "./truncate.ts";

/** Largest patch taken. */
export const MAX_PATCH_BYTES = 1024 * 1024;

/** Makes the apply_patch tool of a session. */
export function makeApplyPatchTool({ files, locks }: { files: FileState; locks: PathLocks }): Tool {
  return defineTool({
    name: "apply_patch",
    description: `Change several files at once, all or none (patch up to ${formatBytes(MAX_PATCH_BYTES)}):
*** Begin Patch
*** Update File: a.ts
*** Move to: b.ts (optional)
@@ line before the change (optional; repeat to narrow)
 context line
-old line
+new line
*** Add File: c.ts
+line
*** Delete File: d.ts
*** End Patch
Old lines must stand in exactly one place after the @@ lines; give 3 lines of context.`,
    input: z.object({ patch: z.string().min(1).max(MAX_PATCH_BYTES) }),
    access: "edit",
    intent: ({ patch }, cwd) => {
      const paths = patchPaths(patch);
      const names = paths.map((path) => shown(cwd, absolute(cwd, path)));
      return {
        summary: names.length > 3 ? `patch ${plural(names.length, "file")}` : `patch ${names.join(", ")}`,
        paths: [...new Set(paths.flatMap((path) => touchedPaths(cwd, path)))],
      };
    },
    preview: async ({ patch }, cwd) =>
      (await import("./edit/patch-files.ts")).previewPatch(files, cwd, parsePatch(patch)),
    run: ({ patch }, { cwd }) =>
      answering(async () => {
        const parsed = parsePatch(patch);
        const targets = patchPaths(patch).map((path) => realTarget(absolute(cwd, path)));
        const { patchFiles } = await import("./edit/patch-files.ts");
        return locks.run(targets, () => patchFiles(files, cwd, parsed));
      }),
  });
}
