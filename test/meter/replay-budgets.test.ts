import { expect, it } from "vitest";
import type { BudgetKeys, Cap } from "../../src/meter/budgets.ts";
import { replayBudgets, replayWriter } from "../../src/meter/replay-budgets.ts";
import { answer, chained, nano, sessionId } from "../support/entries.ts";

const keys: BudgetKeys = { runId: "r", sessionId: "s", project: "/p", day: "d" };
const caps: Cap[] = [
  { scope: "run", unit: "usd", cap: 100 },
  { scope: "day", unit: "tokens", cap: 1_000 },
];

it("a replay meets the caps of its run over its own calls alone, from zero", async () => {
  const budgets = replayBudgets();
  const reserve = (wantedCost: number | null, wantedTokens: number) =>
    budgets.reserve({
      ...keys,
      caps,
      wantedCost: wantedCost === null ? null : nano(wantedCost),
      wantedTokens,
    });
  expect(await budgets.headroom(keys, caps)).toEqual({ cost: 100, tokens: 1_000 });
  expect(await budgets.headroom(keys, [])).toEqual({ cost: null, tokens: null });
  const first = await reserve(60, 500);
  expect(first).toMatchObject({ ok: true });
  expect(await reserve(50, 10)).toMatchObject({
    ok: false,
    refusal: { scope: "run", spent: 0, reserved: 60, wanted: 50 },
  });
  expect(await reserve(null, 10)).toMatchObject({ ok: false, refusal: { wanted: null } });
  expect(await reserve(1, 501)).toMatchObject({ ok: false, refusal: { scope: "day", unit: "tokens" } });
  if (!first.ok) return;
  expect(await budgets.settle({ reservationId: first.reservationId, cost: null, tokens: 200 })).toBe(true);
  expect(await budgets.settle({ reservationId: first.reservationId, cost: nano(1), tokens: 1 })).toBe(false);
  expect(await budgets.headroom(keys, caps)).toEqual({ cost: 40, tokens: 800 });
});

it("a replayed call is settled with its own budgets, and the ledger gets the entry alone", async () => {
  const budgets = replayBudgets();
  const appended: unknown[][] = [];
  const writer = replayWriter(
    {
      sessionId: sessionId(1),
      append: async (...args) => void appended.push(args),
      close: async () => undefined,
    },
    budgets,
  );
  const held = await budgets.reserve({ ...keys, caps, wantedCost: nano(60), wantedTokens: 500 });
  const entries = chained([answer([])]);
  const settlement = { reservationId: held.ok ? held.reservationId : "", cost: nano(10), tokens: 20 };
  await writer.append(entries, {
    settlement,
    learned: { model: "m", calibration: { ratio: 2, weight: 1, error: 0 } },
  });
  expect(appended).toEqual([[entries]]);
  expect(await budgets.headroom(keys, caps)).toEqual({ cost: 90, tokens: 980 });
});
