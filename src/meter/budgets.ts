/**
 * Budgets across processes (law "money": spent + reserved never exceeds a cap). A call's worst case is reserved before
 * it is sent and settled to its real size once after; both are single transactions over the ledger's file, which is
 * the one place all processes of a user share.
 */
import { randomUUID } from "node:crypto";
import type { BudgetRefusal } from "../core/event.ts";
import type { Settlement } from "../core/store.ts";
import type { NanoUsd } from "../core/usage.ts";
import { formatUsd } from "../core/usage.ts";
import type { LedgerDatabase } from "../sessions/database.ts";
import { lazy } from "../sessions/database.ts";
import { budgetMigrations } from "../sessions/reservation-schema.ts";
import { type ReservationRow, reservationsOf } from "../sessions/reservations.ts";

/** What a cap is over. */
export type BudgetScope = BudgetRefusal["scope"];

/** A limit of one scope. */
export type Cap = {
  scope: BudgetScope;
  unit: "usd" | "tokens";
  /** nano-dollars or tokens, as `unit` says. */
  cap: number;
};

/** Which sums a call counts towards. */
export type BudgetKeys = {
  runId: string;
  sessionId: string;
  /** Absolute path of the project. */
  project: string;
  /** Local calendar day, `2026-11-24` (see calendar.ts). */
  day: string;
};

/** A call about to be made, at its worst. */
export type ReservationRequest = BudgetKeys & {
  caps: readonly Cap[];
  /** Null when the model has no price: then no money cap admits it. */
  wantedCost: NanoUsd | null;
  wantedTokens: number;
};

/** The right to make the call, or what stands in its way. */
export type ReservationResult = { ok: true; reservationId: string } | { ok: false; refusal: BudgetRefusal };

/** What is left under the caps; null where no cap counts in that unit. Never below 0. */
export type Headroom = { cost: NanoUsd | null; tokens: number | null };

/** A reservation of a process that died before it settled; its worst case counts as spent. */
export type UnsettledReservation = BudgetKeys & {
  reservationId: string;
  cost: NanoUsd | null;
  tokens: number;
  /** Unix ms of the reservation. */
  at: number;
  pid: number;
};

/** The budgets of everyone who shares the ledger. @throws TauError for what goes wrong with its file. */
export type Budgets = {
  /**
   * Reserves against every cap at once, or not at all. With no caps it still counts, so that a later run's day or
   * project cap knows of this spend.
   */
  reserve(request: ReservationRequest): Promise<ReservationResult>;
  /**
   * Replaces the reservation by what the call came to, exactly once. For a call that has no entry to be settled with
   * (see `SessionWriter.append`).
   * @returns false when it was settled before: nothing is counted again.
   */
  settle(settlement: Settlement): Promise<boolean>;
  /** What a reservation may want at most. Another process may take it first, so `reserve` still decides. */
  headroom(keys: BudgetKeys, caps: readonly Cap[]): Promise<Headroom>;
  /** What dead processes left behind, newest first. */
  unsettled(): Promise<UnsettledReservation[]>;
};

type Row = ReservationRow;

