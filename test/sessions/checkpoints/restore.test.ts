/** Going back brings the tree as it was, byte for byte. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { TurnId } from "../../../src/core/ids.ts";
import { ProjectCheckpoints } from "../../../src/sessions/checkpoints/project.ts";
import { thisProcess } from "../../../src/sessions/process.ts";
import { treeOf } from "../../support/tree-text.ts";

const never = new AbortController().signal;

function scratch(): { root: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), "tau-checkpoints-"));
  onTestFinished(() => {
    execFileSync("chmod", ["-R", "u+rwx", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const root = join(folder, "project");
  mkdirSync(root);
  return { root, file: join(folder, "store", "project.db") };
}

async function open(place: { root: string; file: string }, more: { maxFileBytes?: number } = {}) {
  const store = await ProjectCheckpoints.open({
    ...place,
    closed: [],
    ignoreFiles: [],
    maxFileBytes: more.maxFileBytes ?? 1_000_000,
    maxBytes: 100_000_000,
    now: Date.now,
    processInfo: thisProcess(),
  });
  onTestFinished(() => store.close());
  return store;
}

/** A call that may change anything. */
async function call(store: ProjectCheckpoints, id: string, work: () => void, turn = `turn-${id}`) {
  await store.before("session", { turnId: turn as TurnId, callId: id, paths: null }, never);
  work();
  return await store.after(id);
}

/** Undoes or redoes one step, as a front end does. */
async function goBack(store: ProjectCheckpoints, kind: "undo" | "redo") {
  const { done, undone } = await store.undoState("session");
  const step = (kind === "undo" ? done : undone).at(-1);
  if (!step) throw new Error(`nothing to ${kind}`);
  const plan = await store.plan(step.actions);
  const restored = await store.restore(plan.steps, { kind, session: "session", turn: null, undoes: step.id });
  return { plan, restored };
}

test("rm -rf and git reset --hard are undone, and redone; git's own state stays", async () => {
  const place = scratch();
  const sh = (command: string): void => {
    execFileSync("sh", ["-ec", command], {
      cwd: place.root,
      stdio: "pipe",
      env: { ...process.env, HOME: place.root },
    });
  };
  sh(`git init -q . && git config user.email a@b && git config user.name n
    mkdir -p src/deep empty && printf 'one\\r\\ntwo\\r\\n' > src/crlf.txt && printf '#!/bin/sh\\n' > src/run.sh && chmod 755 src/run.sh
    printf 'secret' > .env && chmod 600 .env && printf '.env\\nbuild/\\n' > .gitignore && mkdir build && printf x > build/out
    ln -s deep/../crlf.txt src/link && ln -s nowhere src/dangling && printf 'a' > src/deep/a
    git add -A && git commit -qm first
    printf 'changed' > src/deep/a && printf 'new' > src/untracked && git add src/deep/a`);
  writeFileSync(
    Buffer.concat([Buffer.from(`${place.root}/src/`), Buffer.from([0xff, 0xfe, 0x2e])]),
    Buffer.from([0, 1, 255]),
  );
  const before = treeOf(place.root);
  const store = await open(place);
  await call(store, "one", () =>
    sh("rm -rf src .env empty && git reset -q --hard && rm -f src/run.sh && printf y > made"),
  );
  const after = treeOf(place.root);
  const head = readFileSync(join(place.root, ".git/index"));
  expect(after).not.toBe(before);

  const { plan, restored } = await goBack(store, "undo");
  expect(plan).toMatchObject({ conflicts: [], notCovered: [] });
  expect(restored.failures).toEqual([]);
  expect(treeOf(place.root)).toBe(before);
  expect(readFileSync(join(place.root, ".git/index"))).toEqual(head);

  // Another process goes on from the same store.
  const again = await open(place);
  await goBack(again, "redo");
  expect(treeOf(place.root)).toBe(after);
});

test("what a person changed since is told, and left alone", async () => {
  const place = scratch();
  const path = (name: string): string => join(place.root, name);
  for (const name of ["a", "b"]) writeFileSync(path(name), "was");
  const store = await open(place);
  await call(store, "one", () => {
    for (const name of ["a", "b"]) writeFileSync(path(name), "agent");
  });
  writeFileSync(path("b"), "person");
  const { plan } = await goBack(store, "undo");
  expect(plan.steps.map((step) => step.path)).toEqual(["a"]);
  expect(plan.conflicts).toMatchObject([{ path: "b", reason: "changed since" }]);
  expect([readFileSync(path("a"), "utf8"), readFileSync(path("b"), "utf8")]).toEqual(["was", "person"]);
});

test("undoing one session's call leaves alone what another changed meanwhile", async () => {
  const place = scratch();
  writeFileSync(join(place.root, "mine"), "1");
  writeFileSync(join(place.root, "theirs"), "1");
  const store = await open(place);
  await call(store, "one", () => writeFileSync(join(place.root, "mine"), "2"));
  writeFileSync(join(place.root, "theirs"), "2");
  await call(store, "two", () => writeFileSync(join(place.root, "mine"), "3"), "turn-one");
  await goBack(store, "undo");
  expect(readFileSync(join(place.root, "mine"), "utf8")).toBe("1");
  expect(readFileSync(join(place.root, "theirs"), "utf8")).toBe("2");
});

