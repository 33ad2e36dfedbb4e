/** The record of a session: what counts after what, across turns, cut off or in the background; and live = folded. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EvidenceLedger } from "../../../src/agent/evidence/ledger.ts";
import type { DurableEvent, Entry } from "../../../src/core/event.ts";
import { type Evidence, evidenceWords } from "../../../src/core/evidence.ts";
import type { TurnId } from "../../../src/core/ids.ts";
import type { Json } from "../../../src/core/message.ts";
import { fakeTool, makeBench, memoryStorage } from "../../support/agent.ts";
import { asRead, chained, finished, sessionId, started, user } from "../../support/entries.ts";
import { readLine } from "../../support/read-line.ts";
import { asks, says } from "../../support/scripted-upstream.ts";

let calls = 0;
type Facts = { [key: string]: Json };

/** A call that ran, as entries. */
function call(
  name: string,
  input: Json,
  access: "edit" | "execute" | "read",
  facts: Facts | null,
  status: "ok" | "error" | "interrupted" = "ok",
): DurableEvent[] {
  const id = `c${++calls}`;
  return [
    { ...started(id, access), name, input },
    ...(facts === null ? [] : [{ ...finished(id, "", status), name, facts }]),
  ];
}
const sh = (command: string, exitCode: number | null = 0): DurableEvent[] =>
  call("bash", { command }, "execute", { exitCode }, exitCode === 0 ? "ok" : "error");
const edit = (path = "a.ts"): DurableEvent[] => call("edit", { path }, "edit", {});
const verify = (command: string, exitCode: number): DurableEvent[] => [
  { type: "verify.finished", command, exitCode, output: "", durationMs: 1 },
];

/** Entries of turns, each begun by a prompt. */
function entriesOf(...turns: DurableEvent[][][]): Entry[] {
  const events = turns.flatMap((deeds, turn) =>
    [[user("go")], ...deeds].flat().map((event) => ({ event, turn })),
  );
  return chained(events.map(({ event }) => event)).map((entry, at) =>
    asRead(sessionId(1), { ...entry, turnId: `turn-${events[at]?.turn}` as TurnId }),
  );
}
function evidenceOf(answer: string, ...turns: DurableEvent[][][]): Evidence {
  const ledger = new EvidenceLedger();
  for (const entry of entriesOf(...turns)) ledger.add(entry);
  return ledger.evidence(answer, readLine);
}
const verdict = (answer: string, ...turns: DurableEvent[][][]) =>
  evidenceOf(answer, ...turns).claims[0]?.verdict;

