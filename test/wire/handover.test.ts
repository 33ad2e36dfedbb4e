import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../src/core/message.ts";
import { compatFor } from "../../src/wire/chat-completions/compat.ts";
import type { Peer } from "../../src/wire/codec.ts";
import { type Abilities, interruptedText, makePreparer } from "../../src/wire/handover.ts";

const peer = { provider: "mistral", model: "large" };
const all: Abilities = { vision: true };
const blind: Abilities = { vision: false, documents: false, foreignThoughts: false };
const strict: Abilities = { vision: true, callIdPattern: compatFor("mistral").toolCallIdPattern };

const own = { provider: "mistral", model: "large", data: { a: 1 } };
const otherModel = { provider: "mistral", model: "small", data: { a: 1 } };
const otherProvider = { provider: "openai", model: "large", data: { a: 1 } };

const prepareMessages = (messages: readonly Message[], to: Peer, can: Abilities): Message[] =>
  makePreparer(to, can)(messages);

const user = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });
const call = (id: string, name = "read"): ToolCallPart => ({ type: "tool_call", id, name, input: {} });
const result = (callId: string, text = "ok"): ToolResultPart => ({
  type: "tool_result",
  callId,
  content: [{ type: "text", text }],
});
const answer = (...parts: Part[]): Message => ({ role: "assistant", parts });
const results = (...parts: Part[]): Message => ({ role: "tool", parts });

const arbOpaque = fc.constantFrom({}, { opaque: own }, { opaque: otherModel }, { opaque: otherProvider });
const arbId = fc.constantFrom(
  "a",
  "b",
  "c",
  "call_0",
  "functions.read:0",
  "abcDEF123",
  "",
  "with space",
  "x".repeat(80),
);
const arbText = fc.constantFrom("", "hi", "[image]", "😀");

/** Any part, in any role, with anything wrong that a crash, an import or a steer can leave behind. */
const arbPart: fc.Arbitrary<Part> = fc.oneof(
  fc.tuple(arbText, arbOpaque).map(([text, opaque]): Part => ({ type: "text", text, ...opaque })),
  fc.tuple(arbText, arbOpaque).map(
    ([text, opaque]): Part => ({
      type: "reasoning",
      text,
      ...(text === "" ? { redacted: true } : {}),
      ...opaque,
    }),
  ),
  fc.tuple(arbId, arbOpaque).map(([id, opaque]): Part => ({ ...call(id), ...opaque })),
  fc.tuple(arbId, arbText).map(([id, text]): Part => result(id, text)),
  arbOpaque.map((opaque): Part => ({ type: "image", mediaType: "image/png", data: "AA==", ...opaque })),
  arbOpaque.map(
    (opaque): Part => ({
      type: "file",
      mediaType: "application/pdf",
      data: "AA==",
      name: "a.pdf",
      ...opaque,
    }),
  ),
  fc
    .constantFrom(own, otherModel, otherProvider)
    .map((opaque): Part => ({ type: "opaque", kind: "search", opaque })),
  arbId.map(
    (callId): Part => ({
      type: "tool_result",
      callId,
      content: [{ type: "image", mediaType: "image/png", data: "AA==", opaque: otherModel }],
    }),
  ),
);
const arbMessage: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom("user", "assistant", "assistant", "tool"),
  parts: fc.array(arbPart, { maxLength: 5 }),
});
const arbHistory = fc.array(arbMessage, { maxLength: 10 });
const arbAbilities = fc.constantFrom(all, blind, strict);

/** What is wrong with the pairing of a list; empty when nothing is. */
function unpaired(messages: readonly Message[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const [at, message] of messages.entries()) {
    const calls = message.parts.filter((part) => part.type === "tool_call").map((part) => part.id);
    const answers = messages[at + 1]?.parts ?? [];
    if (calls.length > 0) {
      if (message.role !== "assistant") found.push(`${at}: a ${message.role} calls tools`);
      if (messages[at + 1]?.role !== "tool") found.push(`${at}: no tool message follows`);
      const ids = answers.map((part) => (part.type === "tool_result" ? part.callId : part.type));
      if (ids.join() !== calls.join()) found.push(`${at}: calls ${calls} answered by ${ids}`);
    }
    for (const id of calls) {
      if (seen.has(id)) found.push(`${at}: id ${id} twice`);
      seen.add(id);
    }
    const isResults = message.parts.every((part) => part.type === "tool_result");
    if ((message.role === "tool") !== isResults) found.push(`${at}: ${message.role} with other parts`);
    if (message.role === "tool" && messages[at - 1]?.role !== "assistant")
      found.push(`${at}: results without calls`);
    if (message.parts.length === 0) found.push(`${at}: empty`);
  }
  return found;
}

