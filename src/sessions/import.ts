/** Reading a session exported as JSON lines back into a ledger. */
import * as z from "zod";
import { TauError } from "../core/errors.ts";
import type { Entry } from "../core/event.ts";
import { entrySchema } from "../core/event-schema.ts";
import type { SessionId } from "../core/ids.ts";
import type { SessionSummary, Store } from "../core/store.ts";
import { exportVersion } from "./export.ts";

const whatToImport = "Import takes what `tau sessions export` wrote, whole and unchanged.";

/**
 * Imports what `exportJsonl` wrote, under the session's own id. All of it is kept, or nothing, also when the process is
 * killed; and only when it comes to what its first line says.
 * @param lines the file's lines, without line ends
 * @throws TauError `usage` naming the line that is wrong, or when the ledger has the session already
 */
export async function importJsonl(lines: AsyncIterable<string>, store: Store): Promise<SessionSummary> {
  const count = z.int().nonnegative();
  const headerSchema = z.object({
    type: z.literal("tau.session"),
    version: z.literal(exportVersion),
    session: z.object({
      id: z.uuid(),
      cwd: z.string(),
      model: z.string(),
      mode: z.enum(["plan", "ask", "edit", "full"]),
      createdAt: z.int(),
      lastSeq: count,
      turns: count,
      cost: z.int(),
    }),
  });
  const reader = numbered(lines);
  const first = await reader.next();
  if (first.done === true) throw new TauError("usage", "The file to import is empty.", whatToImport);
  const { session } = parseLine(headerSchema, first.value);
  const id = session.id as SessionId;
  const place = new Placement(id);
  const entries = async function* () {
    for await (const line of reader) {
      const entry = parseLine<Entry>(entrySchema, line);
      place.take(entry, line.number);
      yield entry;
    }
  };
  const { createdAt: at, cwd, model, mode } = session;
  return await store.restore({ id, cwd, model, mode, at }, entries(), (summary) => {
    if (summary.lastSeq < session.lastSeq)
      throw new TauError(
        "usage",
        `The file ends at entry ${summary.lastSeq}, but the session has ${session.lastSeq}: its end is missing.`,
        whatToImport,
      );
    // A session that was written to while it was exported has more in its file than its first line knew of.
    if (summary.lastSeq > session.lastSeq) return;
    if (summary.turns !== session.turns || summary.cost !== session.cost)
      throw new TauError(
        "usage",
        "The entries do not come to the turns and the cost that the file's first line states.",
        whatToImport,
      );
  });
}

/** Whether entries follow one another as those of a session do. */
class Placement {
  readonly #session: SessionId;
  readonly #ids = new Set<string>();
  #seq = 0;

  constructor(session: SessionId) {
    this.#session = session;
  }

  /** @throws TauError `usage` naming the line and what is wrong with its entry's place */
  take(entry: Entry, line: number): void {
    const { id, parent, seq, sessionId } = entry;
    const wrong =
      (sessionId !== this.#session && `it is of another session, ${sessionId}`) ||
      (seq <= this.#seq && `its seq ${seq} does not come after ${this.#seq}`) ||
      (this.#ids.has(id) && `its id ${id} is taken already`) ||
      (parent !== null && !this.#ids.has(parent) && `its parent ${parent} is not before it`) ||
      (entry.type === "branch.moved" &&
        !this.#ids.has(entry.leaf) &&
        `its leaf ${entry.leaf} is not before it`) ||
      (entry.type === "point.labelled" &&
        !this.#ids.has(entry.entry) &&
        `what it labels, ${entry.entry}, is not before it`);
    if (wrong)
      throw new TauError(
        "usage",
        `Line ${line} of the file to import is out of place: ${wrong}.`,
        whatToImport,
      );
    this.#ids.add(id);
    this.#seq = seq;
  }
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
    throw new TauError("usage", `Line ${number} of the file to import is not JSON.`, whatToImport, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TauError(
    "usage",
    `Line ${number} of the file to import is not what Tau exports: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}.`,
    whatToImport,
  );
}