/** Opens the budgets kept in a ledger's file. */
export function openBudgets(db: LedgerDatabase): Budgets {
  db.migrate("budgets", budgetMigrations);
  const { sql, processInfo: self } = db;
  const { spend, settle } = reservationsOf(db);
  const insert = lazy(() =>
    sql.prepare<
      [string, string, string, string, string, number | null, number, number, number, string, string]
    >(
      `INSERT INTO reservations (id, state, run, session, day, project, cost, tokens, at, pid, started_at, host)
       VALUES (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  );
  const inState = lazy(() =>
    sql.prepare<[Row["state"]], Row>("SELECT * FROM reservations WHERE state = ? ORDER BY n DESC"),
  );
  const giveUp = lazy(() =>
    sql.prepare<[string]>("UPDATE reservations SET state = 'unsettled' WHERE id = ?"),
  );
  const spentOf = lazy(() =>
    sql.prepare<[string, string], { cost: number; tokens: number }>(
      "SELECT cost, tokens FROM spend WHERE scope = ? AND key = ?",
    ),
  );
  /** The open reservations, after those of dead processes were counted at their worst. */
  const openOnes = (): Row[] => {
    const alive = new Map<string, boolean>();
    return inState()
      .all("open")
      .filter((row) => {
        // Processes of other hosts cannot be asked; what they reserved stays reserved, which is the safe side.
        if (row.host !== self.host) return true;
        const key = `${row.pid} ${row.started_at}`;
        const lives = alive.get(key) ?? self.isAlive(row.pid, row.started_at);
        alive.set(key, lives);
        if (lives) return true;
        giveUp().run(row.id);
        spend(row, { cost: row.cost ?? 0, tokens: row.tokens });
        return false;
      });
  };

  const standing = (open: readonly Row[], keys: BudgetKeys, { scope, unit }: Cap) => {
    const key = keyOf(keys, scope);
    const field = unit === "usd" ? "cost" : "tokens";
    const reserved = open
      .filter((row) => row[scope] === key)
      .reduce((sum, row) => sum + (row[field] ?? 0), 0);
    return { spent: spentOf().get(scope, key)?.[field] ?? 0, reserved };
  };

  return {
    reserve: async (request) =>
      db.write("process", () => {
        const open = openOnes();
        for (const cap of request.caps) {
          const wanted = cap.unit === "usd" ? request.wantedCost : request.wantedTokens;
          const { spent, reserved } = standing(open, request, cap);
          if (wanted !== null && spent + reserved + wanted <= cap.cap) continue;
          return { ok: false, refusal: refusalOf(cap, spent, reserved, wanted) };
        }
        const reservationId = randomUUID();
        insert().run(
          reservationId,
          request.runId,
          request.sessionId,
          request.day,
          request.project,
          request.wantedCost,
          request.wantedTokens,
          db.now(),
          self.pid,
          self.startedAt,
          self.host,
        );
        return { ok: true, reservationId };
      }),
    settle: async (settlement) => db.write("process", () => settle(settlement)),
    headroom: async (keys, caps) =>
      db.write("process", () => {
        const open = openOnes();
        const left = (unit: Cap["unit"]): number | null => {
          const rooms = caps
            .filter((cap) => cap.unit === unit)
            .map((cap) => {
              const { spent, reserved } = standing(open, keys, cap);
              return Math.max(0, cap.cap - spent - reserved);
            });
          return rooms.length === 0 ? null : Math.min(...rooms);
        };
        return { cost: left("usd") as NanoUsd | null, tokens: left("tokens") };
      }),
    unsettled: async () =>
      db.read(() =>
        inState()
          .all("unsettled")
          .map((row) => ({
            reservationId: row.id,
            runId: row.run,
            sessionId: row.session,
            project: row.project,
            day: row.day,
            cost: row.cost as NanoUsd | null,
            tokens: row.tokens,
            at: row.at,
            pid: row.pid,
          })),
      ),
  };
}

function keyOf(keys: BudgetKeys, scope: BudgetScope): string {
  switch (scope) {
    case "run":
      return keys.runId;
    case "session":
      return keys.sessionId;
    case "day":
      return keys.day;
    case "project":
      return keys.project;
  }
}

/** The refusal in numbers and in a sentence; `wanted` is null for a model without a price. */
export function refusalOf(
  { scope, unit, cap }: Cap,
  spent: number,
  reserved: number,
  wanted: number | null,
): BudgetRefusal {
  const amount = (value: number) =>
    unit === "usd" ? formatUsd(value as NanoUsd) : `${value.toLocaleString("en-US")} tokens`;
  const reason =
    wanted === null
      ? `The model has no known price, so it cannot run under the ${scope}'s cost cap of ${amount(cap)}; give it a price in the config or cap tokens instead.`
      : `The call could take ${amount(wanted)}, but of the ${scope}'s cap of ${amount(cap)} only ${amount(Math.max(0, cap - spent - reserved))} ${unit === "usd" ? "is" : "are"} left (${amount(spent)} spent, ${amount(reserved)} reserved).`;
  return { scope, unit, cap, spent, reserved, wanted, reason };
}
