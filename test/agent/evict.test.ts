/** Taking pieces out of the window by hand: what the next request says, what it costs, and putting them back. */
import { describe, expect, it } from "vitest";
import { evict, putBack } from "../../src/agent/compaction/evict.ts";
import { windowContents } from "../../src/agent/window-contents.ts";
import type { AgentEvent } from "../../src/core/event.ts";
import { type Bench, fakeTool, makeBench, ofType, textTold } from "../support/agent.ts";
import { assertPaired, assertPrefixes } from "../support/agent-laws.ts";
import { asks, says } from "../support/scripted-upstream.ts";
import { foldSession } from "../support/tree.ts";

const words = (count: number, word: string): string => `${word} `.repeat(count).trim();
const read = fakeTool("read", "read", ({ path }) => `content of ${path}: ${words(300, "code")}`);
const never = new AbortController().signal;

async function drain<Outcome>(
  generator: AsyncGenerator<AgentEvent, Outcome>,
): Promise<{ events: AgentEvent[]; outcome: Outcome }> {
  const events: AgentEvent[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done) return { events, outcome: next.value };
    events.push(next.value);
  }
}

/** A turn that read two files, and what can be taken out by its name. */
async function talked(): Promise<Bench> {
  const bench = await makeBench({ tools: [read] });
  bench.upstream.script(
    asks({ name: "read", input: { path: "a.ts" } }, { name: "read", input: { path: "b.ts" } }),
    says("Both are read."),
  );
  await bench.turn(`Read them. ${words(200, "please")}`);
  return bench;
}

const pieceOf = ({ run }: Bench, name: string) => {
  const found = windowContents(run).pieces.find((one) => one.name.startsWith(name));
  if (!found) throw new Error(`${name} is not in the window`);
  return found;
};
const out = async (bench: Bench, name: string) =>
  drain(evict({ ...bench.run, signal: never }, [pieceOf(bench, name).piece]));
const back = async (bench: Bench, name: string) => {
  const { evictedBy } = pieceOf(bench, name);
  if (evictedBy === null) throw new Error(`${name} was not taken out`);
  return drain(putBack({ ...bench.run, signal: never }, evictedBy, bench.entries));
};

describe("the contents of the window", () => {
  it("are told by source, the pieces biggest first, with what each frees and has written anew", async () => {
    const bench = await talked();
    const { conversation, pieces, tools, tokens } = windowContents(bench.run);
    expect(conversation.map(({ name, parts }) => [name, parts])).toEqual([
      ["results of read", 2],
      ["your messages", 1],
      ["calls", 2],
      ["answers", 1],
    ]);
    expect(tools.map(({ name }) => name)).toEqual(["read"]);
    expect(pieces.map(({ name, kind }) => [name.slice(0, 10), kind])).toEqual([
      ["read a.ts", "result"],
      ["read b.ts", "result"],
      ["Read them.", "message"],
    ]);
    const [first, second, said] = pieces;
    for (const one of pieces) expect(one.freed).toBeLessThan(one.tokens);
    expect(first?.rewritten).toBeGreaterThan(second?.rewritten ?? 0);
    expect(said?.rewritten).toBeGreaterThan(first?.rewritten ?? 0);
    expect(first?.cost).toBeGreaterThan(0);
    expect(tokens).toBeGreaterThan(0);
  });
});

describe("taking a piece out", () => {
  it("asks no model, and the next request has a word in its place; all before it is as it was", async () => {
    const bench = await talked();
    const [before] = bench.upstream.requests.slice(-1);
    const { events, outcome } = await out(bench, "read b.ts");
    expect(outcome).toMatchObject({ method: "evict", trigger: "manual", cost: 0 });
    expect(outcome?.tokensAfter).toBeLessThan(outcome?.tokensBefore ?? 0);
    expect(events.map(({ type }) => type)).toEqual(["compaction.finished"]);
    bench.upstream.script(says("gone on"));
    const turn = await bench.turn("Go on.");
    expect(ofType(turn.events, "segment.started")).toEqual([]);
    expect(ofType(turn.events, "cache.missed")).toEqual([]);
    const [request] = bench.upstream.requests.slice(-1);
    const told = textTold(bench.upstream);
    expect(told).toContain("content of a.ts");
    expect(told).not.toContain("content of b.ts");
    expect(told).toContain("took this out");
    expect(request?.tools).toEqual(before?.tools);
    assertPaired(request?.messages ?? []);
    expect(request?.messages.slice(0, 2).map(({ parts }) => parts.length)).toEqual([1, 2]);
    expect(foldSession(await bench.entries())).toEqual(bench.run.session.state.state());
  });

  it("holds after a kill at any entry, and in the requests of another process", async () => {
    const bench = await talked();
    await out(bench, "read a.ts");
    bench.upstream.script(says("gone on"));
    await bench.turn("Go on.");
    const entries = await bench.entries();
    const at = entries.findIndex(({ type }) => type === "compaction.finished");
    for (let kept = at; kept <= entries.length; kept++) {
      const next = await makeBench({ tools: [read], resume: entries.slice(0, kept) });
      next.upstream.script(says("back"));
      expect((await next.turn("And?")).result.reason).toBe("done");
      const [request] = next.upstream.requests;
      assertPaired(request?.messages ?? []);
      expect(textTold(next.upstream).includes("content of a.ts")).toBe(kept === at);
      const last = bench.upstream.requests.at(-1);
      if (request && last && kept === entries.length) await assertPrefixes([last, request]);
    }
  });

  it("of a message keeps it out of the summaries to come", async () => {
    const bench = await talked();
    await out(bench, "Read them.");
    bench.upstream.script(says("gone on"));
    await bench.turn("Go on.");
    expect(textTold(bench.upstream)).not.toContain("please please");
    expect(JSON.stringify(bench.run.session.said)).not.toContain("please please");
  });

  it("that is not there, or gone already, does nothing", async () => {
    const bench = await talked();
    const { piece } = pieceOf(bench, "read a.ts");
    await out(bench, "read a.ts");
    const before = await bench.entries();
    expect(await drain(evict({ ...bench.run, signal: never }, [piece]))).toEqual({
      events: [],
      outcome: null,
    });
    expect(await bench.entries()).toEqual(before);
  });
});

describe("putting it back", () => {
  it("gives the model that piece again and no other, and compactions are made as before", async () => {
    const bench = await talked();
    await out(bench, "read a.ts");
    await out(bench, "read b.ts");
    const { events } = await back(bench, "read a.ts");
    expect(ofType(events, "compaction.undone")).toHaveLength(1);
    bench.upstream.script(says("whole again"));
    await bench.turn("And now?");
    const told = textTold(bench.upstream);
    expect(told).toContain("content of a.ts");
    expect(told).not.toContain("content of b.ts");
    expect(bench.run.session.state.state().keepsAll).toBe(false);
    expect(foldSession(await bench.entries())).toEqual(bench.run.session.state.state());
  });
});
