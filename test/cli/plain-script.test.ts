import { describe, expect, it } from "vitest";
import { setUp } from "../support/command-line.ts";

describe("a script piped into tau --plain", () => {
  it("is heard whole behind a first task, however much later that is done than the script was read", async () => {
    const { tau, fake } = await setUp({
      script: [{ text: "first things first", deltaSize: 1, deltaMs: 10 }],
    });
    const { code, stdout } = await tau(["--plain", "first"], { stdin: "second\n/status\n" });
    expect(fake.requests).toHaveLength(2);
    expect(stdout).toMatch(
      /tau: first things first\n.*you: second\ntau: done\n.*you: \/status\n.*To go on:/s,
    );
    expect(code).toBe(0);
  });

  it("may be empty: then the first task is all", async () => {
    const { tau, fake } = await setUp({
      script: [{ text: "first things first", deltaSize: 1, deltaMs: 10 }],
    });
    const { code, stdout, stderr } = await tau(["--plain", "first"]);
    expect([code, fake.requests.length, stderr]).toEqual([0, 1, ""]);
    expect(stdout).toContain("To go on:");
  });
});
