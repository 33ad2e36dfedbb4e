import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BudgetKeys, Budgets, Cap } from "../../src/meter/budgets.ts";
import { openBudgets } from "../../src/meter/budgets.ts";
import { type Ledger, openLedger } from "../../src/sessions/ledger.ts";
import { nano } from "../support/entries.ts";

const directory = mkdtempSync(join(tmpdir(), "tau-budgets-"));
const dead = new Set<number>();
let ledger: Ledger;
let fresh = 0;

beforeAll(async () => {
  ledger = await openLedger({
    path: join(directory, "tau.db"),
    now: () => 1_700_000_000_000,
    processInfo: { pid: 1, startedAt: "s", host: "here", isAlive: (pid) => !dead.has(pid) },
  });
});
afterAll(async () => {
  await ledger.store.close();
  rmSync(directory, { recursive: true });
});

/** The budgets as another process of this or another host sees them: same file, other identity. */
const as = (pid: number, host = "here"): Budgets =>
  openBudgets({ ...ledger.database, processInfo: { ...ledger.database.processInfo, pid, host } });

/** Keys nothing was ever spent under. */
const newKeys = (): BudgetKeys => {
  fresh += 1;
  return { runId: `r${fresh}`, sessionId: `s${fresh}`, project: `/p${fresh}`, day: `d${fresh}` };
};

const usdCap = (cap: number, scope: Cap["scope"] = "day"): Cap => ({ scope, unit: "usd", cap });
const tokenCap = (cap: number, scope: Cap["scope"] = "day"): Cap => ({ scope, unit: "tokens", cap });

type Step =
  | { do: "reserve"; who: number; key: number; cost: number | null; tokens: number }
  | { do: "settle"; which: number; share: number; known: boolean }
  | { do: "die"; who: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("reserve" as const),
      who: fc.nat(2),
      key: fc.nat(3),
      cost: fc.option(fc.nat(60), { freq: 8 }),
      tokens: fc.nat(60),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      known: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), who: fc.nat(2) }) },
);

const cap: fc.Arbitrary<Cap> = fc.record({
  scope: fc.constantFrom("run", "session", "day", "project"),
  unit: fc.constantFrom("usd", "tokens"),
  cap: fc.integer({ min: 1, max: 200 }),
});

/** One reservation as the model remembers it. */
type Held = {
  id: string;
  who: number;
  keys: BudgetKeys;
  cost: number | null;
  tokens: number;
  state: "open" | "unsettled" | "gone";
  /** What counts as spent of it. */
  spent: { usd: number; tokens: number };
};

/** The sums by the shortest road: over everything that ever was. */
function sumsOf(held: readonly Held[], keys: BudgetKeys, { scope, unit }: Cap) {
  const key = ({ runId, sessionId, day, project }: BudgetKeys) =>
    ({ run: runId, session: sessionId, day, project })[scope];
  const mine = held.filter((one) => key(one.keys) === key(keys));
  const reserved = mine
    .filter(({ state }) => state === "open")
    .reduce((sum, one) => sum + (unit === "usd" ? (one.cost ?? 0) : one.tokens), 0);
  return { reserved, spent: mine.reduce((sum, one) => sum + one.spent[unit], 0) };
}

describe("law money", () => {
  it("spent + reserved never passes a cap, whatever processes do in whatever order", async () => {
    let nextPid = 1000;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(cap, { minLength: 1, maxLength: 4 }),
        async (steps, caps) => {
          // Two runs of two sessions share a day and, two by two, a project.
          const [a, b] = [newKeys(), newKeys()];
          const keysOf = (n: number): BudgetKeys => ({
            ...(n < 2 ? a : b),
            runId: `${a.runId}.${n}`,
            day: a.day,
          });
          const pids = [0, 1, 2].map(() => nextPid++);
          const processes = pids.map((pid) => as(pid));
          const held: Held[] = [];
          for (const now of steps) {
            if (now.do === "die") {
              dead.add(pids[now.who] ?? 0);
            } else if (now.do === "reserve") {
              if (dead.has(pids[now.who] ?? 0)) continue;
              for (const one of held) {
                if (one.state !== "open" || !dead.has(pids[one.who] ?? 0)) continue;
                one.state = "unsettled";
                one.spent = { usd: one.cost ?? 0, tokens: one.tokens };
              }
              const keys = keysOf(now.key);
              const wantedCost = now.cost === null ? null : nano(now.cost);
              const standing = caps.find((one) => {
                const { spent, reserved } = sumsOf(held, keys, one);
                const wanted = one.unit === "usd" ? now.cost : now.tokens;
                return wanted === null || spent + reserved + wanted > one.cap;
              });
              const result = await processes[now.who]?.reserve({
                ...keys,
                caps,
                wantedCost,
                wantedTokens: now.tokens,
              });
              if (standing) {
                expect(result).toMatchObject({
                  ok: false,
                  refusal: {
                    ...standing,
                    ...sumsOf(held, keys, standing),
                    wanted: standing.unit === "usd" ? now.cost : now.tokens,
                  },
                });
              } else {
                expect(result?.ok).toBe(true);
                held.push({
                  id: result?.ok ? result.reservationId : "",
                  who: now.who,
                  keys,
                  cost: now.cost,
                  tokens: now.tokens,
                  state: "open",
                  spent: { usd: 0, tokens: 0 },
                });
              }
            } else {
              // Also those settled before, and those of processes that were taken for dead and were not.
              const one = held[now.which % Math.max(1, held.length)];
              if (one === undefined) continue;
              const real = {
                usd: now.known ? Math.floor((one.cost ?? 0) * now.share) : (one.cost ?? 0),
                tokens: Math.floor(one.tokens * now.share),
              };
              const done = await processes[one.who]?.settle({
                reservationId: one.id,
                cost: now.known ? nano(real.usd) : null,
                tokens: real.tokens,
              });
              expect(done).toBe(one.state !== "gone");
              if (one.state !== "gone") Object.assign(one, { state: "gone", spent: real });
            }
            const passed = [0, 1, 2, 3].flatMap((n) =>
              caps.filter((one) => {
                const { spent, reserved } = sumsOf(held, keysOf(n), one);
                return spent + reserved > one.cap;
              }),
            );
            expect(passed).toEqual([]);
          }
          // The next run starts with none open: every reservation looks at all of them.
          for (const one of held)
            await processes[one.who]?.settle({ reservationId: one.id, cost: nano(0), tokens: 0 });
        },
      ),
      { numRuns: 1000 },
    );
  }, 120_000);
});