test("an edit of a named path needs no look at the rest, and takes its new folders away with it", async () => {
  const place = scratch();
  const store = await open(place);
  const path = join(place.root, "new/folder/file.txt");
  await store.before("session", { turnId: "t" as TurnId, callId: "c", paths: [path] }, never);
  mkdirSync(join(place.root, "new/folder"), { recursive: true });
  writeFileSync(path, "text");
  expect(await store.after("c")).toMatchObject({ count: 3 });
  await goBack(store, "undo");
  expect(readdirSync(place.root)).toEqual([]);
});

test("what is read ahead lets an edit go first, ends at a command, and loses nothing for either", async () => {
  const place = scratch();
  for (let folder = 0; folder < 12; folder += 1) {
    mkdirSync(join(place.root, `${folder}`));
    for (let n = 0; n < 12; n += 1) writeFileSync(join(place.root, `${folder}/${n}`), `${folder} ${n}`);
  }
  const was = treeOf(place.root);
  const store = await open(place);
  const ahead = store.lookAhead(never);
  const path = join(place.root, "3/4");
  await store.before("session", { turnId: "t" as TurnId, callId: "e", paths: [path] }, never);
  writeFileSync(path, "edited");
  expect(await store.after("e")).toMatchObject({ count: 1 });
  await call(store, "c", () =>
    execFileSync("rm", ["-rf", ...[0, 3, 11].map((n) => join(place.root, `${n}`))]),
  );
  await ahead;
  for (let step = 0; step < 2; step += 1) expect((await goBack(store, "undo")).plan.conflicts).toEqual([]);
  expect(treeOf(place.root)).toBe(was);
  // All of it is read by now: a look finds nothing that is new.
  const again = await store.before("session", { turnId: null, callId: "x", paths: null }, never);
  expect(again).toMatchObject({ changes: 0 });
});

test("what is not captured is told: a large file that was changed", async () => {
  const place = scratch();
  const path = join(place.root, "large");
  writeFileSync(path, "x".repeat(2_000));
  const store = await open(place, { maxFileBytes: 1_000 });
  expect(await call(store, "one", () => unlinkSync(path))).toMatchObject({ count: 1, notCovered: 1 });
  const { plan } = await goBack(store, "undo");
  expect(plan.notCovered).toEqual(["large"]);
});

const names = ["a", "b", "c.txt", "\u00e9", "d e"];
const inTree = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("/"));
const mutation = fc.oneof(
  fc.record({ do: fc.constant("write" as const), path: inTree, text: fc.string({ maxLength: 20 }) }),
  fc.record({ do: fc.constant("remove" as const), path: inTree }),
  fc.record({ do: fc.constant("folder" as const), path: inTree }),
  fc.record({ do: fc.constant("link" as const), path: inTree, to: inTree }),
  fc.record({
    do: fc.constant("mode" as const),
    path: inTree,
    mode: fc.constantFrom(0o600, 0o755, 0o700, 0o640),
  }),
  fc.record({ do: fc.constant("move" as const), path: inTree, to: inTree }),
);

function mutate(root: string, one: typeof mutation extends fc.Arbitrary<infer T> ? T : never): void {
  const path = join(root, one.path);
  try {
    if (one.do === "remove") rmSync(path, { recursive: true, force: true });
    else if (one.do === "folder") mkdirSync(path, { recursive: true });
    else if (one.do === "link") symlinkSync(one.to, path);
    else if (one.do === "mode") {
      if (!lstatSync(path).isSymbolicLink())
        chmodSync(path, lstatSync(path).isDirectory() ? one.mode | 0o700 : one.mode);
    } else if (one.do === "move") renameSync(path, join(root, one.to));
    else writeFileSync(path, one.text);
  } catch {
    // What cannot be done to this tree is not done.
  }
}

test("whatever is done to whatever tree, going back step by step brings each tree back, and forth again", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutation, { maxLength: 15 }),
      fc.array(fc.array(mutation, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
      async (first, turns) => {
        const folder = mkdtempSync(join(tmpdir(), "tau-checkpoints-"));
        const root = join(folder, "project");
        mkdirSync(root);
        for (const one of first) mutate(root, one);
        const store = await ProjectCheckpoints.open({
          root,
          file: join(folder, "store.db"),
          closed: [],
          ignoreFiles: [],
          maxFileBytes: 1_000_000,
          maxBytes: 100_000_000,
          now: Date.now,
          processInfo: thisProcess(),
        });
        try {
          const trees = [treeOf(root)];
          for (const [index, turn] of turns.entries()) {
            await call(store, `${index}`, () => {
              for (const one of turn) mutate(root, one);
            });
            if (treeOf(root) !== trees.at(-1)) trees.push(treeOf(root));
          }
          for (const tree of trees.slice(0, -1).reverse()) {
            await goBack(store, "undo");
            expect(treeOf(root)).toBe(tree);
          }
          for (const tree of trees.slice(1)) {
            await goBack(store, "redo");
            expect(treeOf(root)).toBe(tree);
          }
        } finally {
          await store.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: Number(process.env.CHECKPOINT_RUNS ?? 100) },
  );
}, 120_000);
