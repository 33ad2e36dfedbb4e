// Checkpoints of a large project, against a bare walk that lstats as many files in the same round.
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { median } from "./table.mjs";

const folders = 500;
const filesInFolder = 100;
const never = new AbortController().signal;

/** Adds the rows. */
export async function checkpoints({ table, rounds, root, scratch }) {
  const outfile = join(root, "node_modules/.cache/bench", `checkpoints-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, "src/sessions/checkpoints/project.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  const { ProjectCheckpoints } = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  const place = join(scratch, "large");
  for (let folder = 0; folder < folders; folder++) {
    const path = join(place, `package-${folder % 50}`, `module-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < filesInFolder; file++)
      writeFileSync(join(path, `file-${file}.ts`), `export const v${folder}_${file} = ${file};\n`);
  }
  const open = () =>
    ProjectCheckpoints.open({
      root: place,
      file: join(scratch, "checkpoints/large.db"),
      closed: [],
      ignoreFiles: [],
      maxFileBytes: 10 * 1024 ** 2,
      maxBytes: 1024 ** 3,
      now: Date.now,
      processInfo: { pid: process.pid, startedAt: "", host: "", isAlive: () => true },
    });
  const timed = async (work) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  let calls = 0;
  const before = (store) => store.before("bench", { turnId: null, callId: `${calls}`, paths: null }, never);
  const after = (store) => store.after(`${calls++}`);
  let store = await open();
  const first = await timed(() => before(store));
  await after(store);
  const times = { walk: [], before: [], reopened: [] };
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < 3; n++)
      writeFileSync(
        join(place, `package-${n}/module-${n}/file-${round}.ts`),
        `changed ${round} ${Date.now()}`,
      );
    times.walk.push(await timed(() => walk(place)));
    times.before.push(await timed(() => before(store)));
    await after(store);
  }
  for (let round = 0; round < Math.min(3, rounds); round++) {
    await store.close();
    store = await open();
    times.reopened.push(await timed(() => before(store)));
    await after(store);
  }
  await store.close();
  const bare = median(times.walk);
  const ratio = (ms) => `${(ms / bare).toFixed(2)} times a bare walk of ${bare.toFixed(0)} ms`;
  const taken = median(times.before);
  table.report("checkpoint, 50,000 files, 3 changed", taken, "ms", 150, ratio(taken));
  const reopened = median(times.reopened);
  table.note("the first of a process", `${reopened.toFixed(0)} ms`, ratio(reopened));
  table.note("the first of a project, read ahead", `${first.toFixed(0)} ms`, ratio(first));
}

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(path);
    else lstatSync(path);
  }
}
