/** Laws of asking: every answer counts for its own call, at once, and the order of what conflicts is kept. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Approver } from "../../src/agent/approval.ts";
import { fakeTool, makeBench, memoryStorage, ofType } from "../support/agent.ts";
import { asks, says } from "../support/scripted-upstream.ts";

const plan = fc.record({
  calls: fc.array(
    fc.record({
      tool: fc.constantFrom("edit" as const, "edit" as const, "bash" as const, "fetch" as const),
      path: fc.constantFrom("a", "b", "c"),
      answer: fc.constantFrom("allow" as const, "allow" as const, "deny" as const),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  order: fc.infiniteStream(fc.nat()),
});

type Call = { tool: "edit" | "bash" | "fetch"; path: string };

/** Calls of which one could see what the other does, by the tools of this test. */
const conflict = (a: Call, b: Call): boolean =>
  a.tool === "bash" || b.tool === "bash" || (a.tool === "edit" && b.tool === "edit" && a.path === b.path);

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise(setImmediate);
};

describe("questions about the calls of one answer", () => {
  it("are open together, each answer starts its own call without another's, and order is kept (1,000 batches)", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ calls, order }) => {
        const running: number[] = [];
        const run = (input: { n?: number | undefined }): string => {
          running.push(input.n ?? -1);
          return `ran ${input.n}`;
        };
        const open = new Map<number, (answer: "allow" | "deny") => void>();
        const approver: Approver = ({ callId }) =>
          new Promise((resolve) => {
            open.set(Number(callId.slice(1)), (answer) => resolve({ answer, scope: "once" }));
          });
        const { turn, upstream } = await makeBench({
          tools: [
            fakeTool("edit", "edit", run),
            fakeTool("bash", "execute", run),
            fakeTool("fetch", "network", run),
          ],
          mode: "ask",
          approver,
          storage: memoryStorage(),
        });
        upstream.script(
          asks(
            ...calls.map(({ tool, path }, n) => ({
              id: `c${n}`,
              name: tool,
              input:
                tool === "edit" ? { path, n } : { text: tool === "bash" ? `x${n}` : `https://e.com/${n}`, n },
            })),
          ),
          says("done"),
        );
        const going = turn("go");
        await turns(30);
        expect([...open.keys()].sort()).toEqual(calls.map((_, n) => n));
        const answered = new Set<number>();
        while (open.size > 0) {
          const waiting = [...open.keys()];
          const [pick = 0] = order.take(1);
          const n = waiting[pick % waiting.length] ?? 0;
          const call = calls[n];
          if (!call) throw new Error("no such call");
          open.get(n)?.(call.answer);
          open.delete(n);
          answered.add(n);
          await turns(20);
          const free = calls
            .slice(0, n)
            .every((earlier, at) => !conflict(earlier, call) || (answered.has(at) && ready(at)));
          if (call.answer === "allow" && free) expect(running).toContain(n);
        }
        function ready(n: number): boolean {
          return calls[n]?.answer === "deny" || running.includes(n);
        }
        const { events, result } = await going;
        expect(result.toolCalls).toBe(calls.length);
        expect([...running].sort()).toEqual(
          calls.flatMap(({ answer }, n) => (answer === "allow" ? [n] : [])),
        );
        running.forEach((n, at) => {
          for (const later of running.slice(at + 1)) {
            const [a, b] = [calls[n], calls[later]];
            if (a && b && conflict(a, b)) expect(n).toBeLessThan(later);
          }
        });
        const finished = ofType(events, "tool.finished").map(({ callId }) => callId);
        expect([...finished].sort()).toEqual(calls.map((_, n) => `c${n}`));
      }),
      { numRuns: 1000 },
    );
  }, 300_000);
});
