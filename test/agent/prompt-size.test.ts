import { beforeAll, describe, expect, it } from "vitest";
import { systemPrompt } from "../../src/agent/system-prompt.ts";
import { Toolbox } from "../../src/agent/toolbox.ts";
import type { ModelRequest } from "../../src/core/model.ts";
import { type CountText, loadCounter } from "../../src/models/tokenizer.ts";
import { ownTools } from "../../src/policy/tool-names.ts";
import { loadCodec } from "../../src/wire/codecs.ts";
import { makeBench, memoryStorage } from "../support/agent.ts";
import { offeredTools } from "../support/offered-tools.ts";
import { says } from "../support/scripted-upstream.ts";
import { reader } from "../support/shell.ts";

let count: CountText;
beforeAll(async () => {
  count = await loadCounter("o200k_base");
});

const { toolset, recall } = offeredTools();
const toolbox = new Toolbox(toolset, [], reader);
/** As a compacted session has it. */
const withRecall = new Toolbox([...toolset, recall], [], reader);
const workplace = {
  cwd: "/home/somebody/projects/a-project-with-a-long-name/packages/core",
  root: "/home/somebody/projects/a-project-with-a-long-name",
  platform: "linux",
  date: "2026-11-24",
  isGitRepository: true,
};

describe("what every request begins with", () => {
  it("is a system prompt below 1,500 tokens", () => {
    const tokens = count(systemPrompt(workplace, []));
    expect(tokens).toBeGreaterThan(300);
    expect(tokens).toBeLessThan(1_500);
  });

  it("names no tool a permission rule could not be about", () => {
    expect(withRecall.specs.map(({ name }) => name).toSorted()).toEqual([...ownTools].toSorted());
  });

  it("is a tool list below 2,000 tokens, all tools together, recall of a compacted session included", () => {
    const tokens = count(
      JSON.stringify(
        withRecall.specs.map(({ name, description, inputSchema }) => ({
          name,
          description,
          input_schema: inputSchema,
        })),
      ),
    );
    expect(toolbox.specs.length).toBeGreaterThanOrEqual(10);
    expect(tokens).toBeLessThan(2_000);
  });

  it.each(["messages", "chat-completions", "responses", "generate-content"] as const)(
    "takes at most 12 KB in %s for the first request of an empty session",
    async (dialect) => {
      const { turn, upstream } = await makeBench({
        tools: await Promise.all(toolset.map((offered) => offered.load())),
        system: systemPrompt(workplace, []),
        storage: memoryStorage(),
        effort: "medium",
        info: { reasoning: { efforts: ["medium"], budget: null } },
      });
      upstream.script(says("hi"));
      await turn("hello");
      const [request] = upstream.requests as [ModelRequest];
      const codec = await loadCodec(dialect);
      const body = JSON.stringify(codec.encodeRequest(request, { provider: "test", model: "model" }));
      expect(Buffer.byteLength(body)).toBeGreaterThan(5_000);
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(12 * 1024);
    },
  );
});
