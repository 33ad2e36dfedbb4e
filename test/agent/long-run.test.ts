import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { fakeTool, makeBench, memoryStorage } from "../support/agent.ts";
import { asks, says } from "../support/scripted-upstream.ts";

describe("a turn of 300 steps", () => {
  it("leaves no listener on the signal and warns of none", async () => {
    const warnings: string[] = [];
    const warn = (warning: Error): void => {
      warnings.push(warning.name);
    };
    process.on("warning", warn);
    const stop = new AbortController();
    const most = { listeners: 0 };
    const look = fakeTool("look", "read", ({ n }) => {
      most.listeners = Math.max(most.listeners, getEventListeners(stop.signal, "abort").length);
      return `seen ${n}`;
    });
    const act = fakeTool("act", "execute", ({ n }) => `did ${n}`);
    const { turn, upstream } = await makeBench({
      tools: [look, act],
      storage: memoryStorage(),
      settings: { maxSteps: 1_000 },
    });
    for (let n = 0; n < 300; n++) {
      upstream.script(
        asks(
          { name: "look", input: { n } },
          { name: "look", input: { n: -n } },
          { name: "act", input: { n } },
        ),
      );
    }
    upstream.script(says("done"));
    const { result } = await turn("go", { signal: stop.signal });
    process.off("warning", warn);
    expect(result).toMatchObject({ reason: "done", steps: 301, toolCalls: 900 });
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    expect(most.listeners).toBeLessThan(5);
    expect(warnings).toEqual([]);
  });
});
