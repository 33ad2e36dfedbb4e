/** Compaction through the built binary: by hand, taken back, and by itself against an upstream that refuses every summary. */
import { describe, expect, it } from "vitest";
import type { SeenRequest } from "../support/upstream/script.ts";
import { ledgerOf, ofType } from "./support/run.ts";
import { pricedModel, saidTo, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

const words = (count: number, word: string): string => `${word} `.repeat(count).trim();
const isSummaryCall = ({ raw }: SeenRequest): boolean => raw.includes("Write the summary that will replace");
const toolsOf = ({ body }: SeenRequest): string[] =>
  (body.tools as { name: string }[]).map(({ name }) => name);

const settings = (contextWindow: number) => ({
  models: { [pricedModel]: { contextWindow, maxOutput: 8_000, price: { input: 1, output: 10 } } },
});

describe("tau sessions compact", () => {
  it("previews, compacts with a focus and its cost, and takes it back; each next run is sent what was decided", async () => {
    const made = await scene((request) =>
      isSummaryCall(request)
        ? { text: "## Goal\nzebras", usage: { input: 4_000, output: 50 } }
        : { text: words(1_500, "stripe") },
    );
    const { world, fake } = made;
    made.settings(settings(200_000));
    const { sessionId } = await made.exec(["-m", pricedModel, "Count the zebras."]);
    await made.exec(["-m", pricedModel, "-r", sessionId, "Never count twice."]);
    const compact = (...args: string[]) => runTau(world, ["sessions", "compact", sessionId, ...args]);
    const before = await ledgerOf(world, sessionId);

    const preview = await compact("--preview");
    expect([preview.code, preview.stderr]).toEqual([0, ""]);
    expect(preview.stdout).toContain("> Count the zebras.");
    expect(preview.stdout).toMatch(/costs {5}about \$0\.0\d+, at most \$0\.\d+ \(anthropic\/priced/);
    expect(fake.requests).toHaveLength(2);
    expect(await ledgerOf(world, sessionId)).toEqual(before);

    const done = await compact("--focus", "the striped ones");
    expect([done.code, done.stderr]).toEqual([0, ""]);
    // 4,000 in at a dollar a million, 50 out at ten.
    expect(done.stdout).toMatch(/^Compacted: [\d,]+ to [\d,]+ tokens, \$0\.0045\. Undo it with: /);
    expect(saidTo(fake, 2).at(-1)).toContain("keep above all: the striped ones");
    await made.exec(["-m", pricedModel, "-r", sessionId, "Go on."]);
    for (const kept of ["## Goal\nzebras", "Count the zebras.", "Never count twice."])
      expect(saidTo(fake, 3)[0]).toContain(kept);
    expect(saidTo(fake, 3).at(-1)).toBe("Go on.");
    expect(toolsOf(fake.requests[1] as SeenRequest)).not.toContain("recall");
    expect(toolsOf(fake.requests[3] as SeenRequest)).toContain("recall");

    const undone = await compact("--undo", "--json");
    expect(JSON.parse(undone.stdout)).toMatchObject({ sessionId, fits: true, more: false });
    await made.exec(["-m", pricedModel, "-r", sessionId, "And now?"]);
    expect(saidTo(fake, 4)).toEqual(["Count the zebras.", "Never count twice.", "Go on.", "And now?"]);
    const again = await compact("--undo");
    expect([again.code, again.stdout]).toEqual([2, ""]);
    const entries = await ledgerOf(world, sessionId);
    expect(ofType(entries, "compaction.finished")).toMatchObject([{ trigger: "manual", turnId: null }]);
    expect(ofType(entries, "compaction.undone")).toHaveLength(1);
    expect((await runTau(world, ["sessions", "show", sessionId])).stdout).toContain("was taken back");
  });

  it("ends with the code of what stood in the way, the session as it was", async () => {
    const made = await scene((request) =>
      isSummaryCall(request)
        ? { fault: { type: "status", status: 401, body: { error: { message: "bad key" } } } }
        : { text: words(1_500, "stripe") },
    );
    made.settings(settings(200_000));
    const { sessionId } = await made.exec(["-m", pricedModel, "Count the zebras."]);
    const compact = (...args: string[]) => runTau(made.world, ["sessions", "compact", sessionId, ...args]);
    const refused = await compact("--max-cost", "0.000001");
    expect([refused.code, refused.stdout]).toEqual([8, ""]);
    const denied = await compact();
    expect([denied.code, denied.stdout]).toEqual([4, ""]);
    expect(denied.stderr).toContain("The session is as it was");
    expect((await compact("--undo", "--preview")).code).toBe(2);
    expect((await made.exec(["-m", pricedModel, "-r", sessionId, "And?"])).result.reason).toBe("done");
    expect(saidTo(made.fake, 2)).toEqual(["Count the zebras.", "And?"]);
  });
});

describe("an upstream that answers every summary with 400 context_length", () => {
  it("does not keep the next turn from working, with every sentence of the person in it", async () => {
    const made = await scene((request) =>
      isSummaryCall(request)
        ? {
            fault: {
              type: "status",
              status: 400,
              body: {
                type: "error",
                error: {
                  type: "invalid_request_error",
                  message: "prompt is too long: 250000 tokens > 200000 maximum",
                },
              },
            },
          }
        : // What the upstream says it counted fills the window.
          { text: words(2_000, "stripe"), usage: { input: 5_600, output: 2_200 } },
    );
    made.settings(settings(9_000));
    const said = ["Count the zebras.", "Never count twice.", "In words.", "And now?"];
    const first = await made.exec(["-m", pricedModel, said[0] ?? ""]);
    const results = [first];
    for (const sentence of said.slice(1))
      results.push(await made.exec(["-m", pricedModel, "-r", first.sessionId, sentence]));
    expect(results.map(({ result }) => result.reason)).toEqual(said.map(() => "done"));
    const compactions = results.flatMap(({ events }) => ofType(events, "compaction.finished"));
    expect(compactions.length).toBeGreaterThan(0);
    expect(compactions[0]).toMatchObject({ method: "mechanical", error: { code: "context_overflow" } });
    const all = saidTo(made.fake, made.fake.requests.length - 1).join("\n");
    for (const sentence of said) expect(all).toContain(sentence);
    // A person reads that it was done, how and for what.
    const text = await runTau(made.world, ["exec", "-m", pricedModel, "-r", first.sessionId, "More."]);
    expect(text.code).toBe(0);
    expect(text.stderr).toMatch(
      /! context compacted \(facts alone, no summary: .*too long.*\): \d+ to \d+ tokens, \$0\.0/,
    );
  });
});
