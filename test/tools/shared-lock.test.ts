import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { SharedLock } from "../../src/tools/shared-lock.ts";
import { bundleWorker, startWorker } from "../support/processes.ts";

const folder = mkdtempSync(join(tmpdir(), "tau-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("lets one holder at a time work, and its own pieces of work beside one another", async () => {
  const path = join(folder, "new/folder/edit.lock");
  const locks = Array.from({ length: 4 }, () => new SharedLock(path));
  let inside: SharedLock | null = null;
  let together = 0;
  let most = 0;
  const work = async (lock: SharedLock): Promise<void> => {
    expect(inside === null || inside === lock).toBe(true);
    inside = lock;
    together += 1;
    most = Math.max(most, together);
    for (let pause = 0; pause < 5; pause += 1) await turn();
    together -= 1;
    if (together === 0) inside = null;
  };
  const all = locks.flatMap((lock) => Array.from({ length: 25 }, () => lock.hold(() => work(lock))));
  await Promise.all(all);
  expect(most).toBe(25);
  expect(statSync(path).mode & 0o077).toBe(0);
});

it("is given back when the work fails", async () => {
  const path = join(folder, "failing.lock");
  const first = new SharedLock(path);
  await expect(first.hold(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await new SharedLock(path).hold(async () => "free")).toBe("free");
  expect(await first.hold(async () => "again")).toBe("again");
});

it("is free again when its holder is killed, and not before", async () => {
  const path = join(folder, "killed.lock");
  const script = await bundleWorker("hold-lock");
  const worker = startWorker(script, { path });
  try {
    await worker.until(1);
    let held = true;
    const waiting = new SharedLock(path).hold(async () => held);
    for (let pause = 0; pause < 50; pause += 1) await turn();
    held = false;
    worker.child.kill("SIGKILL");
    expect(await waiting).toBe(false);
  } finally {
    worker.child.kill("SIGKILL");
    await worker.ended;
    script.dispose();
  }
});
