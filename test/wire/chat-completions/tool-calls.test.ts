import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/message.ts";
import { chatCompletionsCodec as codec } from "../../../src/wire/chat-completions/codec.ts";
import { compatFor } from "../../../src/wire/chat-completions/compat.ts";
import { call, decode, delta, done, finish, own, partsOf, peer, sse } from "./chunks.ts";

describe("tool calls", () => {
  const tool = (id: string, name: string, input: Json, rest = {}) => ({
    type: "tool_call",
    id,
    name,
    input,
    ...rest,
  });

  test.each<[string, Json[], unknown[]]>([
    [
      "without an index are told apart by id",
      [
        call({ id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ id: "b", function: { name: "g", arguments: '{"y":2}' } }),
      ],
      [tool("a", "f", { x: 1 }), tool("b", "g", { y: 2 })],
    ],
    [
      "all numbered 0 are told apart by id",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }),
        call({ index: 0, id: "b", function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [tool("a", "f", {}), tool("b", "f", { x: 1 })],
    ],
    [
      "with a new id in every delta but one name are one call",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        call({ index: 0, id: "b", function: { arguments: '{"x":' } }),
        call({ index: 0, id: "c", function: { arguments: "1}" } }),
      ],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "repeating id and name with the arguments are one call",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "sent whole a second time at the end are one call",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
      ],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "without any id get one that is the same each time, and two that are alike stay two",
      [
        call({ index: 0, function: { name: "f", arguments: "{}" } }),
        call({ index: 0, function: { name: "f", arguments: "{}" } }),
      ],
      [tool("call_r_0", "f", {}), tool("call_r_1", "f", {})],
    ],
    [
      "with one id for two indexes are two, with ids that differ",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ index: 1, id: "a", function: { name: "f", arguments: '{"x":2}' } }),
      ],
      [tool("a", "f", { x: 1 }), tool("a_2", "f", { x: 2 })],
    ],
    [
      "interleaved keep their own arguments",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        call({ index: 1, id: "b", function: { name: "g", arguments: '{"y"' } }),
        call({ index: 0, function: { arguments: ":1}" } }),
        call({ index: 1, function: { arguments: ":2}" } }),
      ],
      [tool("a", "f", { x: 1 }), tool("b", "g", { y: 2 })],
    ],
    [
      "without arguments, or with null for them, have none",
      [
        call({ index: 0, id: "a", function: { name: "f" } }),
        call({ index: 1, id: "b", function: { name: "g", arguments: "null" } }),
      ],
      [tool("a", "f", {}), tool("b", "g", {})],
    ],
    [
      "with arguments as an object are read all the same",
      [call({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } })],
      [tool("a", "f", { x: 1 })],
    ],
    [
      "under the old name are tool calls",
      [
        delta({ function_call: { name: "f", arguments: "" } }),
        delta({ function_call: { arguments: '{"x":1}' } }),
      ],
      [tool("call_r_0", "f", { x: 1 })],
    ],
    [
      "keep Gemini's thought signature",
      [
        call({
          index: 0,
          id: "a",
          function: { name: "f", arguments: "{}" },
          extra_content: { google: { s: "x" } },
        }),
      ],
      [tool("a", "f", {}, { opaque: own({ extra_content: { google: { s: "x" } } }) })],
    ],
  ])("%s", (_title, chunks, expected) => {
    const events = decode(sse(...chunks, finish("tool_calls")) + done);
    expect(partsOf(events)).toEqual(expected);
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "tool_calls" });
  });

  test("that are cut off are kept as they are and never look complete", () => {
    const cut = sse(
      call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
      call({ index: 1, id: "b", function: { name: "g", arguments: '{"y":' } }),
      finish("length"),
    );
    expect(partsOf(decode(cut + done))).toEqual([
      tool("a", "f", { x: 1 }),
      tool("b", "g", {}, { malformed: '{"y":' }),
    ]);
  });

  test("cut off before their arguments began are not calls without arguments", () => {
    const cut = sse(call({ index: 0, id: "a", function: { name: "f", arguments: "" } }));
    expect(partsOf(decode(cut))).toEqual([tool("a", "f", {}, { malformed: "" })]);
    expect(partsOf(decode(cut + sse(finish("length")) + done))).toEqual([
      tool("a", "f", {}, { malformed: "" }),
    ]);
    expect(partsOf(decode(cut + sse(finish("tool_calls")) + done))).toEqual([tool("a", "f", {})]);
  });

  test("end as soon as the next one begins, so that they can run", () => {
    const decoder = codec.streamDecoder(peer, compatFor("host"));
    const events = decoder.push(
      Buffer.from(
        sse(
          call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
          call({ index: 1, id: "b", function: { name: "g", arguments: "" } }),
        ),
      ),
    );
    expect(partsOf(events)).toEqual([tool("a", "f", { x: 1 })]);
  });
});
