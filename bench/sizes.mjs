// What is shipped: dist/ and what an installation brings beside it.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Adds the rows. */
export function sizes({ table: { report }, root }) {
  const bytes = (folder) =>
    readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
      (sum, entry) =>
        sum + (entry.isFile() ? statSync(join(entry.parentPath ?? entry.path, entry.name)).size : 0),
      0,
    );
  report("dist", bytes(join(root, "dist")) / 2 ** 20, "MB", 5.7);
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const native = /node_modules\/(better-sqlite3|@vscode\/ripgrep-[^/]+)$/;
  const runtime = Object.entries(lock).filter(
    ([path, entry]) => path && !entry.dev && !entry.devOptional && !native.test(path),
  );
  const installed = runtime
    .map(([path]) => join(root, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false }));
  report(
    "runtime dependencies beside native and binary ones",
    installed.reduce((sum, path) => sum + bytes(path), 0) / 2 ** 20,
    "MB",
    60,
    `${installed.length} packages`,
  );
}
