import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outputsOf, removeOutputs, type Sweep, sweepOutputs } from "../../../src/tools/process/outputs.ts";

const day = 24 * 3_600_000;
const at = Date.parse("2026-11-24T12:00:00Z");
let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "tau-outputs-")), "output");
});
afterEach(() => rmSync(dirname(root), { recursive: true }));

/** Saves an output of so many bytes, so many days ago. */
function save(path: string, bytes: number, daysAgo: number): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "x".repeat(bytes));
  const time = (at - daysAgo * day) / 1000;
  for (const one of [file, dirname(file)]) utimesSync(one, time, time);
  return file;
}

const sweep = (more: Partial<Omit<Sweep, "limits">> & { limits?: Partial<Sweep["limits"]> } = {}) =>
  sweepOutputs({
    root,
    now: () => at,
    exists: async (id) => id.startsWith("known"),
    ...more,
    limits: { totalBytes: 10_000, strayMs: 7 * day, everyMs: day, mostMs: 1_000, ...more.limits },
  });

describe("deleting a session", () => {
  it("takes its outputs and no other's, and is content when there are none", () => {
    save("one/a.log", 10, 0);
    const other = save("two/a.log", 10, 0);
    removeOutputs(root, "one");
    removeOutputs(root, "three");
    expect(existsSync(outputsOf(root, "one"))).toBe(false);
    expect(existsSync(other)).toBe(true);
  });
});

describe("a sweep", () => {
  it("removes what belongs to no session once it is a week old, and leaves what belongs to one however old", async () => {
    const kept = save("known-1/a.log", 1_000, 400);
    const young = save("gone-young/a.log", 1_000, 6);
    save("gone-old/a.log", 1_000, 8);
    save("stray-of-a-dead-run.log", 500, 8);
    expect(await sweep()).toBe(1_500);
    expect(readdirSync(root).sort()).toEqual([".swept", "gone-young", "known-1"]);
    expect(statSync(kept).size).toBe(1_000);
    expect(statSync(young).size).toBe(1_000);
  });

  it("beyond the size removes the oldest first, and a reader finds out why; none that may still be written", async () => {
    const oldest = save("known-1/a.log", 6_000, 30);
    const older = save("known-2/b.log", 6_000, 20);
    const newer = save("known-1/c.log", 6_000, 10);
    const running = save("known-3/d.log", 3_000, 0);
    await sweep();
    expect(readFileSync(oldest, "utf8")).toMatch(
      /^\[This saved output of 6000 bytes was removed on 2026-11-24: .* passed 10000 bytes.* Run the command again/,
    );
    expect(readFileSync(older, "utf8")).toContain("was removed");
    expect([newer, running].map((file) => statSync(file).size)).toEqual([6_000, 3_000]);
    expect(statSync(oldest).mode & 0o777).toBe(0o600);
    // Notes are no outputs: the next day there is nothing to do.
    expect(await sweep({ now: () => at + 2 * day })).toBe(0);
  });

  it("comes once a day, by whoever is first, and only where outputs are", async () => {
    expect(await sweep()).toBeNull();
    expect(existsSync(root)).toBe(false);
    save("gone/a.log", 10, 8);
    const both = await Promise.all([sweep(), sweep()]);
    expect(both.filter((freed) => freed !== null)).toEqual([10]);
    expect(await sweep({ now: () => at + day / 2 })).toBeNull();
    expect(await sweep({ now: () => at + 2 * day })).toBe(0);
    // A clock that was wrong does not put it off for years.
    utimesSync(join(root, ".swept"), at / 1000 + 9e6, at / 1000 + 9e6);
    expect(await sweep()).toBe(0);
  });

  it("stops when its time is up, and the next one goes on", async () => {
    for (let n = 0; n < 20; n++) save(`gone-${n}/a.log`, 10, 8);
    let clock = at;
    await sweep({ now: () => (clock += 10), limits: { mostMs: 100 } });
    const left = readdirSync(root).length - 1;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(20);
    clock += 2 * day;
    await sweep({ now: () => clock });
    expect(readdirSync(root)).toEqual([".swept"]);
  });

  it("fails no run when the folder cannot be read or holds what is not Tau's", async () => {
    save("known-1/a.log", 10, 0);
    mkdirSync(join(root, "known-1", "folder"));
    expect(await sweep()).toBe(0);
    rmSync(root, { recursive: true });
    writeFileSync(root, "a file");
    expect(await sweep()).toBeNull();
  });
});