describe("a claim that tests pass", () => {
  const all = "All tests pass.";
  it.each<[string, string | undefined, DurableEvent[][][]]>([
    ["nothing ran", "unsupported", [[]]],
    ["they ran and passed", "supported", [[edit(), sh("npm test")]]],
    ["files were edited after", "stale", [[sh("npm test"), edit()]]],
    ["a command wrote a file after", "stale", [[sh("npm test"), sh("sed -i s/a/b/ a.ts")]]],
    ["only looking after", "supported", [[sh("npm test"), sh("git diff && cat a.ts")]]],
    [
      "another command after, which may have changed files",
      "supported",
      [[sh("npm test"), sh("node gen.js")]],
    ],
    ["they failed", "contradicted", [[sh("npm test", 1)]]],
    ["they failed, were mended, and not run again", "contradicted", [[sh("npm test", 1), edit()]]],
    ["they failed, then passed", "supported", [[sh("npm test", 1), edit(), sh("npm test")]]],
    ["they passed, then failed", "contradicted", [[sh("npm test"), edit(), sh("npm test", 1)]]],
    ["their exit code was masked", "unsupported", [[sh("npm test | tail")]]],
    [
      "masked, but passed before and nothing was changed",
      "supported",
      [[sh("npm test"), sh("npm test | tail")]],
    ],
    [
      "masked, passed before, and edited between",
      "unsupported",
      [[sh("npm test"), edit(), sh("npm test | tail")]],
    ],
    ["failed before, masked now", "unsupported", [[sh("npm test", 1), sh("npm test || true")]]],
    [
      "they took too long",
      "unsupported",
      [[call("bash", { command: "npm test" }, "execute", { exitCode: null, timedOut: true }, "error")]],
    ],
    [
      "interrupted",
      "unsupported",
      [[call("bash", { command: "npm test" }, "execute", { exitCode: 0, aborted: true }, "interrupted")]],
    ],
    [
      "cut off with the process",
      "unsupported",
      [[call("bash", { command: "npm test" }, "execute", null)], []],
    ],
    [
      "an edit cut off with the process",
      "stale",
      [[sh("npm test"), call("edit", { path: "a" }, "edit", null)], []],
    ],
    [
      "a refused edit after",
      "supported",
      [[sh("npm test"), call("edit", { path: "a" }, "edit", {}, "error")]],
    ],
    ["in an earlier turn", "supported", [[sh("npm test")], []]],
    ["in an earlier turn, edited in this one", "stale", [[sh("npm test")], [edit()]]],
    ["only built", "unsupported", [[sh("npm run build")]]],
    ["cargo test also builds, not the other way round", "unsupported", [[sh("cargo build")]]],
    ["the verify command ran them", "supported", [[edit(), verify("npm test", 0)]]],
    ["a verify command of another name", "supported", [[edit(), verify("./ci", 0)]]],
    ["the verify command failed", "contradicted", [[verify("make", 2), verify("./ci", 2)]]],
  ])("%s: %s", (_, expected, turns) => {
    expect(verdict(all, ...turns)).toBe(expected);
  });

  it("in the background is unfinished until its end is heard of, as of when it began", () => {
    const begun = call("bash", { command: "npm test", background: true }, "execute", { job: 3, pid: 7 });
    const heard = (exitCode: number) =>
      call("jobs", { action: "output", id: 3 }, "read", { job: 3, running: false, exitCode });
    const running = call("jobs", { action: "output", id: 3 }, "read", { job: 3, running: true });
    expect(verdict(all, [begun, running])).toBe("unsupported");
    expect(verdict(all, [begun, heard(0)])).toBe("supported");
    expect(verdict(all, [begun, heard(1)])).toBe("contradicted");
    expect(verdict(all, [begun, edit(), heard(0)])).toBe("stale");
    expect(verdict(all, [begun, edit(), sh("npm test", 1), heard(0)])).toBe("contradicted");
  });
});

describe("other claims", () => {
  it.each<[string, string, string, DurableEvent[][]]>([
    ["It compiles without errors.", "a type check is enough", "supported", [sh("npx tsc --noEmit")]],
    ["The build passes.", "a type check is not", "unsupported", [sh("npx tsc --noEmit")]],
    ["The build passes.", "tests of a compiled language are", "supported", [sh("cargo test")]],
    ["The build passes.", "failing tests say nothing of it", "unsupported", [sh("cargo test", 101)]],
    ["Lint is clean.", "another check is not", "unsupported", [sh("npm test")]],
    ["Lint is clean.", "--fix changes files, then checks", "supported", [sh("npx eslint --fix .")]],
    [
      "Fixed and verified.",
      "any passing check after the last edit",
      "supported",
      [edit(), sh("npm run lint")],
    ],
    ["Fixed and verified.", "any command after the last edit", "supported", [edit(), sh("node try.js")]],
    ["Fixed and verified.", "looking is none", "unsupported", [edit(), sh("cat a.ts")]],
    ["Fixed and verified.", "before the edit", "stale", [sh("npm test"), edit()]],
    [
      "Fixed and verified.",
      "tests failed after the edit",
      "contradicted",
      [edit(), sh("npm test", 1), sh("node try.js")],
    ],
    ["Fixed and verified.", "a command failed", "unsupported", [edit(), sh("node try.js", 1)]],
  ])("%s %s: %s", (answer, _, expected, deeds) => {
    expect(verdict(answer, deeds)).toBe(expected);
  });
});

