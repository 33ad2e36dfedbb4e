import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSse, maxSseEventLength, SseDecoder, type SseEvent } from "../../src/wire/sse.ts";

const utf8 = new TextEncoder();

function decode(...chunks: (string | Uint8Array)[]): SseEvent[] {
  const decoder = new SseDecoder();
  const events = chunks.flatMap((chunk) =>
    decoder.push(typeof chunk === "string" ? utf8.encode(chunk) : chunk),
  );
  return [...events, ...decoder.end()];
}

const data = (...values: string[]) => values.map((value) => ({ event: undefined, data: value }));

describe("event stream", () => {
  const table: [name: string, stream: string, events: SseEvent[]][] = [
    ["LF", "data: a\n\ndata: b\n\n", data("a", "b")],
    ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", data("a", "b")],
    ["CR", "data: a\r\rdata: b\r\r", data("a", "b")],
    ["mixed line ends", "data: a\r\n\ndata: b\n\r\ndata: c\r\n\r", data("a", "b", "c")],
    ["a byte order mark first", "\ufeffdata: a\n\n", data("a")],
    ["a byte order mark later is text", "data: a\n\n\ufeffdata: b\n\n", data("a")],
    ["comments", ": OPENROUTER PROCESSING\n\n:\n\ndata: a\n: no\n\n", data("a")],
    ["several data lines", "data: a\ndata:\ndata: b\n\n", data("a\n\nb")],
    ["no space after the colon", "data:a\n\n", data("a")],
    ["only one space is taken", "data:  a\n\n", data(" a")],
    ["a data line without colon", "data\n\n", data("")],
    ["a longer field name", "database: a\n\n", []],
    ["an event without data is none", "event: ping\n\ndata: a\n\n", data("a")],
    ["names", "event: x\ndata: a\n\ndata: b\n\n", [{ event: "x", data: "a" }, ...data("b")]],
    ["an empty name", "event:\ndata: a\n\n", data("a")],
    [
      "ids last, ids with NUL do not count",
      "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n",
      data("a", "b").map((event) => ({ ...event, id: "1" })),
    ],
    ["unknown fields and retry", "retry: 5\nfoo: bar\ndata: a\n\n", data("a")],
    ["no blank line at the end", "data: a\n\ndata: b\n", data("a", "b")],
    ["no line end at the end", "data: a\n\ndata: b", data("a", "b")],
    ["nothing", "", []],
  ];
  it.each(table)("%s", (_, stream, events) => {
    expect(decode(stream)).toEqual(events);
    expect(decode(...[...utf8.encode(stream)].map((byte) => Uint8Array.of(byte)))).toEqual(events);
  });

  it("replaces bytes that are no UTF-8 the same way however they are split", () => {
    const bytes = [
      0x64, 0x61, 0x74, 0x61, 0x3a, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0xc3, 0xa9, 0xff, 0x80, 0x0a, 0x0a,
    ];
    const whole = decode(Uint8Array.from(bytes));
    expect(whole).toEqual(data("\ufffd\ufffdé\ufffd\ufffd"));
    expect(decode(...bytes.map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it("gives a character cut off by the end of the body as a replacement", () => {
    expect(decode("data: a", Uint8Array.of(0xe2, 0x82))).toEqual(data("a\ufffd"));
  });

  it("law: any split of any bytes gives the same events", () => {
    const byte = fc.oneof(
      fc.constantFrom(...utf8.encode("\r\n: d")),
      fc.constantFrom(...utf8.encode("data: é€😀\nevent: x\nid: 7\n\n\ufeff")),
      fc.nat(255),
    );
    const piece = fc.oneof(
      fc
        .constantFrom("data: ", "event: e", "\n\n", "\r\n", "\r", ": c", "😀", "é")
        .map((text) => [...utf8.encode(text)]),
      fc.array(byte, { maxLength: 8 }),
    );
    const chunks = fc.array(
      fc.array(piece, { maxLength: 3 }).map((pieces) => Uint8Array.from(pieces.flat())),
    );
    fc.assert(
      fc.property(chunks, (split) => {
        const whole = Uint8Array.from(split.flatMap((chunk) => [...chunk]));
        expect(decode(...split)).toEqual(decode(whole));
      }),
      { numRuns: 2000 },
    );
  });

  it("law: what is formatted is read back", () => {
    const event = fc.record({
      event: fc.option(fc.stringMatching(/^[a-z_.]+$/), { nil: undefined }),
      data: fc.string({ unit: "binary" }).map((text) => text.replaceAll("\r", "\n")),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        expect(decode(events.map((one) => formatSse(one.data, one.event)).join(""))).toEqual(events);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("bound", () => {
  const mega = utf8.encode("x".repeat(1024 * 1024));

  it.each([
    ["one line", mega],
    ["one event of many lines", Uint8Array.from([...utf8.encode("\ndata: "), ...mega])],
  ])("stops reading %s above the limit and says so", (_, piece) => {
    const decoder = new SseDecoder();
    expect(decoder.push(utf8.encode("data: before\n\ndata: "))).toEqual(data("before"));
    for (let size = 0; size <= maxSseEventLength + mega.length; size += mega.length) decoder.push(piece);
    expect(decoder.failure).toMatch(/longer than 16777216/);
    expect(decoder.push(utf8.encode("\n\ndata: after\n\n"))).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  it("lets many small events pass that together are above the limit", () => {
    const decoder = new SseDecoder();
    const chunk = utf8.encode(`data: ${"x".repeat(1024 * 1024)}\n\n`);
    let seen = 0;
    for (let count = 0; count < 20; count += 1) seen += decoder.push(chunk).length;
    expect(seen).toBe(20);
    expect(decoder.failure).toBeUndefined();
  });
});
