/**
 * Budgets of a replayed run. Nothing is spent, so nothing is written where real runs count; but a cap shapes the
 * requests of a run (it lowers the answer's length), so the replay meets the same caps over its own sums alone.
 */
import { randomUUID } from "node:crypto";
import type { SessionWriter } from "../core/store.ts";
import type { NanoUsd } from "../core/usage.ts";
import { type Budgets, type Cap, refusalOf } from "./budgets.ts";

type Held = { cost: number; tokens: number };

/** What a gate needs of budgets. */
/** What a run needs of budgets. */
export type RunBudgets = Pick<Budgets, "reserve" | "settle" | "headroom">;

/**
 * The right to write a session whose calls are replayed: they are settled with these budgets, and the ledger learns
 * nothing from them that a real call has not taught it.
 */
export function replayWriter(writer: SessionWriter, budgets: RunBudgets): SessionWriter {
  return {
    ...writer,
    async append(entries, account) {
      if (account?.settlement) await budgets.settle(account.settlement);
      await writer.append(entries);
    },
  };
}

/** Budgets in memory that begin at zero, for one process and one run. */
export function replayBudgets(): RunBudgets {
  const spent: Held = { cost: 0, tokens: 0 };
  const open = new Map<string, Held>();
  const standing = ({ unit }: Cap): { spent: number; reserved: number } => {
    const field = unit === "usd" ? "cost" : "tokens";
    return { spent: spent[field], reserved: [...open.values()].reduce((sum, held) => sum + held[field], 0) };
  };
  const left = (caps: readonly Cap[], unit: Cap["unit"]): number | null => {
    const rooms = caps.flatMap((cap) => {
      const { spent, reserved } = standing(cap);
      return cap.unit === unit ? [Math.max(0, cap.cap - spent - reserved)] : [];
    });
    return rooms.length === 0 ? null : Math.min(...rooms);
  };
  return {
    async reserve({ caps, wantedCost, wantedTokens }) {
      for (const cap of caps) {
        const wanted = cap.unit === "usd" ? wantedCost : wantedTokens;
        const { spent, reserved } = standing(cap);
        if (wanted === null || spent + reserved + wanted > cap.cap)
          return { ok: false, refusal: refusalOf(cap, spent, reserved, wanted) };
      }
      const reservationId = randomUUID();
      open.set(reservationId, { cost: wantedCost ?? 0, tokens: wantedTokens });
      return { ok: true, reservationId };
    },
    async settle({ reservationId, cost, tokens }) {
      const held = open.get(reservationId);
      if (held === undefined) return false;
      open.delete(reservationId);
      spent.cost += cost ?? held.cost;
      spent.tokens += tokens;
      return true;
    },
    headroom: async (_keys, caps) => ({
      cost: left(caps, "usd") as NanoUsd | null,
      tokens: left(caps, "tokens"),
    }),
  };
}
