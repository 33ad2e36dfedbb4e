/** Entries as rows of the ledger's file, read back. */
import { TauError } from "../core/errors.ts";
import type { DurableEvent, Entry } from "../core/event.ts";
import { type EntryId, mainAgent, type SessionId, type TurnId } from "../core/ids.ts";

/** A row of `entries`. */
export type EntryRow = {
  seq: number;
  id: string;
  parent: string | null;
  at: number;
  turn: string | null;
  body: string;
  bulk: string | null;
};

/** All of a row, as `EntryRow` has it. */
export const entryColumns = "seq, id, parent, at, turn, body, bulk";

/** The same with the result of a call left empty; the column it stands in is not read then. */
export const leanColumns = `seq, id, parent, at, turn, body,
  CASE WHEN bulk IS NOT NULL THEN '{"output":[],"display":[]}' END AS bulk`;

/** The entry of a row. @throws TauError `failure` when the row is damaged */
export function entryOf(sessionId: SessionId, row: EntryRow): Entry {
  return {
    v: 1,
    seq: row.seq,
    at: row.at,
    sessionId,
    turnId: row.turn as TurnId | null,
    // The body names any other one.
    agent: mainAgent,
    id: row.id as EntryId,
    parent: row.parent as EntryId | null,
    ...eventOf(row),
  };
}

/**
 * The event of a row. Written by append.ts alone and never changed (see the triggers), so its shape is not checked
 * again. @throws TauError `failure` when the row is damaged
 */
export function eventOf({ seq, body, bulk }: Pick<EntryRow, "seq" | "body" | "bulk">): DurableEvent {
  try {
    const event = JSON.parse(body) as DurableEvent;
    return bulk === null ? event : Object.assign(event, JSON.parse(bulk));
  } catch (cause) {
    throw new TauError(
      "failure",
      `Entry ${seq} of the session is damaged: its record is not JSON.`,
      "Run `tau doctor`; the disk may be failing.",
      { cause },
    );
  }
}
