import { describe, expect, it } from "vitest";
import { portableSchema } from "../../../src/extensions/mcp/schema.ts";

describe("a server's schema", () => {
  it.each([
    ["nothing at all", {}, { type: "object", properties: {} }],
    [
      "titles and dialect, but not a property named title",
      { $schema: "x", title: "T", type: "object", properties: { title: { type: "string", title: "Title" } } },
      { type: "object", properties: { title: { type: "string" } } },
    ],
    [
      "choices at the top, laid together",
      {
        anyOf: [
          { properties: { a: { type: "string" }, c: {} }, required: ["a", "c"] },
          { properties: { b: { type: "string" }, c: {} }, required: ["b", "c"] },
        ],
      },
      {
        type: "object",
        properties: { b: { type: "string" }, a: { type: "string" }, c: {} },
        required: ["c"],
      },
    ],
    [
      "a top that is a reference",
      {
        $ref: "#/$defs/In",
        $defs: { In: { type: "object", properties: { q: { const: { title: "kept" } } } } },
      },
      {
        $defs: { In: { type: "object", properties: { q: { const: { title: "kept" } } } } },
        type: "object",
        properties: { q: { const: { title: "kept" } } },
      },
    ],
    [
      "choices below the top, as they are",
      {
        type: "object",
        properties: { a: { oneOf: [{ type: "string" }, { type: "null" }] } },
        required: ["a"],
      },
      {
        type: "object",
        properties: { a: { oneOf: [{ type: "string" }, { type: "null" }] } },
        required: ["a"],
      },
    ],
  ])("is made portable: %s", (_, schema, portable) => {
    expect(portableSchema(schema)).toEqual(portable);
  });
});
