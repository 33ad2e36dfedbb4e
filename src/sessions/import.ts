/** Reading a session exported as JSON lines back into a ledger. */
import type { z } from "zod";
import { TauError } from "../core/errors.ts";
import type { Entry } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import type { Store } from "../core/store.ts";
import { exportVersion } from "./export.ts";

const batchSize = 200;

/**
 * Imports what `exportJsonl` wrote, under the session's own id. All of it is kept, or nothing.
 * @param lines the file's lines, without line ends
 * @throws TauError `usage` naming the line that is wrong, or when the ledger has the session already
 */
export async function importJsonl(lines: AsyncIterable<string>, store: Store): Promise<SessionId> {
  // Schemas are heavy and only imports need them.
  const [{ z: zod }, { entrySchema }] = await Promise.all([import("zod"), import("../core/event-schema.ts")]);
  const headerSchema = zod.object({
    type: zod.literal("tau.session"),
    version: zod.literal(exportVersion),
    session: zod.object({
      id: zod.uuid(),
      cwd: zod.string(),
      model: zod.string(),
      mode: zod.enum(["plan", "ask", "edit", "full"]),
      createdAt: zod.int(),
    }),
  });
  const reader = numbered(lines);
  const first = await reader.next();
  if (first.done === true) throw new TauError("usage", "The file to import is empty.");
  const { session } = parseLine(headerSchema, first.value);
  const id = session.id as SessionId;
  if ((await store.get(id)) !== null)
    throw new TauError(
      "usage",
      `Session ${id} is in the ledger already.`,
      "Delete it first to import it again.",
    );
  const writer = await store.create({ ...session, id, at: session.createdAt });
  try {
    let batch: Entry[] = [];
    for await (const line of reader) {
      batch.push(parseLine<Entry>(entrySchema, line));
      if (batch.length < batchSize) continue;
      await writer.append(batch);
      batch = [];
    }
    await writer.append(batch);
  } catch (error) {
    await writer.close();
    await store.delete(id);
    throw error;
  }
  await writer.close();
  return id;
}

type Line = { number: number; text: string };

async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() !== "") yield { number, text };
  }
}

function parseLine<T>(schema: z.ZodType<T>, { number, text }: Line): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TauError("usage", `Line ${number} of the file to import is not JSON.`, undefined, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TauError(
    "usage",
    `Line ${number} of the file to import is not what Tau exports: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}.`,
    "Import takes what `tau sessions export` wrote.",
  );
}
