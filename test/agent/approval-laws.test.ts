/** Laws of asking: every answer counts for its own call, at once, and what conflicts never runs side by side. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Approver } from "../../src/agent/approval.ts";
import { fakeTool, makeBench, memoryStorage, ofType } from "../support/agent.ts";
import { asks, says } from "../support/scripted-upstream.ts";
import { reader } from "../support/shell.ts";

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
const conflict = (a?: Call, b?: Call): boolean =>
  a !== undefined &&
  b !== undefined &&
  (a.tool === "bash" || b.tool === "bash" || (a.tool === "edit" && b.tool === "edit" && a.path === b.path));

/** Added to the number of a call: its end, and not an answer to it. */
const ends = 100;

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise(setImmediate);
};

describe("questions about the calls of one answer", () => {
  it("are open together, each answer starts its own call without another's, never beside one in conflict (1,000 batches)", async () => {
    // The first command would wait for the shell parser, and this test counts turns of the event loop.
    await reader.ready();
    await fc.assert(
      fc.asyncProperty(plan, async ({ calls, order }) => {
        const begun: number[] = [];
        const allowed: number[] = [];
        const running = new Map<number, () => void>();
        const run = async ({ n = -1 }: { n?: number | undefined }): Promise<string> => {
          for (const other of running.keys()) expect(conflict(calls[other], calls[n])).toBe(false);
          for (const earlier of allowed.filter((one) => one < n && !begun.includes(one)))
            expect(conflict(calls[earlier], calls[n])).toBe(false);
          begun.push(n);
          await new Promise<void>((resolve) => running.set(n, resolve));
          running.delete(n);
          return `ran ${n}`;
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
        while (open.size + running.size > 0) {
          const choices = [...open.keys(), ...[...running.keys()].map((n) => n + ends)];
          const [pick = 0] = order.take(1);
          const n = choices[pick % choices.length] ?? 0;
          if (n >= ends) running.get(n - ends)?.();
          else {
            const answer = calls[n]?.answer ?? "deny";
            if (answer === "allow") allowed.push(n);
            open.get(n)?.(answer);
            open.delete(n);
          }
          await turns(20);
          // Whatever is allowed and has not begun waits for one that runs, or that comes before it and is allowed too.
          for (const waiting of allowed.filter((one) => !begun.includes(one))) {
            const blockers = [
              ...running.keys(),
              ...allowed.filter((one) => one < waiting && !begun.includes(one)),
            ];
            expect(blockers.some((one) => conflict(calls[one], calls[waiting]))).toBe(true);
          }
        }
        const { events, result } = await going;
        expect(result.toolCalls).toBe(calls.length);
        expect([...begun].sort()).toEqual([...allowed].sort());
        const finished = ofType(events, "tool.finished").map(({ callId }) => callId);
        expect([...finished].sort()).toEqual(calls.map((_, n) => `c${n}`));
      }),
      { numRuns: 1000 },
    );
  }, 300_000);
});
