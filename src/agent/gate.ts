/** The budget part of the gate: the worst case of an attempt is set aside before it is sent. */

import type { Settings } from "../config/settings.ts";
import type { BudgetRefusal } from "../core/event.ts";
import type { Clock } from "../core/ids.ts";
import { formatUsd, usd } from "../core/usage.ts";
import type { BudgetKeys, Budgets, Cap, Headroom } from "../meter/budgets.ts";
import { affordableOutput, type WorstCase, worstCase } from "../meter/price.ts";
import type { ModelPrice } from "../models/model-info.ts";
import type { Gate, Target } from "./run.ts";

/** An answer shorter than this is not worth its prompt; below it a request is refused instead of capped. */
const leastOutputTokens = 256;

/** The caps the settings ask for. */
export function capsOf(budgets: Settings["budgets"]): Cap[] {
  const caps: Cap[] = [];
  for (const scope of ["run", "session", "day", "project"] as const) {
    const { usd: dollars, tokens } = budgets?.[scope] ?? {};
    if (dollars !== undefined) caps.push({ scope, unit: "usd", cap: usd(dollars) });
    if (tokens !== undefined) caps.push({ scope, unit: "tokens", cap: tokens });
  }
  return caps;
}

/** A gate over budgets: the ledger's, or a replay's own. `keys` is asked each time: the day changes under a long run. */
export function budgetGate(
  budgets: Pick<Budgets, "reserve" | "settle" | "headroom">,
  keys: () => BudgetKeys,
  caps: readonly Cap[],
  now: Clock,
): Gate {
  return {
    async reserve({ target, promptTokens, maxOutputTokens, cacheTtl }) {
      const { price } = target.info;
      const wanted = { promptTokens, maxOutputTokens, cacheTtl, at: now() };
      const room = caps.length > 0 ? await budgets.headroom(keys(), caps) : { cost: null, tokens: null };
      const output = affordable(wanted, price, room);
      const cost = worstCase({ ...wanted, maxOutputTokens: output }, price);
      const tokens = promptTokens + output;
      const result = await budgets.reserve({ ...keys(), caps, wantedCost: cost, wantedTokens: tokens });
      if (!result.ok) return { admitted: false, refusal: explained(result.refusal, target) };
      return {
        admitted: true,
        maxOutputTokens: output,
        ...(output < maxOutputTokens && { lowered: loweredText(output, maxOutputTokens, room) }),
        reservation: { id: result.reservationId, cost, tokens },
      };
    },
    async settle(settlement) {
      await budgets.settle(settlement);
    },
  };
}

/** A model without a price is most often one whose name was mistyped. */
function explained(refusal: BudgetRefusal, { warning }: Target): BudgetRefusal {
  if (refusal.wanted !== null || warning === undefined) return refusal;
  return { ...refusal, reason: `${refusal.reason} ${warning}` };
}

/** The answer tokens there is room for; never so few that the call would not be worth its prompt. */
function affordable(wanted: WorstCase, price: ModelPrice | null, room: Headroom): number {
  const most = wanted.maxOutputTokens;
  const byCost = room.cost === null ? most : (affordableOutput(wanted, price, room.cost) ?? most);
  const byTokens = room.tokens === null ? most : room.tokens - wanted.promptTokens;
  return Math.max(Math.min(most, byCost, byTokens), Math.min(leastOutputTokens, most));
}

function loweredText(output: number, wanted: number, { cost, tokens }: Headroom): string {
  const left = [
    ...(cost === null ? [] : [formatUsd(cost)]),
    ...(tokens === null ? [] : [`${tokens} tokens`]),
  ].join(" and ");
  return `The answer is capped at ${output} tokens instead of ${wanted}, because ${left} of the budget is left.`;
}
