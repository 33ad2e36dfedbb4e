import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serverKeys, toolNames } from "../../../src/extensions/mcp/names.ts";

const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 90, unit: "grapheme" }),
  fc.stringMatching(/^[a-z_ -]{1,80}$/),
);

describe("names of servers' tools", () => {
  it("fit every dialect, are told apart, and name their server unmistakably", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyName, { minLength: 1, maxLength: 5 }),
        fc.uniqueArray(anyName, { minLength: 1, maxLength: 8 }),
        (servers, tools) => {
          const keys = serverKeys(servers);
          const all = servers.flatMap((server) => [...toolNames(keys.get(server) ?? "", tools).values()]);
          expect(new Set(all).size).toBe(servers.length * tools.length);
          for (const name of all) {
            expect(name).toMatch(/^mcp__[A-Za-z0-9_-]{1,59}$/);
            expect(name.split("__")).toHaveLength(3);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("are the server's own where those are plain", () => {
    expect(serverKeys(["docs"]).get("docs")).toBe("docs");
    expect(toolNames("docs", ["get_page"]).get("get_page")).toBe("mcp__docs__get_page");
  });
});
