/** What is typed while the agent works: it waits in the ledger, is said once, and survives whatever ends the process. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { InputQueue, queueBound } from "../../src/agent/queue.ts";
import { Redaction } from "../../src/agent/redaction.ts";
import { Session } from "../../src/agent/session.ts";
import type { Entry } from "../../src/core/event.ts";
import { idSource } from "../../src/core/ids.ts";
import { type Part, textOf } from "../../src/core/message.ts";
import { redactor } from "../../src/policy/redactor.ts";
import { makeBench, memoryStorage, ofType, textTold } from "../support/agent.ts";
import { fails, says } from "../support/scripted-upstream.ts";
import { foldSession } from "../support/tree.ts";

vi.setConfig({ testTimeout: 60_000 });

const words = (text: string): Part[] => [{ type: "text", text }];
const texts = (queue: InputQueue): string[] => queue.waiting.map(({ parts }) => textOf(parts));

describe("a queued message", () => {
  it("is in the ledger before it is shown as waiting, and names itself when it is said", async () => {
    const { turn, run, upstream, entries } = await makeBench();
    const added = run.queue.add("follow_up", words("later"));
    expect(run.queue.waiting).toEqual([]);
    await added;
    const [queued] = ofType(await entries(), "input.queued");
    expect(run.queue.waiting).toMatchObject([{ id: queued?.id, held: false }]);
    const next = run.queue.take();
    expect([next?.id, run.queue.waiting, run.queue.take()]).toEqual([queued?.id, [], null]);
    upstream.script(says("done"));
    const { events } = await turn({ parts: next?.parts ?? [], ...(next && { queued: next.id }) });
    expect(ofType(events, "input.queued")).toEqual([queued]);
    expect(ofType(events, "user.message")).toMatchObject([{ origin: "prompt", queued: queued?.id }]);
    expect(foldSession(await entries()).waiting).toEqual([]);
  });

  it("for a turn that ends badly is held until a person says so, whatever is typed meanwhile", async () => {
    const { turn, run, upstream } = await makeBench();
    upstream.script(
      function* () {
        void run.queue.add("follow_up", words("then the docs"));
        yield* fails("auth");
      },
      says("new things"),
      says("docs done"),
    );
    await turn("go");
    expect(run.queue.waiting).toMatchObject([{ held: true }]);
    expect(run.queue.take()).toBeNull();
    await run.queue.add("steer", words("mind the gap"));
    expect((await turn("something else")).result.reason).toBe("done");
    expect(textTold(upstream)).toContain("mind the gap");
    expect(textTold(upstream)).not.toContain("then the docs");
    run.queue.release();
    expect(textOf(run.queue.take()?.parts ?? [])).toBe("then the docs");
  });

  it("that could not be recorded as said waits on", async () => {
    const { turn, run } = await makeBench();
    await run.queue.add("follow_up", words("later"));
    const next = run.queue.take();
    const full = vi.spyOn(run.session, "commit").mockRejectedValue(new Error("the disk is full"));
    await turn({ parts: next?.parts ?? [], ...(next && { queued: next.id }) });
    full.mockRestore();
    expect(run.queue.waiting).toMatchObject([{ id: next?.id, held: true }]);
  });

  it("taken back is gone for the model, and cannot be taken back twice", async () => {
    const { run, entries } = await makeBench();
    await run.queue.add("steer", words("a"));
    await run.queue.add("follow_up", words("b"));
    const ids = run.queue.waiting.map(({ id }) => id);
    const both = [run.queue.takeBack(ids), run.queue.takeBack(ids)];
    expect(run.queue.take()).toBeNull();
    expect((await Promise.all(both)).map((items) => items.length)).toEqual([2, 0]);
    expect(ofType(await entries(), "input.dropped")).toMatchObject([{ inputs: ids }]);
  });

  it("is refused when too many wait, and nothing is lost then", async () => {
    const { run } = await makeBench();
    const added = Array.from({ length: queueBound }, (_, n) => run.queue.add("steer", words(`${n}`)));
    expect(run.queue.add("steer", words("one too many"))).toBeNull();
    await Promise.all(added);
    expect(texts(run.queue)).toEqual(Array.from({ length: queueBound }, (_, n) => `${n}`));
  });
});

type Act =
  | { do: "add"; delivery: "steer" | "follow_up" }
  | { do: "say" }
  | { do: "take back"; last: boolean }
  | { do: "fail" }
  | { do: "die" };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      delivery: fc.constantFrom("steer" as const, "follow_up" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("say" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("take back" as const), last: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("die" as const) }) },
);

describe("law replay, for what waits", () => {
  it("whatever happens and wherever the process dies, each message is said once, taken back once, or waits in its order (2,000 lives)", async () => {
    let survived = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const storage = memoryStorage();
        const ids = idSource(
          () => 1_790_000_000_000,
          (size) => new Uint8Array(size),
        );
        const writer = await storage.writer(ids.session());
        const open = async () => {
          const path: Entry[] = await storage.entries(writer.sessionId);
          const session = new Session(writer, ids, () => 1, {
            lastSeq: path.at(-1)?.seq ?? 0,
            titled: false,
          });
          await session.load(async function* () {
            yield path;
          });
          return { session, queue: new InputQueue(session, new Redaction(redactor([]))) };
        };
        let { session, queue } = await open();
        // The model: what was added and not yet taken out, by kind.
        const waiting: { steer: string[]; follow_up: string[] } = { steer: [], follow_up: [] };
        const ordered = (): string[] => [...waiting.steer, ...waiting.follow_up];
        const remove = (text: string): void => {
          for (const kind of [waiting.steer, waiting.follow_up])
            if (kind.includes(text)) kind.splice(kind.indexOf(text), 1);
        };
        for (const [n, next] of acts.entries()) {
          if (next.do === "add") {
            await queue.add(next.delivery, words(`${n}`));
            waiting[next.delivery].push(`${n}`);
          } else if (next.do === "say") {
            const taken = queue.take();
            if (taken) {
              expect(taken.held).toBe(false);
              await session.commit({
                type: "user.message",
                origin: "steer",
                parts: taken.parts,
                queued: taken.id,
              });
              remove(textOf(taken.parts));
            }
          } else if (next.do === "take back") {
            const all = queue.waiting.map(({ id }) => id);
            const back = await queue.takeBack(next.last ? all.slice(-1) : all);
            for (const { parts } of back) remove(textOf(parts));
          } else if (next.do === "fail") await queue.endTurn(false);
          else {
            // A message is given out and the process dies before it is said.
            queue.take();
            survived += ordered().length;
            ({ session, queue } = await open());
            expect(queue.take()).toBeNull();
            expect(queue.waiting.every(({ held }) => held)).toBe(true);
            if (n % 2 === 0) queue.release();
          }
          expect(texts(queue)).toEqual(ordered());
          expect(foldSession(await storage.entries(writer.sessionId)).waiting).toEqual(session.state.waiting);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(survived).toBeGreaterThan(1_000);
  });
});
