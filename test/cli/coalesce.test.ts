import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Coalescer } from "../../src/cli/print/coalesce.ts";
import type { AgentEvent } from "../../src/core/event.ts";
import type { SessionId, TurnId } from "../../src/core/ids.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const header = { v: 1 as const, at: 0, sessionId: "s" as SessionId, turnId: "t" as TurnId, agent: "main" };
const text = (seq: number, delta: string): AgentEvent => ({
  ...header,
  seq,
  type: "text.delta",
  step: 1,
  delta,
});
const thought = (seq: number, delta: string): AgentEvent => ({
  ...header,
  seq,
  type: "reasoning.delta",
  step: 1,
  delta,
});

function collected(): { printed: string[]; deltas: Coalescer } {
  const printed: string[] = [];
  const deltas = new Coalescer((event) => {
    printed.push(
      "delta" in event ? `${event.seq} ${event.type} ${event.delta}` : `${event.seq} ${event.type}`,
    );
  });
  return { printed, deltas };
}

describe("Coalescer", () => {
  it("passes the first delta at once and joins the rest for a moment", () => {
    const { printed, deltas } = collected();
    for (const [index, word] of ["a", "b", "c"].entries()) deltas.push(text(index, word));
    expect(printed).toEqual(["0 text.delta a"]);
    vi.advanceTimersByTime(100);
    expect(printed).toEqual(["0 text.delta a", "2 text.delta bc"]);
  });

  it("never joins across kinds or past another event, and loses nothing", () => {
    const { printed, deltas } = collected();
    deltas.push(thought(1, "hm"));
    deltas.push(thought(2, "m"));
    deltas.push(text(3, "x"));
    deltas.push(text(4, "y"));
    deltas.push({
      ...header,
      seq: 5,
      type: "limit.waiting",
      step: 1,
      model: "m",
      resetsAt: 1,
      remainingMs: 1,
    });
    deltas.push(text(6, "z"));
    deltas.flush();
    expect(printed).toEqual([
      "1 reasoning.delta hm",
      "2 reasoning.delta m",
      "3 text.delta x",
      "4 text.delta y",
      "5 limit.waiting",
      "6 text.delta z",
    ]);
  });

  it("lets a long run go before the moment is over", () => {
    const { printed, deltas } = collected();
    deltas.push(text(1, "a"));
    deltas.push(text(2, "b".repeat(600)));
    expect(printed).toHaveLength(2);
  });
});
