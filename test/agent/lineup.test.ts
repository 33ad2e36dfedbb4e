import { describe, expect, it } from "vitest";
import type { Seat } from "../../src/agent/lineup.ts";
import type { AgentRun } from "../../src/agent/run.ts";
import { Window } from "../../src/agent/window.ts";
import type { Opaque } from "../../src/core/message.ts";
import { makePreparer } from "../../src/wire/handover.ts";
import { fakeTool, makeBench, modelInfo, ofType } from "../support/agent.ts";
import { asks, ScriptedUpstream, says, smallUsage } from "../support/scripted-upstream.ts";

/** Another model to go over to. */
function seatOf(
  run: Pick<AgentRun, "system">,
  contextWindow = 200_000,
): Seat & { upstream: ScriptedUpstream } {
  const upstream = new ScriptedUpstream("other/thinker");
  const info = modelInfo({ provider: "other", id: "thinker", contextWindow });
  const prepare = makePreparer({ provider: "other", model: "thinker" }, { vision: true });
  return {
    upstream,
    targets: [
      {
        upstream,
        info,
        dialect: "messages",
        adapt: (request) => ({ ...request, model: info.id, messages: prepare(request.messages) }),
      },
    ],
    window: new Window({ dialect: "messages", model: info.id }, info, {
      system: run.system,
      files: "",
      tools: [],
    }),
  };
}

describe("another model", () => {
  it("answers from the next step on, in the middle of a turn, with all of the conversation that it can take", async () => {
    const opaque: Opaque = { provider: "test", model: "model", data: { signature: "s" } };
    const bench = await makeBench({
      tools: [fakeTool("look", "read", () => chosen())],
    });
    const seat = seatOf(bench.run);
    const chosen = () => {
      bench.run.lineup.wish(seat);
      bench.run.lineup.wishEffort("high");
      return "seen";
    };
    bench.upstream.script([
      ...asks({ name: "look" }).map((event) =>
        event.type === "part.end" ? { ...event, part: { ...event.part, opaque } } : event,
      ),
    ]);
    seat.upstream.script(says("done"));
    const { result, events } = await bench.turn("go");
    expect(result).toMatchObject({ reason: "done", steps: 2 });
    expect([bench.upstream.requests.length, seat.upstream.requests.length]).toEqual([1, 1]);
    const [request] = seat.upstream.requests;
    expect(request?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
    expect(JSON.stringify(request?.messages)).not.toContain("signature");
    expect(request?.reasoning).toMatchObject({ effort: "high" });
    expect(ofType(events, "step.started").map(({ model, effort }) => [model, effort])).toEqual([
      ["test/model", null],
      ["other/thinker", "high"],
    ]);
    expect(ofType(events, "note").map(({ text }) => text)).toEqual([
      "from here on: other/thinker, effort high",
    ]);
  });

  it("has its own window: what the one before counted is not taken for its numbers", async () => {
    const bench = await makeBench();
    bench.upstream.script(says({ text: "long", usage: { ...smallUsage, input: 150_000 } }));
    await bench.turn("one");
    const seat = seatOf(bench.run);
    bench.run.lineup.wish(seat);
    seat.upstream.script(says("short"));
    const { events } = await bench.turn("two");
    const [usage] = ofType(events, "context.usage");
    expect(usage).toMatchObject({ window: 200_000 });
    expect(usage?.tokens).toBeLessThan(1000);
  });

  it("that is the one there is, is no change", async () => {
    const bench = await makeBench();
    bench.run.lineup.wishEffort(null);
    bench.upstream.script(says("x"));
    const { events } = await bench.turn("go");
    expect(ofType(events, "note")).toEqual([]);
  });
});
