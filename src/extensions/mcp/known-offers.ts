/**
 * What servers told of last, kept by their entries: a session's first request need not wait for a server that is known,
 * its prompt begins as the one before it, and what it has can be named before it runs.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { systemCode } from "../../core/errors.ts";
import type { JsonSchema } from "../../core/message.ts";
import type { KnownOffers } from "./connection.ts";
import type { ServerEntry } from "./entries.ts";

/** A list older than this is asked for anew before the first request, ms. */
export const freshMs = 24 * 3_600_000;

const text = z.string();
const keptSchema = z.object({
  at: z.number(),
  whole: z.boolean(),
  tools: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      inputSchema: z.record(z.string(), z.json()),
      readOnlyHint: z.boolean(),
    }),
  ),
  resources: z.array(z.object({ uri: text, name: text, description: text, mimeType: z.string().nullable() })),
  prompts: z.array(
    z.object({
      name: text,
      description: text,
      arguments: z.array(z.object({ name: text, description: text, required: z.boolean() })),
    }),
  ),
});

/** What is kept of a server: what it has, and when it told of it, Unix ms. */
export type KeptOffers = KnownOffers & { at: number };

/** What an entry's server has in a project; null where nothing is kept, or in a form of another version. */
export function readKnown(folder: string, entry: ServerEntry, root: string): KeptOffers | null {
  try {
    const kept = keptSchema.safeParse(JSON.parse(readFileSync(fileOf(folder, entry, root), "utf8")));
    if (!kept.success) return null;
    const { at, whole, tools, resources, prompts } = kept.data;
    return {
      at,
      whole,
      offers: {
        tools: tools.map((tool) => ({ ...tool, inputSchema: tool.inputSchema as JsonSchema })),
        resources,
        prompts,
      },
    };
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) !== undefined) return null;
    throw error;
  }
}

/** Keeps it; a disk that refuses costs the next session a wait and nothing else. */
export function keepKnown(
  folder: string,
  entry: ServerEntry,
  root: string,
  { at, whole, offers }: KeptOffers,
): void {
  const path = fileOf(folder, entry, root);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.${process.pid}`, JSON.stringify({ at, whole, ...offers }), { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

function fileOf(folder: string, { name, fingerprint }: ServerEntry, root: string): string {
  return join(
    folder,
    `${createHash("sha256").update(`${root}\0${name}\0${fingerprint}`).digest("hex").slice(0, 32)}.json`,
  );
}
