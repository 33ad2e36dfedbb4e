/** A full and a read-only file system: the old contents stay, and the answer says why. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

/** A file system of 64 KB in the bench's folder `disk`; only root may make one, elsewhere these tests are skipped. */
function mountSmall(bench: Workbench): boolean {
  mkdirSync(join(bench.cwd, "disk"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", join(bench.cwd, "disk")], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

describe("a disk", () => {
  let bench: Workbench;
  let mounted = false;
  beforeAll(() => {
    bench = workbench();
    mounted = mountSmall(bench);
  });
  afterAll(() => {
    if (mounted) execFileSync("umount", [join(bench.cwd, "disk")]);
    bench.remove();
  });
  beforeEach(({ skip }) => {
    if (!mounted) skip("no right to mount a file system");
  });

  test("that is full refuses a write, an edit and a patch, and every file is as before", async () => {
    bench.put("disk/f", "precious\n");
    bench.put("disk/g", "also\n");
    await bench.call("read", { path: "disk/f" });
    const big = "x".repeat(80 * 1024);
    const full = { isError: true, output: expect.stringContaining("The disk is full (ENOSPC)") };
    expect(await bench.call("write", { path: "disk/f", content: big })).toMatchObject(full);
    expect(await bench.call("write", { path: "disk/new", content: big })).toMatchObject(full);
    const edits = [{ old_string: "precious", new_string: big }];
    expect(await bench.call("edit", { path: "disk/f", edits })).toMatchObject(full);
    const patch = `*** Begin Patch\n*** Update File: disk/g\n-also\n+changed\n*** Add File: disk/n\n+${big}\n*** End Patch`;
    expect(await bench.call("apply_patch", { patch })).toMatchObject(full);
    expect(readdirSync(join(bench.cwd, "disk"))).toEqual(["f", "g"]);
    expect([bench.text("disk/f"), bench.text("disk/g")]).toEqual(["precious\n", "also\n"]);
  });

  test("that is read-only is read, and refuses writing in words", async () => {
    execFileSync("mount", ["-o", "remount,ro", join(bench.cwd, "disk")]);
    expect((await bench.call("read", { path: "disk/f" })).output).toBe("precious");
    const edits = [{ old_string: "precious", new_string: "x" }];
    for (const result of [
      await bench.call("edit", { path: "disk/f", edits }),
      await bench.call("write", { path: "disk/dir/new", content: "x" }),
    ]) {
      expect(result).toMatchObject({ isError: true, output: expect.stringContaining("read-only (EROFS)") });
    }
    expect(bench.text("disk/f")).toBe("precious\n");
  });
});
