import { describe, expect, it } from "vitest";
import { bounded } from "../../../src/extensions/mcp/web-fetch.ts";

async function read(pieces: readonly string[], most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  const body = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece);
  })();
  for await (const chunk of bounded(body, most)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("a body over HTTP", () => {
  it.each([
    ["ends where one message is too long", ["data: 12345", "67890\n"], null],
    ["ends where lines of one event go on and on", ["data: 1\n", "data: 2\n", "data: 3\n"], null],
    [
      "goes on as long as its events are short",
      ["data: 1\n\n", "data: 2\r", "\n\r\n", "data: 3\n", "\ndata: 4\n\n"],
      "whole",
    ],
  ])("%s, however it is cut", async (_, pieces, outcome) => {
    for (const cut of [pieces, [pieces.join("")], [...pieces.join("")]]) {
      const reading = read(cut, 14);
      if (outcome === null) await expect(reading).rejects.toThrow(/more than 16 MB/);
      else expect(await reading).toBe(pieces.join(""));
    }
  });
});
