/** Our Responses stream against the Open Responses contract (https://www.openresponses.org), event by event. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ResponsesEncoder } from "../../src/wire/responses/stream-encoder.ts";
import { arbEventStream } from "../support/arbitraries.ts";
import { peer, sayable } from "../wire/responses/sayable.ts";
import { sharedRoot } from "./wire-fixtures.ts";

const file = join(sharedRoot, "openresponses-openapi.json");
const present = existsSync(file);
if (!present) process.stderr.write("open-responses: the shared contract is not on this machine; skipped\n");

type Schemas = { [name: string]: { properties?: { type?: { enum?: string[] } } } };

/** A checker for each kind of event the contract knows. */
function loadEvents(): Map<string, z.ZodType> {
  const text = readFileSync(file, "utf8").replaceAll("#/components/schemas/", "#/$defs/");
  const { components } = JSON.parse(text) as { components: { schemas: Schemas } };
  return new Map(
    Object.entries(components.schemas)
      .filter(([name]) => name.endsWith("StreamingEvent"))
      .map(([name, schema]) => [
        schema.properties?.type?.enum?.[0] ?? name,
        z.fromJSONSchema({
          $schema: "https://json-schema.org/draft/2020-12/schema",
          $defs: components.schemas,
          $ref: `#/$defs/${name}`,
        } as Parameters<typeof z.fromJSONSchema>[0]),
      ]),
  );
}

describe.skipIf(!present)("the Open Responses contract", () => {
  test("accepts every event of every stream we write", () => {
    const schemas = loadEvents();
    // The contract has no words for vendors' own items and events.
    const { block: _, ...opaque } = sayable.opaque;
    const { unknown: __, ...stream } = sayable.stream;
    fc.assert(
      fc.property(arbEventStream({ ...sayable, opaque, stream }), (events) => {
        const encoder = new ResponsesEncoder(peer);
        for (const event of events.flatMap((one) => encoder.events(one))) {
          const schema = schemas.get(String(event.type));
          if (schema === undefined) throw new Error(`the contract has no event ${event.type}`);
          const result = schema.safeParse(event);
          if (!result.success) throw new Error(`${JSON.stringify(event)}\n${z.prettifyError(result.error)}`);
        }
        expect(encoder.end()).toBe("data: [DONE]\n\n");
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
