/** The terminal UI in a real pseudo-terminal: what a person sees, types and gets back. */
import { describe, expect, it } from "vitest";
import { keys, startPty } from "./support/pty.ts";
import { model, scene } from "./support/scene.ts";

describe("a first task", () => {
  it("is typed, streamed and answered, and the footer counts it", async () => {
    const { world } = await scene([
      { text: "Hello from the model.\nSecond line.", deltaMs: 5, usage: { input: 1000, output: 50 } },
    ]);
    const tau = startPty(world, ["--model", model]);
    await tau.waitFor("what shall we do?");
    tau.write("say hello");
    await tau.waitFor("› say hello");
    tau.write(keys.enter);
    await tau.waitFor("Second line.");
    await tau.waitFor(/context \d+%.*1\.0k in, 50 out/);
    expect(tau.history().filter((line) => line.includes("Hello from the model."))).toHaveLength(1);
  });
});
