import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Headers as LightHeaders } from "../../src/providers/transport/web.ts";

type Step = { act: "append" | "set" | "delete"; name: string; value: string };

const name = fc.constantFrom("Accept", "accept", "X-A", "x-a", "authorization", "Content-Type");
const value = fc.stringMatching(/^[ \t]?[!-~]([ -~]{0,6}[!-~])?[ \t]?$/);
const step: fc.Arbitrary<Step> = fc.record({ act: fc.constantFrom("append", "set", "delete"), name, value });

describe("the Headers that stand in for the platform's inside the bundle", () => {
  test("law: after any operations they read like the platform's", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 4 }),
        fc.array(step, { maxLength: 8 }),
        (init, steps) => {
          const light = new LightHeaders(init);
          const real = new Headers(init);
          for (const { act, name: key, value: text } of steps) {
            for (const headers of [light, real]) {
              if (act === "delete") headers.delete(key);
              else headers[act](key, text);
            }
          }
          expect([...light]).toEqual([...real]);
          expect([...light.keys()]).toEqual([...real.keys()]);
          expect([...light.values()]).toEqual([...real.values()]);
          for (const key of ["accept", "X-A", "missing"]) {
            expect(light.get(key)).toBe(real.get(key));
            expect(light.has(key)).toBe(real.has(key));
          }
          expect([...new LightHeaders(light)]).toEqual([...light]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("are made of a record too, and visit in order", () => {
    const seen: string[] = [];
    new LightHeaders({ B: "2", a: "1" }).forEach((text, key) => void seen.push(`${key}=${text}`));
    expect(seen).toEqual(["a=1", "b=2"]);
  });
});
