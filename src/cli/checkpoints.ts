/** `tau checkpoints`: the stores of projects' files, making room in them, and restores that were cut off. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import {
  checkpointsFolder,
  collect,
  keepSince,
  openStore,
  type StorePlace,
  storeFile,
  totalBytes,
} from "../app/checkpoint-store.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import { exitCodes } from "../core/errors.ts";
import type { ProjectCheckpoints, Recovered } from "../sessions/checkpoints/project.ts";
import { storesIn } from "../sessions/checkpoints/stores.ts";
import { formatBytes } from "../tools/truncate.ts";
import { namedFiles, namedRows } from "../tui/sessions/restore-text.ts";
import { homeFolder, workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { table } from "./table.ts";

const options = z.object({ json: z.boolean().default(false), undo: z.boolean().default(false) });

async function placeHere(): Promise<StorePlace> {
  const paths = ownPaths();
  const root = projectRoot(workingFolder());
  const { settings } = await loadSettings(paths, root, process.env, {});
  return { paths, root, home: homeFolder(), now: Date.now, settings: settings.checkpoints ?? {} };
}

/** Lists the stores. */
export async function listCheckpoints(raw: object): Promise<void> {
  const { json } = options.parse(raw);
  const place = await placeHere();
  const here = storeFile(place.paths, place.root);
  const stores = storesIn(join(place.paths.data, checkpointsFolder));
  if (json) {
    print(JSON.stringify({ stores, maxBytes: totalBytes(place.settings) }));
    return;
  }
  if (stores.length === 0) {
    print("There are no checkpoints yet.");
    return;
  }
  print(
    table(
      [{ title: "used" }, { title: "size", align: "right" }, { title: "file" }],
      stores.map(({ path, bytes, usedAt }) => [
        new Date(usedAt).toISOString().slice(0, 16).replace("T", " "),
        formatBytes(bytes),
        path === here ? `${path} (this project)` : path,
      ]),
    ).join("\n"),
  );
}

/** Forgets what is too old, whenever that was done last. */
export async function collectCheckpoints(raw: object): Promise<void> {
  const { json } = options.parse(raw);
  const place = await placeHere();
  const sum = (): number =>
    storesIn(join(place.paths.data, checkpointsFolder)).reduce((bytes, store) => bytes + store.bytes, 0);
  const before = sum();
  await here(place, (store) => store.sweep(keepSince(place)));
  const gone = await collect(place);
  const freed = Math.max(0, before - sum());
  if (json) print(JSON.stringify({ freed, removed: gone.map(({ path }) => path) }));
  else
    print(
      `Freed ${formatBytes(freed)}; ${gone.length === 1 ? "1 store" : `${gone.length} stores`} of other projects removed.`,
    );
}

/** Finishes what was cut off in this project, or takes it back. @returns the exit code */
export async function finishRestore(raw: object): Promise<number> {
  const { json, undo } = options.parse(raw);
  const place = await placeHere();
  const done = await here(place, async (store) => {
    const finished = await store.recover();
    return undo ? await takenBack(store, finished) : finished;
  });
  const files = (done ?? []).flatMap((one) => one.files);
  const failed = (done ?? []).flatMap((one) => one.failures);
  if (json) print(JSON.stringify({ restores: done?.length ?? 0, files, failed }));
  else if (done === null || done.length === 0) print("Nothing was cut off in this project.");
  else
    print(
      [
        `${undo ? "Taken back" : "Finished"}: ${files.length === 1 ? "1 path" : `${files.length} paths`}.`,
        ...namedFiles(files),
        ...namedRows(failed.map(({ path, problem }) => `not put back: ${path}: ${problem}`)),
      ].join("\n"),
    );
  return failed.length > 0 ? exitCodes.failure : exitCodes.done;
}

async function takenBack(store: ProjectCheckpoints, finished: readonly Recovered[]): Promise<Recovered[]> {
  const back: Recovered[] = [];
  for (const { action, session } of finished.toReversed()) {
    const { steps } = await store.plan([action]);
    const wish = { kind: "undo", session, turn: null, undoes: action } as const;
    back.push({ session, ...(await store.restore(steps, wish)) });
  }
  return back;
}

/** With this project's store; null where there is none yet. */
async function here<Result>(
  place: StorePlace,
  work: (store: ProjectCheckpoints) => Promise<Result>,
): Promise<Result | null> {
  if (!existsSync(storeFile(place.paths, place.root))) return null;
  const store = await openStore(place);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
