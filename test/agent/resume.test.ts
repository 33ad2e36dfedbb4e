import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Session } from "../../src/agent/session.ts";
import type { Entry } from "../../src/core/event.ts";
import { idSource } from "../../src/core/ids.ts";
import { fakeTool, makeBench, memoryStorage, ofType, resultsTold } from "../support/agent.ts";
import { assertPaired, assertPrefixes } from "../support/agent-laws.ts";
import { arbitrarySession } from "../support/arbitrary-session.ts";
import { asRead, sessionId } from "../support/entries.ts";
import { asks, fails, says } from "../support/scripted-upstream.ts";
import { foldSession, pathOf } from "../support/tree.ts";

const ran: string[] = [];
const tools = [
  fakeTool("look", "read", ({ n }) => `seen ${n}`),
  fakeTool("act", "execute", ({ text }) => {
    ran.push(text ?? "");
    return `did ${text}`;
  }),
];

/** A session with most of what can happen in one. */
async function eventfulSession() {
  const bench = await makeBench({ tools, storage: memoryStorage() });
  const live: Entry[] = [];
  bench.upstream.script(
    asks({ name: "look", input: { n: 1 } }, { name: "act", input: { text: "one" } }),
    fails("overloaded", says({ text: "half" }).slice(0, -1)),
    asks({ name: "act", malformed: "{" }, { name: "gone" }, { name: "act", input: { text: "two" } }),
    says(""),
    says({ text: "first done", reasoning: "hm" }),
    fails("auth"),
    says({ text: "and ", end: "length" }),
    says("over"),
  );
  bench.run.queue.add("steer", [{ type: "text", text: "by the way" }]);
  for (const words of ["begin", "again", "at last"]) {
    await bench.turn(words, { watch: (event) => "id" in event && live.push(event) });
  }
  expect(bench.upstream.left).toBe(0);
  return { entries: await bench.entries(), live, bench };
}

describe("a session cut off at any entry", () => {
  it("takes another turn: a request valid in every dialect that goes on from what was sent, and nothing runs again", async () => {
    const { entries, bench } = await eventfulSession();
    // Retries repeat a request; each step's is the one its `step.started` stands for.
    const sent = bench.upstream.requests.filter((_, index) => index !== 2);
    expect(sent).toHaveLength(ofType(entries, "step.started").length);
    expect(entries.length).toBeGreaterThan(30);
    for (let kept = 1; kept <= entries.length; kept++) {
      const path = entries.slice(0, kept);
      const where = `after entry ${kept} (${path.at(-1)?.type})`;
      ran.length = 0;
      const { turn, upstream } = await makeBench({ tools, storage: memoryStorage(), resume: path });
      upstream.script(says("back again"));
      const { result } = await turn("where were we?");
      expect(result.reason, where).toBe("done");
      expect(ran, where).toEqual([]);
      const [request] = upstream.requests;
      if (!request) throw new Error("nothing was asked");
      assertPaired(request.messages);
      expect(JSON.stringify(request.messages.at(-1)), where).toContain("where were we?");
      const before = sent[ofType(path, "step.started").length - 1];
      await assertPrefixes(before ? [before, request] : [request]);
    }
  });

  it("is told of calls that were running, and that they are not run again", async () => {
    const { entries } = await eventfulSession();
    const [read, command] = [...entries.entries()].flatMap(([at, { type }]) =>
      type === "tool.started" ? [at] : [],
    );
    const toldAfter = async (at: number | undefined): Promise<string[]> => {
      const resume = entries.slice(0, (at ?? 0) + 1);
      const { turn, upstream } = await makeBench({ tools, storage: memoryStorage(), resume });
      upstream.script(says("I will look"));
      await turn("go on");
      return resultsTold(upstream);
    };
    expect(await toldAfter(read)).toEqual([
      expect.stringMatching(/^Interrupted: "look" was cut off.*call it again/),
      expect.stringMatching(/^Not run: the turn was interrupted before this call started/),
    ]);
    expect(await toldAfter(command)).toEqual([
      "seen 1",
      expect.stringMatching(/^Interrupted: "act one" had started.*It was not run again/),
    ]);
  });

  it("keeps its very prompt and what it knows of its size, so that the cache serves", async () => {
    const { entries } = await eventfulSession();
    const { turn, upstream, run } = await makeBench({ tools, storage: memoryStorage(), resume: entries });
    upstream.script(says("yes"));
    const { events } = await turn("still there?");
    expect(ofType(events, "segment.started")).toEqual([]);
    expect(upstream.requests[0]?.system[0]?.text).toBe(ofType(entries, "segment.started")[0]?.system);
    expect(run.session.said.map((parts) => parts[0])).toMatchObject(
      ["begin", "by the way", "again", "at last", "still there?"].map((text) => ({ text })),
    );
  });
});

describe("law replay", () => {
  it("the fold of the ledger is the fold of what was watched, and what the session holds", async () => {
    const { entries, live, bench } = await eventfulSession();
    expect(live).toEqual(entries.slice(1));
    expect(foldSession(entries)).toEqual(bench.run.session.state.state());
  });

  it("a session loaded in any pages holds the fold of its path, compactions taken back included (1,000 sessions)", async () => {
    const id = sessionId(1);
    await fc.assert(
      fc.asyncProperty(arbitrarySession, fc.integer({ min: 1, max: 9 }), async (written, size) => {
        const path = pathOf(written.map((entry) => asRead(id, entry)));
        const ids = idSource(
          () => 1,
          (bytes) => new Uint8Array(bytes),
        );
        const session = new Session(await memoryStorage().writer(id), ids, () => 1, {
          lastSeq: path.at(-1)?.seq ?? 0,
          titled: false,
        });
        await session.load(async function* () {
          for (let at = 0; at < path.length; at += size) yield path.slice(at, at + size);
        });
        expect(session.state.state()).toEqual(foldSession(path));
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});