describe("a reservation", () => {
  it("is refused with the numbers and a sentence", async () => {
    const keys = newKeys();
    const budgets = as(1);
    const caps = [usdCap(1_000_000_000, "project")];
    const first = await budgets.reserve({ ...keys, caps, wantedCost: nano(400_000_000), wantedTokens: 1 });
    if (first.ok)
      await budgets.settle({ reservationId: first.reservationId, cost: nano(300_000_000), tokens: 1 });
    await budgets.reserve({ ...keys, caps, wantedCost: nano(500_000_000), wantedTokens: 1 });
    expect(await budgets.reserve({ ...keys, caps, wantedCost: nano(250_000_000), wantedTokens: 1 })).toEqual({
      ok: false,
      refusal: {
        scope: "project",
        unit: "usd",
        cap: 1_000_000_000,
        spent: 300_000_000,
        reserved: 500_000_000,
        wanted: 250_000_000,
        reason:
          "The call could take $0.2500, but of the project's cap of $1.00 only $0.2000 is left ($0.3000 spent, $0.5000 reserved).",
      },
    });
  });

  it("of a model without a price passes token caps and no money cap", async () => {
    const keys = newKeys();
    const wanted = { ...keys, wantedCost: null, wantedTokens: 10 };
    expect((await as(1).reserve({ ...wanted, caps: [tokenCap(10)] })).ok).toBe(true);
    expect(await as(1).reserve({ ...wanted, caps: [usdCap(1e15)] })).toMatchObject({
      ok: false,
      refusal: { wanted: null, reason: expect.stringContaining("no known price") },
    });
  });

  it("made under no cap still counts against a later one", async () => {
    const keys = newKeys();
    const result = await as(1).reserve({ ...keys, caps: [], wantedCost: nano(70), wantedTokens: 7 });
    if (result.ok) await as(1).settle({ reservationId: result.reservationId, cost: nano(60), tokens: 6 });
    const later = { ...newKeys(), day: keys.day };
    expect(await as(2).headroom(later, [usdCap(100), tokenCap(10), usdCap(500, "project")])).toEqual({
      cost: 40,
      tokens: 4,
    });
  });

  it("that cost more than its worst case is counted as what it cost", async () => {
    const keys = newKeys();
    const result = await as(1).reserve({
      ...keys,
      caps: [usdCap(100)],
      wantedCost: nano(100),
      wantedTokens: 1,
    });
    if (result.ok) await as(1).settle({ reservationId: result.reservationId, cost: nano(130), tokens: 1 });
    expect(await as(1).headroom(keys, [usdCap(100)])).toEqual({ cost: 0, tokens: null });
    expect(
      await as(1).reserve({ ...keys, caps: [usdCap(100)], wantedCost: nano(0), wantedTokens: 1 }),
    ).toMatchObject({ ok: false, refusal: { spent: 130, reserved: 0 } });
  });

  it("of a dead process counts at its worst case, is listed, and gives way to the truth should it come", async () => {
    const keys = newKeys();
    const caps = [usdCap(100)];
    const ghost = as(7);
    const result = await ghost.reserve({ ...keys, caps, wantedCost: nano(80), wantedTokens: 8 });
    dead.add(7);
    const heir = as(8);
    expect(await heir.headroom(keys, caps)).toEqual({ cost: 20, tokens: null });
    const [left] = await heir.unsettled();
    expect(left).toEqual({
      ...keys,
      reservationId: result.ok ? result.reservationId : "",
      cost: 80,
      tokens: 8,
      at: 1_700_000_000_000,
      pid: 7,
    });
    expect(await ghost.settle({ reservationId: left?.reservationId ?? "", cost: nano(30), tokens: 3 })).toBe(
      true,
    );
    expect(await heir.headroom(keys, caps)).toEqual({ cost: 70, tokens: null });
    expect((await heir.unsettled()).map(({ pid }) => pid)).not.toContain(7);
  });

  it("of another host stays reserved: nobody here can tell whether that process lives", async () => {
    const keys = newKeys();
    const caps = [usdCap(100)];
    await as(9, "elsewhere").reserve({ ...keys, caps, wantedCost: nano(80), wantedTokens: 8 });
    dead.add(9);
    expect(await as(8).reserve({ ...keys, caps, wantedCost: nano(30), wantedTokens: 1 })).toMatchObject({
      ok: false,
      refusal: { spent: 0, reserved: 80 },
    });
  });
});
