/** Checkpoints: what the stores of all projects take, and restores that were cut off. */
import { join } from "node:path";
import { checkpointsFolder, keepSince, type StorePlace, totalBytes } from "../../app/checkpoint-store.ts";
import { markerOf } from "../../sessions/checkpoints/marker.ts";
import { storesIn } from "../../sessions/checkpoints/stores.ts";
import { thisProcess } from "../../sessions/process.ts";
import { formatBytes } from "../../tools/truncate.ts";
import type { Check } from "./check.ts";
import { quoted } from "./commands.ts";

/** Looks at files' sizes and times only; no store is opened. */
export function checkpointChecks(place: Pick<StorePlace, "paths" | "settings" | "now">): Check[] {
  const stores = storesIn(join(place.paths.data, checkpointsFolder));
  const bytes = stores.reduce((sum, store) => sum + store.bytes, 0);
  const old = stores.filter(({ usedAt }) => usedAt < keepSince(place)).length;
  const isFull = bytes > totalBytes(place.settings);
  const projects = stores.length === 1 ? "1 project" : `${stores.length} projects`;
  const unused = old === 0 ? "" : `, ${old} of them past checkpoints.keepDays`;
  const sizes: Check = {
    name: "checkpoints",
    state: old > 0 || isFull ? "warning" : "ok",
    detail: `${projects}, ${formatBytes(bytes)} of at most ${formatBytes(totalBytes(place.settings))}${unused}`,
    ...((old > 0 || isFull) && { next: "tau checkpoints collect" }),
  };
  const cutOff = stores.flatMap(({ path }) => markerOf(path) ?? []);
  return [
    sizes,
    ...cutOff
      .filter(({ pid, started }) => !thisProcess().isAlive(pid, started))
      .map(
        ({ root, paths }): Check => ({
          name: "checkpoints",
          state: "warning",
          detail: `putting back ${paths === 1 ? "1 file" : `${paths} files`} was cut off in ${root}`,
          next: `cd ${quoted(root)} && tau checkpoints finish (--undo takes it back)`,
        }),
      ),
  ];
}