describe("laws", () => {
  const deed = fc.oneof(
    fc
      .constantFrom(
        "npm test",
        "npm test | tail",
        "npm run lint",
        "npm run build && npm test",
        "cargo test",
        "node x.js",
        "ls",
        "sed -i s/a/b/ a",
        "npx eslint --fix .",
      )
      .chain((command) => fc.constantFrom(0, 1, null).map((code) => () => sh(command, code))),
    fc.constant(() => edit()),
    fc.constantFrom(0, 1).map((code) => () => verify("npm test", code)),
  );
  const turns = fc.array(fc.array(deed, { maxLength: 6 }), { minLength: 1, maxLength: 3 });
  const answer =
    "All tests pass. The build passes. Lint is clean. No type errors. Fixed and verified.\nThe fix is verified.";

  it("after an edit nothing is supported, whatever ran before it", () => {
    fc.assert(
      fc.property(turns, (made) => {
        const before = made.map((turn) => turn.map((one) => one()));
        const after = [...before.slice(0, -1), [...(before.at(-1) ?? []), edit()]];
        for (const claim of evidenceOf(answer, ...after).claims) expect(claim.verdict).not.toBe("supported");
      }),
      { numRuns: 1_000 },
    );
  });

  it("a run after the last edit decides: passed supports, failed contradicts", () => {
    fc.assert(
      fc.property(turns, fc.constantFrom(0, 1), (made, code) => {
        const deeds = made.map((turn) => turn.map((one) => one()));
        const last = [...deeds.slice(0, -1), [...(deeds.at(-1) ?? []), sh("npm test", code)]];
        expect(verdict("All tests pass.", ...last)).toBe(code === 0 ? "supported" : "contradicted");
      }),
      { numRuns: 1_000 },
    );
  });

  it("folding the ledger comes to what the turn said live, over several turns", async () => {
    const shell = fakeTool("bash", "execute", ({ n }) => ({
      output: "x",
      display: [],
      facts: { exitCode: n ?? 0 },
      ...(n ? { isError: true as const } : {}),
    }));
    const change = fakeTool("edit", "edit", () => "edited");
    const wish = fc.oneof(
      fc.record({
        name: fc.constant("bash"),
        input: fc.record({
          command: fc.constantFrom("npm test", "npm run lint | cat", "make", "ls", "node x"),
          n: fc.nat(1),
        }),
      }),
      fc.record({ name: fc.constant("edit"), input: fc.record({ path: fc.constantFrom("a", "b") }) }),
    );
    const turn = fc.record({
      wishes: fc.array(wish, { maxLength: 4 }),
      words: fc.constantFrom("All tests pass.", "Done.", "Lint is clean and the build passes."),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 3 }), async (script) => {
        const storage = memoryStorage();
        const bench = await makeBench({ tools: [shell, change], storage });
        for (const { wishes, words } of script) {
          bench.upstream.script(...wishes.map((one) => asks(one)), says(words));
          const { result } = await bench.turn("go");
          const folded = new EvidenceLedger();
          const entries = await bench.entries();
          for (const entry of entries) folded.add(entry);
          expect(folded.evidence(result.text, readLine)).toEqual(result.evidence);
          const [ended] = entries.flatMap((entry) => (entry.type === "turn.ended" ? [entry] : [])).slice(-1);
          expect(ended?.evidence).toEqual(result.evidence);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the evidence in words", () => {
  const words = (answer: string, ...turns: DurableEvent[][][]) =>
    evidenceWords(evidenceOf(answer, ...turns), () => "14:02");
  it.each<[string, DurableEvent[][][], string | null]>([
    ["Here is the answer.", [[]], null],
    ["Here is the answer.", [[sh("npm test")], []], null],
    ["Done.", [[edit(), sh("npm test")]], "tests passed 14:02 (npm test)"],
    ["Done.", [[sh("npm test"), edit(), edit(), edit()]], "tests passed 14:02 (npm test), 3 edits since"],
    ["Done.", [[sh("npm test"), sh("node x")]], "tests passed 14:02 (npm test), 1 other command since"],
    ["Done.", [[sh("npm test")], [edit()]], "tests passed 14:02 (npm test), 1 edit since"],
    ["Done.", [[edit("a"), edit("b")]], "nothing was checked after 2 changed files"],
    ["All tests pass.", [[]], "claims tests pass, but none ran"],
    [
      "All tests pass.",
      [[sh("npm test", 2)]],
      "claims tests pass, but tests failed with exit code 2 14:02 (npm test)",
    ],
    [
      "All tests pass.",
      [[sh("npm test | tail")]],
      "claims tests pass, but tests ran with unknown outcome 14:02 (npm test)",
    ],
    ["Fixed and verified.", [[edit()]], "claims the work was verified, but nothing ran"],
  ])("%s", (answer, turns, expected) => {
    expect(words(answer, ...turns)).toBe(expected);
  });
});
