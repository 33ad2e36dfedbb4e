/**
 * The rows of budget reservations. What may be reserved is meter/'s to say; the rows stand here, because a call's entry
 * and the settlement of its reservation are one transaction: ledger and budget cannot disagree about it.
 */
import type { Settlement } from "../core/store.ts";
import type { LedgerDatabase } from "./database.ts";
import { lazy } from "./database.ts";

/** A reservation under way (`open`), or left by a dead process and counted at its worst (`unsettled`). */
export type ReservationRow = {
  id: string;
  state: "open" | "unsettled";
  run: string;
  session: string;
  day: string;
  project: string;
  /** nano-dollars; null when the model has no price. */
  cost: number | null;
  tokens: number;
  /** Unix ms. */
  at: number;
  pid: number;
  started_at: string;
  host: string;
};

/** Column of `reservations` and key of `spend`, by scope. */
const scopes = ["run", "session", "day", "project"] as const;

/** Changes to reservations and sums; all run inside the caller's transaction. */
export type Reservations = {
  /** Adds to the sums a reservation counts towards; negative amounts take away. */
  spend(row: ReservationRow, amount: { cost: number; tokens: number }): void;
  /**
   * Replaces a reservation by what its call came to.
   * @returns false when it was settled before: nothing is counted again
   */
  settle(settlement: Settlement): boolean;
};

/** Over the ledger's file; the tables are there as soon as anything was reserved. */
export function reservationsOf({ sql }: LedgerDatabase): Reservations {
  const byId = lazy(() => sql.prepare<[string], ReservationRow>("SELECT * FROM reservations WHERE id = ?"));
  const remove = lazy(() => sql.prepare<[string]>("DELETE FROM reservations WHERE id = ?"));
  const addSpend = lazy(() =>
    sql.prepare<[string, string, number, number]>(
      `INSERT INTO spend (scope, key, cost, tokens) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET cost = cost + excluded.cost, tokens = tokens + excluded.tokens`,
    ),
  );

  const spend: Reservations["spend"] = (row, { cost, tokens }) => {
    for (const scope of scopes) addSpend().run(scope, row[scope], cost, tokens);
  };

  /** The row, taken away; undefined when it was taken before. */
  const take = (id: string): ReservationRow | undefined => {
    const row = byId().get(id);
    if (row !== undefined) remove().run(id);
    return row;
  };

  return {
    spend,
    settle: ({ reservationId, cost, tokens }) => {
      const row = take(reservationId);
      if (row === undefined) return false;
      const worst = { cost: row.cost ?? 0, tokens: row.tokens };
      // Taken for dead by another process, its worst case is in the sums already: the truth replaces it.
      const counted = row.state === "unsettled" ? worst : { cost: 0, tokens: 0 };
      spend(row, { cost: (cost ?? worst.cost) - counted.cost, tokens: tokens - counted.tokens });
      return true;
    },
  };
}
