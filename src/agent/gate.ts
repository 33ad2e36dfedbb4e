/** The budget part of the gate: the worst case of an attempt is set aside before it is sent. */

import type { Settings } from "../config/settings.ts";
import type { Clock } from "../core/ids.ts";
import { usd } from "../core/usage.ts";
import type { BudgetKeys, Budgets, Cap } from "../meter/budgets.ts";
import { affordableOutput, worstCase } from "../meter/price.ts";
import type { Gate } from "./run.ts";

/** An answer shorter than this is not worth its prompt; below it a request is refused instead of capped. */
const leastOutputTokens = 256;
/** Estimates of a prompt may be low: reservations take this much more, so that a cap holds all the same. */
const estimateSlack = { share: 0.2, tokens: 256 };

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

/** A gate over the ledger's budgets. `keys` is asked each time: the day changes under a long run. */
export function budgetGate(budgets: Budgets, keys: () => BudgetKeys, caps: readonly Cap[], now: Clock): Gate {
  return {
    async reserve({ target, promptTokens, maxOutputTokens, cacheTtl }) {
      const { price } = target.info;
      const prompt = Math.ceil(promptTokens * (1 + estimateSlack.share)) + estimateSlack.tokens;
      const at = now();
      let output = maxOutputTokens;
      if (caps.length > 0) {
        const room = await budgets.headroom(keys(), caps);
        const wanted = { promptTokens: prompt, maxOutputTokens: output, cacheTtl, at };
        if (room.cost !== null)
          output = Math.min(output, affordableOutput(wanted, price, room.cost) ?? output);
        if (room.tokens !== null) output = Math.min(output, room.tokens - prompt);
        output = Math.max(output, Math.min(leastOutputTokens, maxOutputTokens));
      }
      const cost = worstCase({ promptTokens: prompt, maxOutputTokens: output, cacheTtl, at }, price);
      const tokens = prompt + output;
      const result = await budgets.reserve({ ...keys(), caps, wantedCost: cost, wantedTokens: tokens });
      if (!result.ok) return { admitted: false, refusal: result.refusal };
      return {
        admitted: true,
        maxOutputTokens: output,
        reservation: { id: result.reservationId, cost, tokens },
      };
    },
    async settle(reservationId, spent) {
      await budgets.settle(reservationId, spent);
    },
  };
}