describe("laws", () => {
  test("pairing: every call has exactly one result, directly after it, in order", () => {
    fc.assert(
      fc.property(arbHistory, arbAbilities, (history, can) => {
        expect(unpaired(prepareMessages(history, peer, can))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test("no call of an answer is lost", () => {
    fc.assert(
      fc.property(arbHistory, arbAbilities, (history, can) => {
        const calls = (messages: readonly Message[]) =>
          messages
            .filter((m) => m.role === "assistant")
            .flatMap((m) => m.parts)
            .filter((p) => p.type === "tool_call");
        expect(calls(prepareMessages(history, peer, can)).length).toBe(calls(history).length);
      }),
      { numRuns: 1000 },
    );
  });

  test("idempotence: a prepared history is left as it is", () => {
    fc.assert(
      fc.property(arbHistory, arbAbilities, (history, can) => {
        const once = prepareMessages(history, peer, can);
        expect(prepareMessages(once, peer, can)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  test("prefix: what is appended changes nothing before it, unless it answers a waiting call", () => {
    fc.assert(
      fc.property(arbHistory, arbHistory, arbAbilities, (before, after, can) => {
        const open = new Set(
          before.flatMap((m) => m.parts).flatMap((p) => (p.type === "tool_call" ? [p.id] : [])),
        );
        const later = after.map((m) => ({
          ...m,
          parts: m.parts.filter((p) => p.type !== "tool_result" || !open.has(p.callId)),
        }));
        const short = prepareMessages(before, peer, can);
        const long = prepareMessages([...before, ...later], peer, can);
        expect(JSON.stringify(long.slice(0, short.length))).toBe(JSON.stringify(short));
      }),
      { numRuns: 2000 },
    );
  });

  test("prefix: a conversation whose calls are answered at once grows at its end only", () => {
    const turn = fc
      .tuple(arbText, fc.uniqueArray(arbId, { minLength: 1, maxLength: 3 }))
      .map(([text, ids]) => [
        user(text === "" ? "go" : text),
        answer(...ids.map((id) => call(id))),
        results(...ids.map((id) => result(id))),
      ]);
    fc.assert(
      fc.property(fc.array(turn, { minLength: 2, maxLength: 6 }), fc.nat(), (turns, cut) => {
        const at = 1 + (cut % (turns.length - 1));
        const short = prepareMessages(turns.slice(0, at).flat(), peer, strict);
        const long = prepareMessages(turns.flat(), peer, strict);
        expect(long.slice(0, short.length)).toEqual(short);
        expect(long.length).toBe(turns.length * 3);
      }),
      { numRuns: 1000 },
    );
  });

  test("a preparer that saw earlier requests gives what a fresh one gives, however the history grew or was cut", () => {
    const change = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant("grow" as const), by: arbHistory }) },
      // Breakpoints are put on copies near the end.
      { weight: 4, arbitrary: fc.record({ do: fc.constant("copy" as const), from: fc.nat(3) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant("replace" as const), at: fc.nat(), by: arbHistory }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const), to: fc.nat() }) },
    );
    fc.assert(
      fc.property(arbHistory, fc.array(change, { maxLength: 8 }), arbAbilities, (first, changes, can) => {
        const prepare = makePreparer(peer, can);
        let history: Message[] = first;
        expect(prepare(history)).toEqual(prepareMessages(history, peer, can));
        for (const next of changes) {
          const length = Math.max(1, history.length);
          if (next.do === "grow") history = [...history, ...next.by];
          if (next.do === "cut") history = history.slice(0, next.to % length);
          if (next.do === "replace") history = history.toSpliced(next.at % length, 1, ...next.by);
          if (next.do === "copy")
            history = history.map((m, at) => (at >= history.length - next.from ? { ...m } : m));
          expect(prepare(history)).toEqual(prepareMessages(history, peer, can));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a request costs what is new in it, however long the history", () => {
    let looks = 0;
    const counted = ({ role, parts }: Message): Message => ({
      role,
      get parts() {
        looks += 1;
        return parts;
      },
    });
    const prepare = makePreparer(peer, all);
    const history: Message[] = [];
    const looksAt: number[] = [];
    for (let n = 0; n < 500; n++) {
      history.push(counted(user("go")), counted(answer(call(`c${n}`))), counted(results(result(`c${n}`))));
      looks = 0;
      expect(prepare([...history])).toHaveLength(3 * n + 3);
      looksAt.push(looks);
    }
    expect(Math.max(...looksAt.slice(3))).toBeLessThan(30);
  });

  test("nothing opaque of another maker goes out, and every id is accepted", () => {
    fc.assert(
      fc.property(arbHistory, arbAbilities, (history, can) => {
        const parts = prepareMessages(history, peer, can).flatMap((m) => m.parts);
        const inner = parts.flatMap((p): Part[] => (p.type === "tool_result" ? p.content : [p]));
        for (const part of inner) {
          if (part.type !== "tool_result" && part.opaque !== undefined) expect(part.opaque).toEqual(own);
          if (part.type === "tool_call") expect(part.id).toMatch(can.callIdPattern ?? /^\S{1,64}$/);
          if (!can.vision) expect(part.type).not.toBe("image");
          if (part.type === "text" && part.opaque === undefined) expect(part.text).not.toBe("");
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test.each<[string, Message[], Abilities, Message[]]>([
  [
    "a call cut off by an abort gets a result that says so",
    [user("go"), answer(call("a")), user("stop")],
    all,
    [
      user("go"),
      answer(call("a")),
      results({ ...result("a", interruptedText), isError: true }),
      user("stop"),
    ],
  ],
  [
    "results come in the order of the calls",
    [answer(call("a"), call("b")), results(result("b", "2"), result("a", "1"))],
    all,
    [answer(call("a"), call("b")), results(result("a", "1"), result("b", "2"))],
  ],
  [
    "a result that came after a steer moves to its call",
    [answer(call("a")), user("faster"), results(result("a"))],
    all,
    [answer(call("a")), results(result("a")), user("faster")],
  ],
  [
    "of two results the first stands, and one without a call is dropped",
    [results(result("z")), answer(call("a")), results(result("a", "1"), result("a", "2"))],
    all,
    [answer(call("a")), results(result("a", "1"))],
  ],
  [
    "thoughts of another model stay readable, its signatures and ciphertext go",
    [
      answer(
        { type: "reasoning", text: "hm", opaque: otherModel },
        { type: "reasoning", text: "", redacted: true, opaque: otherProvider },
        { type: "text", text: "yes", opaque: otherProvider },
      ),
    ],
    all,
    [answer({ type: "reasoning", text: "hm" }, { type: "text", text: "yes" })],
  ],
  [
    "thoughts and blocks of the same model stay whole",
    [
      answer(
        { type: "reasoning", text: "", redacted: true, opaque: own },
        { type: "opaque", kind: "search", opaque: own },
        { type: "text", text: "yes", opaque: own },
      ),
    ],
    blind,
    [
      answer(
        { type: "reasoning", text: "", redacted: true, opaque: own },
        { type: "opaque", kind: "search", opaque: own },
        { type: "text", text: "yes", opaque: own },
      ),
    ],
  ],
  [
    "a message of which nothing is left goes",
    [user("a"), answer({ type: "opaque", kind: "search", opaque: otherModel }), user("b")],
    all,
    [user("a"), user("b")],
  ],
  [
    "pictures become words for a model that cannot see, in results too",
    [
      {
        role: "user",
        parts: [{ type: "image", mediaType: "image/png", data: "AA==", name: "x.png", cache: "5m" }],
      },
      answer(call("a")),
      results({
        type: "tool_result",
        callId: "a",
        content: [{ type: "image", mediaType: "image/png", data: "AA==" }],
      }),
    ],
    blind,
    [
      {
        role: "user",
        parts: [
          {
            type: "text",
            text: '[image "x.png" (image/png) left out: this model cannot see images]',
            cache: "5m",
          },
        ],
      },
      answer(call("a")),
      results(result("a", "[image (image/png) left out: this model cannot see images]")),
    ],
  ],
])("%s", (_title, history, can, expected) => {
  expect(prepareMessages(history, peer, can)).toEqual(expected);
});

describe("tool-call ids", () => {
  const idsOf = (messages: Message[]) =>
    messages
      .flatMap((m) => m.parts)
      .flatMap((p) => (p.type === "tool_call" ? [p.id] : p.type === "tool_result" ? [p.callId] : []));

  test("a foreign id becomes one Mistral takes, the same in call and result and every time", () => {
    const history = [answer(call("toolu_01ABCdef")), results(result("toolu_01ABCdef"))];
    const ids = idsOf(prepareMessages(history, peer, strict));
    expect(ids[0]).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(idsOf(prepareMessages(history, peer, strict))).toEqual(ids);
  });

  test("an accepted id stays", () => {
    expect(
      idsOf(prepareMessages([answer(call("abcDEF123")), results(result("abcDEF123"))], peer, strict)),
    ).toEqual(["abcDEF123", "abcDEF123"]);
  });

  test("ids that repeat from answer to answer are told apart, and each keeps its own result", () => {
    const history = [
      answer(call("0")),
      results(result("0", "first")),
      answer(call("0")),
      results(result("0", "second")),
    ];
    const prepared = prepareMessages(history, peer, all);
    const [first, firstResult, second, secondResult] = idsOf(prepared);
    expect([first, firstResult]).toEqual(["0", "0"]);
    expect(second).not.toBe("0");
    expect(secondResult).toBe(second);
    expect(prepared[3]?.parts[0]).toMatchObject({ content: [{ text: "second" }] });
  });

  test("ten thousand foreign ids do not collide in nine places", () => {
    // Each alone, so that no id can give way to another.
    const made = Array.from({ length: 10_000 }, (_, at) =>
      idsOf(prepareMessages([answer(call(`call_${at}_of_another_provider`))], peer, strict)),
    );
    expect(new Set(made.map(([id]) => id)).size).toBe(10_000);
  });
});
