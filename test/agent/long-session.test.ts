/** A session that goes on for days holds no more in memory than one that just filled its window. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { ModelRequest } from "../../src/core/model.ts";
import { fakeTool, makeBench } from "../support/agent.ts";
import { type Reply, says, smallUsage } from "../support/scripted-upstream.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of the heap that are in use by something. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const turns = 360;

it(`${turns} turns with results of 20 KB and pictures: memory stays, every word of the user too`, async () => {
  const look = fakeTool("look", "read", ({ n }) => `${n} `.repeat(8_000).slice(0, 20_000));
  const { turn, upstream, run, entries } = await makeBench({
    tools: [look],
    info: { contextWindow: 60_000, maxOutput: 2_000 },
  });
  let asked = 0;
  const reply: Reply = ({ messages }: ModelRequest) => {
    const last = messages.at(-1);
    if (JSON.stringify(last).includes("Write the summary that will replace"))
      return says({ text: "what happened", usage: smallUsage });
    // Without a count of the upstream the estimate stands, and the window fills as it would.
    if (last?.role === "user") return says({ calls: [{ name: "look", input: { n: ++asked } }], usage: null });
    return says({ text: "done", usage: null });
  };
  const seen: number[] = [];
  let most = 0;
  for (let n = 0; n < turns; n++) {
    upstream.script(reply, reply, reply, reply);
    const picture = { type: "image" as const, mediaType: "image/png", data: `${n}`.padEnd(10_000, "A") };
    const parts = [{ type: "text" as const, text: `wish ${n}` }, ...(n % 10 === 0 ? [picture] : [])];
    const { result } = await turn({ parts });
    expect(result.reason).toBe("done");
    most = Math.max(most, run.session.state.messages().length);
    // The fake remembers what it was asked and what it would have said next; the session must not.
    upstream.requests.length = 0;
    upstream.forget();
    if (n % 60 === 59) seen.push(heap());
  }
  const all = await entries();
  expect(all.filter(({ type }) => type === "compaction.finished").length).toBeGreaterThan(4);
  expect(all.length).toBeGreaterThan(turns * 6);
  expect(most).toBeLessThan(400);
  expect(run.session.said).toHaveLength(turns);
  const grown = (seen.at(-1) ?? 0) - (seen[0] ?? 0);
  // The three hundred turns since brought 6 MB of results and pictures, and what copies of them requests hold.
  expect(grown / 2 ** 20).toBeLessThan(3);
}, 300_000);
