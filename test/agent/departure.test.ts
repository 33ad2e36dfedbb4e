import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { departureOf } from "../../src/agent/departure.ts";
import type { Json } from "../../src/core/message.ts";
import { zeroUsage } from "../../src/core/usage.ts";
import { messagesCodec } from "../../src/wire/messages/codec.ts";
import { fakeTool, makeBench, ofType } from "../support/agent.ts";
import { says } from "../support/scripted-upstream.ts";

const same = <T>(value: T): T => value;
const between = (before: Json, now: Json) => departureOf(JSON.stringify(before), JSON.stringify(now), same);

const words = fc.string({ unit: "grapheme", maxLength: 8 });
const body = fc.record({
  model: fc.constant("m"),
  tools: fc.array(fc.record({ name: words, description: words }), { maxLength: 3 }),
  system: fc.array(fc.record({ type: fc.constant("text"), text: words }), { maxLength: 2 }),
  messages: fc.array(
    fc.record({ role: fc.constantFrom("user", "assistant"), content: fc.array(fc.record({ text: words })) }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** The value with the nth of its non-empty texts changed at one character; null when it has none. */
function planted(value: Json, nth: number, at: number): Json | null {
  const text = JSON.stringify(value);
  const leaves = [...text.matchAll(/"(?:text|description|name)":("(?:[^"\\]|\\.)+")/g)];
  const leaf = leaves[nth % Math.max(1, leaves.length)];
  if (!leaf) return null;
  const old = JSON.parse(leaf[1] ?? "") as string;
  const position = at % old.length;
  const changed = `${old.slice(0, position)}\u0001${old.slice(position)}`;
  const start = (leaf.index ?? 0) + leaf[0].length - (leaf[1]?.length ?? 0);
  return JSON.parse(
    text.slice(0, start) + JSON.stringify(changed) + text.slice(start + (leaf[1]?.length ?? 0)),
  );
}

describe("the departure of a request from the one before", () => {
  it("is the first byte that differs, whatever is written there", () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(), fc.array(words), (before, nth, at, more) => {
        const now = planted(before, nth, at);
        fc.pre(now !== null);
        const added = more.map((text) => ({ role: "user", content: [{ text }] }));
        const { messages, ...rest } = now as { messages: Json[] };
        const grown: Json = { ...rest, messages: [...messages, ...added] };
        const found = between(before, grown);
        const [a, b] = [before, grown].map((value) => Buffer.from(JSON.stringify(value)));
        const byte = found?.byte ?? -1;
        // The planted character is an escape, so its byte is the first that differs but for a half of a pair before it.
        expect(a?.subarray(0, byte).equals(b?.subarray(0, byte) ?? Buffer.of())).toBe(true);
        expect(
          b
            ?.subarray(byte)
            .toString()
            .replace(/^\\ud[89ab]../, ""),
        ).toMatch(/^\\u0001/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is none where a request goes on from the one before, with other marks and limits", () => {
    fc.assert(
      fc.property(body, words, (before, text) => {
        const marked = { type: "text", text: "t", cache_control: { type: "ephemeral" } };
        const first = {
          ...before,
          max_tokens: 5,
          messages: [...before.messages, { role: "user", content: [marked] }],
        };
        const plain = { type: "text", text: "t" };
        const grown = { role: "user", content: [plain, { type: "text", text }] };
        const second = {
          ...before,
          max_tokens: 9,
          messages: [...before.messages, grown, { role: "assistant" }],
        };
        expect(between(first, second)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  const system = "You are Tau.\n\n# Workplace\n- date: 2026-11-24\n\n## repo/AGENTS.md\n\nUse tabs.";
  const later = system.replace("24\n", "25\n");
  const call = { type: "tool_use", id: "t1", name: "read", input: { path: "a" } };
  const result = (content: string): Json => ({ type: "tool_result", tool_use_id: "t1", content });
  const conversation = (...last: Json[]): Json => ({
    messages: [
      { role: "assistant", content: [call] },
      { role: "user", content: last },
    ],
  });
  const chat = (description: string): Json => ({
    tools: [{ type: "function", function: { name: "bash", description } }],
    messages: [],
  });
  it.each<{ what: string; before: Json; now: Json; says: object }>([
    {
      what: "a date in the system prompt",
      before: { system: [{ type: "text", text: system }] },
      now: { system: [{ type: "text", text: later }] },
      says: {
        part: "system",
        path: "system[0].text",
        source: 'system prompt, under "# Workplace"',
        before: expect.stringContaining("2026-11-24"),
        now: expect.stringContaining("2026-11-25"),
      },
    },
    {
      what: "an instruction file, in another dialect",
      before: { instructions: system, input: [] },
      now: { instructions: system.replace("tabs", "spaces"), input: [] },
      says: { part: "system", path: "instructions", source: 'system prompt, under "## repo/AGENTS.md"' },
    },
    {
      what: "a tool's description",
      before: chat("Runs a command."),
      now: chat("Runs the command."),
      says: { part: "tools", path: "tools[0].function.description", source: "tool bash" },
    },
    {
      what: "a tool that is gone",
      before: { tools: [{ name: "read" }, { name: "bash" }] },
      now: { tools: [{ name: "read" }] },
      says: { part: "tools", path: "tools[1]", source: "tool bash", byte: 25, now: "nothing" },
    },
    {
      what: "a setting that is new",
      before: { system: "s", max_tokens: 4 },
      now: { system: "s", max_tokens: 5, tool_choice: { type: "none" } },
      says: {
        part: "settings",
        path: "tool_choice",
        source: "setting tool_choice",
        before: "nothing",
        now: '{"type":"none"}',
      },
    },
    {
      what: "a tool result",
      before: conversation(result("one way")),
      now: conversation(result("another way")),
      says: {
        part: "messages[1]",
        path: "messages[1].content[0].content",
        source: "message 2 (user), result of read",
      },
    },
    {
      what: "a call",
      before: conversation(result("x")),
      now: JSON.parse(JSON.stringify(conversation(result("x"))).replace('"path":"a"', '"path":"b"')),
      says: { part: "messages[0]", source: "message 1 (assistant), call of read" },
    },
    {
      what: "an output in Responses' items",
      before: {
        input: [
          { type: "function_call", call_id: "c", name: "ls" },
          { type: "function_call_output", call_id: "c", output: "1" },
        ],
      },
      now: {
        input: [
          { type: "function_call", call_id: "c", name: "ls" },
          { type: "function_call_output", call_id: "c", output: "2" },
        ],
      },
      says: { part: "messages[1]", source: "message 2 (function_call_output), result of ls" },
    },
    {
      what: "a message that is gone",
      before: {
        contents: [
          { role: "user", parts: [{ text: "a" }] },
          { role: "model", parts: [] },
        ],
      },
      now: { contents: [{ role: "user", parts: [{ text: "a" }] }] },
      says: { part: "messages[1]", source: "message 2 (model)", now: "nothing" },
    },
  ])("names $what", ({ before, now, says: expected }) => {
    expect(between(before, now)).toMatchObject(expected);
  });
});

describe("a planted change of the prefix", () => {
  const peer = { provider: "test", model: "model" };
  const look = fakeTool("look", "read", () => "seen");
  async function planting(plant: (bench: Awaited<ReturnType<typeof makeBench>>) => void) {
    const bench = await makeBench({ tools: [look], secrets: ["hunter2hunter2"], system: "Be useful." });
    const bodies: string[] = [];
    bench.upstream.encode = (request) => {
      bodies.push(JSON.stringify(messagesCodec.encodeRequest(request, peer, undefined)));
      return bodies.at(-1) ?? "";
    };
    bench.upstream.script(
      says({ calls: [{ name: "look", input: { path: "a" } }], usage: { ...zeroUsage, cacheWrite5m: 9_000 } }),
      says({ text: "one", usage: { ...zeroUsage, cacheRead: 9_000, cacheWrite5m: 100 } }),
    );
    const first = await bench.turn("begin");
    expect(ofType(first.events, "cache.missed")).toEqual([]);
    plant(bench);
    bench.upstream.script(says({ text: "two", usage: { ...zeroUsage, cacheWrite5m: 9_300 } }));
    const [missed, ...more] = ofType((await bench.turn("go on")).events, "cache.missed");
    expect(more).toEqual([]);
    const byte = missed?.departure?.byte ?? 0;
    const [before, now] = bodies.slice(-2).map((text) => Buffer.from(text));
    expect(before?.subarray(0, byte).equals(now?.subarray(0, byte) ?? Buffer.of())).toBe(true);
    return { missed, at: now?.subarray(byte).toString() ?? "" };
  }

  it("in a message is named by byte and source, though the loop knows of no change", async () => {
    const { missed, at } = await planting(({ run }) => {
      const part = run.session.state.messages()[0]?.parts[0];
      if (part?.type === "text") part.text = "bEgin";
    });
    expect(at).toMatch(/^Egin/);
    expect(missed).toMatchObject({
      changed: "messages[0]",
      departure: {
        path: "messages[0].content[0].text",
        source: "message 1 (user)",
        before: '"begin"',
        now: '"bEgin"',
      },
    });
  });

  it("in a tool is named by byte and source", async () => {
    const { missed, at } = await planting(({ run }) => {
      const [spec] = run.toolbox.specs;
      if (spec) spec.description = "The tool.";
    });
    expect(at).toMatch(/^tool\./);
    expect(missed?.departure).toMatchObject({ source: "tool look", path: "tools[0].description" });
  });

  it("in the system prompt is named by byte and source, and no credential is quoted", async () => {
    const { missed, at } = await planting(({ run }) => {
      run.system = "Be hunter2hunter2.";
    });
    expect(at).toMatch(/^hunter2/);
    expect(missed).toMatchObject({
      changed: "system",
      departure: { source: "system prompt", before: '"Be useful."', now: '"Be [redacted]."' },
    });
  });

  it("that is none leaves the upstream or the time", async () => {
    const { missed } = await planting(() => undefined);
    expect(missed).toMatchObject({ changed: "upstream" });
    expect(missed).not.toHaveProperty("departure");
  });
});
