import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { thisProcess } from "../../src/sessions/process.ts";

describe("a process", () => {
  it("is alive while it runs, and not the one that had its pid before", () => {
    const self = thisProcess();
    expect(self.pid).toBe(process.pid);
    expect(self.isAlive(self.pid, self.startedAt)).toBe(true);
    if (process.platform === "linux") expect(self.isAlive(self.pid, `${self.startedAt}0`)).toBe(false);
  });

  it("is dead once it is gone", async () => {
    const child = spawn("true");
    await once(child, "close");
    expect(thisProcess().isAlive(child.pid ?? 0, "")).toBe(false);
  });

  it.runIf(process.platform === "linux")("is dead as a zombie nobody has buried", async () => {
    // The shell's child ends, and the program that took the shell's place never waits for it.
    const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"]);
    const [pid] = await once(createInterface({ input: parent.stdout }), "line");
    const isZombie = () => / Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
    while (!isZombie()) await new Promise((next) => setImmediate(next));
    expect(thisProcess().isAlive(Number(pid), "")).toBe(false);
    parent.kill();
    await once(parent, "close");
  });
});
