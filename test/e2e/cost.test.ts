/** Where money went, and why the prompt cache missed, through the built binary. */
import { describe, expect, it } from "vitest";
import { ofType } from "./support/run.ts";
import { call, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

describe("A prompt cache that misses", () => {
  it("is explained by the first byte of the request that changed, live and in the report", async () => {
    // The last step a run may make forbids tools: a setting this provider keeps its cache by.
    const { exec, fake, world } = await scene([
      { calls: [call("ls", {})], usage: { input: 10, written: 9_000 } },
      { text: "Done.", usage: { input: 10, written: 9_100 } },
    ]);
    const { events } = await exec(["--max-steps", "2", "go"]);
    const [missed] = ofType(events, "cache.missed");
    expect(missed).toMatchObject({
      changed: "settings",
      departure: {
        source: "setting tool_choice",
        path: "tool_choice",
        before: "nothing",
        now: '{"type":"none"}',
      },
    });
    const sent = Buffer.from(fake.requests[1]?.raw ?? "");
    expect(sent.subarray(missed?.departure?.byte).toString()).toMatch(/^\{"type":"none"\}/);

    const report = await runTau(world, ["cost"]);
    expect(report.stdout).toMatch(
      /^prompt cache: 0 tokens read \(0% of the prompts\), 18,100 written, 9,000 missed once \(\$/m,
    );
    const json = JSON.parse((await runTau(world, ["cost", "--json"])).stdout);
    expect(json.cache).toEqual({ misses: 1, missedTokens: 9_000, missedCost: missed?.cost });
  });
});
