/** What every `Store` must do, as a suite over a factory: each engine runs the same. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DurableEvent, Entry } from "../../src/core/event.ts";
import type { EntryId, SessionId } from "../../src/core/ids.ts";
import { textOf } from "../../src/core/message.ts";
import type { CallAccount, NewEntry, SessionSummary, Store } from "../../src/core/store.ts";
import { addUsage, totalTokens, zeroUsage } from "../../src/core/usage.ts";
import { titleOf } from "../../src/sessions/title.ts";
import { arbitrarySession } from "./arbitrary-session.ts";
import {
  answer,
  asRead,
  call,
  chained,
  compaction,
  entryId,
  failedAttempt,
  finished,
  nano,
  sessionId,
  sessionStarted,
  started,
  stepStarted,
  text,
  turnEnded,
  usageOf,
  user,
} from "./entries.ts";
import { describeBranches } from "./store-branches.ts";
import { foldSession, leafOf, pathOf } from "./tree.ts";

/** A place where stores can be opened, as by processes of one machine. */
export type StoreBench = {
  /** Opens the store as a process of its own that is alive until `kill`. */
  open(pid: number): Promise<Store>;
  /** The process is gone without a word: its store is not closed. */
  kill(pid: number): void;
  dispose(): Promise<void>;
};

const base = { cwd: "/home/dev/project", model: "test/model-a", mode: "ask", at: 1_700_000_000_000 } as const;
const one = sessionId(1);
const two = sessionId(2);

export function describeStore(engine: string, makeBench: () => Promise<StoreBench>): void {
  describe(`store over ${engine}`, () => {
    let bench: StoreBench;
    let store: Store;
    beforeEach(async () => {
      bench = await makeBench();
      store = await bench.open(1);
    });
    afterEach(() => bench.dispose());

    const write = async (id: typeof one, events: readonly DurableEvent[], cwd: string = base.cwd) => {
      const entries = chained(events);
      const writer = await store.create({ ...base, id, cwd });
      await writer.append(entries);
      await writer.close();
      return entries;
    };

    describe("reading back", () => {
      it("gives every entry as it was written, by seq, in pages", async () => {
        const entries = await write(one, [sessionStarted(), user("a"), answer([text("b")]), turnEnded()]);
        const expected = entries.map((entry) => asRead(one, entry));
        expect(await store.read(one, 0, 100)).toEqual(expected);
        expect(await store.read(one, 0, 2)).toEqual(expected.slice(0, 2));
        expect(await store.read(one, 6, 100)).toEqual(expected.slice(2));
        expect(await store.path(one)).toEqual(expected);
      });

      it("keeps whose entry each is", async () => {
        const [mine, theirs] = chained([sessionStarted(), user("a")]);
        if (!mine || !theirs) throw new Error("two entries");
        const writer = await store.create({ id: one, cwd: "/w", model: "test/m", mode: "ask", at: 0 });
        await writer.append([mine, { ...theirs, agent: "main/review" }]);
        await writer.close();
        expect((await store.read(one, 0, 100)).map(({ agent }) => agent)).toEqual(["main", "main/review"]);
      });

      it("has the same path as the tree in memory, after any batches, from any leaf (1,000 sessions)", async () => {
        let n = 100;
        await fc.assert(
          fc.asyncProperty(arbitrarySession, fc.array(fc.nat(7)), fc.nat(), async (entries, cuts, pick) => {
            const id = sessionId(++n);
            const writer = await store.create({ ...base, id });
            const rest = [...entries];
            for (const cut of cuts) await writer.append(rest.splice(0, cut));
            await writer.append(rest);
            await writer.close();
            const all = entries.map((entry) => asRead(id, entry));
            expect(await store.read(id, 0, 1000)).toEqual(all);
            expect(await store.path(id)).toEqual(pathOf(all));
            const leaf = all[pick % all.length]?.id ?? null;
            if (leaf !== null) expect(await store.path(id, leaf)).toEqual(pathOf(all, leaf));
            expect((await store.get(id))?.leaf).toBe(leafOf(all));
          }),
          { numRuns: 1000 },
        );
      }, 120_000);

      it("resumes to the state the whole path folds to, without the results that compaction dropped (1,000 sessions)", async () => {
        let n = 20_000;
        let lean = 0;
        const filler: DurableEvent = { type: "note", level: "info", code: "filler", text: "" };
        await fc.assert(
          fc.asyncProperty(arbitrarySession, fc.option(fc.nat()), async (entries, keep) => {
            const id = sessionId(++n);
            const writer = await store.create({ ...base, id });
            await writer.append(entries);
            // What was dropped lies so far back that nobody is shown it.
            const before = await store.path(id);
            const keptFrom = keep === null ? null : (before[keep % before.length]?.id ?? null);
            const events = [compaction({ keptFrom }), ...Array.from({ length: 210 }, () => filler)];
            const [first, ...rest] = chained(events, entries.at(-1) ?? null);
            await writer.append(first ? [{ ...first, parent: before.at(-1)?.id ?? null }, ...rest] : []);
            await writer.close();
            const pages: Entry[][] = [];
            for await (const page of store.pathToResume(id)) pages.push(page);
            const path = await store.path(id);
            const resumed = pages.flat();
            const backwards: Entry[][] = [];
            for await (const page of store.pathFromEnd(id)) backwards.push(page);
            expect(backwards.toReversed().flat()).toEqual(path);
            expect(foldSession(resumed)).toEqual(foldSession(path));
            expect(resumed.map(withoutBulk)).toEqual(path.map(withoutBulk));
            lean += resumed.filter(
              (entry) => entry.type === "tool.finished" && entry.output.length === 0,
            ).length;
          }),
          { numRuns: 1000 },
        );
        expect(lean).toBeGreaterThan(100);
      }, 240_000);

      it("gives out, of a long past, no more results than the conversation and what people are shown hold", async () => {
        const kept = chained([sessionStarted(), user("go")]);
        const writer = await store.create({ ...base, id: one });
        const events: DurableEvent[] = [];
        for (let n = 0; n < 500; n++)
          events.push(
            stepStarted(),
            answer([call(`c${n}`)]),
            started(`c${n}`),
            finished(`c${n}`, "x".repeat(1000)),
          );
        const entries = [...kept, ...chained(events, kept.at(-1) ?? null)];
        const from = entries.at(-3)?.id ?? null;
        await writer.append([
          ...entries,
          ...chained([compaction({ keptFrom: from })], entries.at(-1) ?? null),
        ]);
        await writer.close();
        let results = 0;
        let largest = 0;
        for await (const page of store.pathToResume(one)) {
          largest = Math.max(largest, page.length);
          for (const entry of page) results += entry.type === "tool.finished" ? entry.output.length : 0;
        }
        expect(results).toBeGreaterThan(0);
        expect(results).toBeLessThanOrEqual(200 / 4 + 1);
        expect(largest).toBeLessThanOrEqual(100);
      });

      it("goes on from where branch.moved went, and keeps the branch left behind", async () => {
        const writer = await store.create({ ...base, id: one });
        const first = chained([
          sessionStarted(),
          user("a"),
          answer([text("b")]),
          { type: "branch.moved", leaf: entryId(3) },
        ]);
        await writer.append(first);
        expect((await store.get(one))?.leaf).toBe(entryId(3));
        const moved = first.at(-1) ?? null;
        const next = chained([user("c")], moved).map((entry) => ({ ...entry, parent: entryId(3) }));
        await writer.append(next);
        expect((await store.path(one)).map(({ seq }) => seq)).toEqual([3, 15]);
        expect((await store.path(one, entryId(9))).map(({ seq }) => seq)).toEqual([3, 6, 9]);
      });

      it("refuses a session and an entry it does not know", async () => {
        await expect(store.read(one, 0, 1)).rejects.toMatchObject({ name: "TauError", reason: "usage" });
        await expect(store.open(one)).rejects.toMatchObject({ name: "TauError", reason: "usage" });
        await expect(store.delete(one)).rejects.toMatchObject({ name: "TauError", reason: "usage" });
        expect(await store.get(one)).toBeNull();
        await write(one, [sessionStarted()]);
        await expect(store.path(one, "nowhere" as EntryId)).rejects.toMatchObject({ reason: "usage" });
      });
    });

    describe("branches", () => {
      describeBranches(() => store);
    });

    describe("writing", () => {
      it.each<{ name: string; spoil: (entries: NewEntry[]) => NewEntry[] }>([
        {
          name: "a seq that does not rise",
          spoil: (entries) => entries.map((entry) => ({ ...entry, seq: 9 })),
        },
        {
          name: "a seq already taken",
          spoil: (entries) => entries.map((entry, i) => ({ ...entry, seq: 6 + i * 9 })),
        },
        {
          name: "a parent that is not there",
          spoil: ([first, ...rest]) => [
            ...(first ? [first] : []),
            ...rest.map((e) => ({ ...e, parent: "no" as EntryId })),
          ],
        },
        {
          name: "a leaf that is not there",
          spoil: ([first, last]) =>
            first && last ? [first, { ...last, type: "branch.moved", leaf: "no" as EntryId }] : [],
        },
        {
          name: "an id already taken",
          spoil: ([first, last]) =>
            first && last ? [first, { ...last, id: first.id, parent: first.id }] : [],
        },
      ])("keeps nothing of a batch with $name", async ({ spoil }) => {
        const writer = await store.create({ ...base, id: one });
        const before = chained([sessionStarted(), user("a")]);
        await writer.append(before);
        const summary = await store.get(one);
        const batch = spoil(chained([user("found nowhere"), answer([text("x")])], before.at(-1) ?? null));
        await expect(writer.append(batch)).rejects.toThrow();
        expect(await store.get(one)).toEqual(summary);
        expect(await store.read(one, 0, 100)).toHaveLength(2);
        expect(await store.search("nowhere", {})).toEqual([]);
        await writer.append(chained([user("b")], before.at(-1) ?? null));
        expect(await store.read(one, 0, 100)).toHaveLength(3);
      });

      it("lets one process write a session, names it to others, and lets it go on after that one closes", async () => {
        const writer = await store.create({ ...base, id: one });
        await writer.append(chained([sessionStarted()]));
        const other = await bench.open(2);
        await expect(other.open(one)).rejects.toMatchObject({
          reason: "failure",
          message: expect.stringContaining("process 1"),
        });
        await expect(other.delete(one)).rejects.toMatchObject({
          message: expect.stringContaining("process 1"),
        });
        await expect(store.open(one)).rejects.toMatchObject({
          message: expect.stringContaining("this process"),
        });
        expect(await other.read(one, 0, 10)).toHaveLength(1);
        await writer.close();
        await writer.close();
        const next = await other.open(one);
        await next.append(chained([user("a")], (await lastOf(other, one)) ?? null));
        expect(await store.read(one, 0, 10)).toHaveLength(2);
      });

      it("takes over from a dead process, and fences it off should it not have been dead", async () => {
        const writer = await store.create({ ...base, id: one });
        const entries = chained([sessionStarted()]);
        await writer.append(entries);
        const other = await bench.open(2);
        bench.kill(1);
        const heir = await other.open(one);
        const next = chained([user("from the heir")], entries.at(-1) ?? null);
        await heir.append(next);
        await expect(
          writer.append(chained([user("from the ghost")], next.at(-1) ?? null)),
        ).rejects.toMatchObject({
          reason: "failure",
          message: expect.stringContaining("took over"),
        });
        expect((await other.read(one, 0, 10)).map(({ type }) => type)).toEqual([
          "session.started",
          "user.message",
        ]);
        // The ghost's goodbye must not take the heir's right away.
        await writer.close();
        await heir.append(chained([user("still here")], next.at(-1) ?? null));
      });
    });

    describe("what calls taught", () => {
      it("is kept by model with the entry that taught it, the last word over all, and outlives its session", async () => {
        const learned = (model: string, ratio: number): CallAccount => ({
          settlement: null,
          learned: { model, calibration: { ratio, weight: 1, error: 0.1 } },
        });
        const writer = await store.create({ ...base, id: one });
        const first = chained([sessionStarted(), answer([text("a")])]);
        await writer.append(first, learned("test/a", 1.25));
        await writer.append(chained([answer([text("b")])], first.at(-1) ?? null), learned("test/a", 1.5));
        await expect(writer.append(first, learned("test/a", 9))).rejects.toThrow();
        await writer.close();
        const other = await bench.open(2);
        await other.delete(one);
        expect(await other.calibration("test/a")).toEqual({ ratio: 1.5, weight: 1, error: 0.1 });
        expect(await other.calibration("test/b")).toBeNull();
      });
    });

    describe("summaries", () => {
      it("count what the entries say: failed attempts and compactions too (law usage)", async () => {
        await write(one, [
          sessionStarted("/home/dev/project"),
          user("Fix the tests. Then stop."),
          failedAttempt(usageOf(7, 3), nano(70)),
          answer([text("x")], { usage: usageOf(100, 10), cost: nano(1000) }),
          answer([text("y")], { usage: usageOf(1, 1), cost: null }),
          compaction({ usage: usageOf(50, 5), cost: nano(500) }),
          user("careful", "steer"),
          user("more"),
          turnEnded(),
        ]);
        expect(await store.get(one)).toEqual({
          id: one,
          title: "Fix the tests",
          cwd: "/home/dev/project",
          branch: null,
          model: "test/model-a",
          mode: "ask",
          createdAt: base.at,
          updatedAt: base.at + 27_000,
          leaf: entryId(27),
          lastSeq: 27,
          turns: 2,
          usage: usageOf(158, 19),
          cost: 1570,
          unpricedCalls: 1,
        });
      });

      it("are the fold of the entries, whatever those are and in whatever batches they came (1,000 sessions)", async () => {
        let n = 5000;
        const more = fc.array(
          fc.constantFrom<DurableEvent>(
            { type: "session.titled", title: "Given" },
            answer([text("unpriced")], { cost: null }),
            failedAttempt(usageOf(0, 0), null),
            failedAttempt(usageOf(3, 0), null),
            compaction({ model: null, usage: zeroUsage, cost: nano(0) }),
            { ...stepStarted(), model: "test/model-b" },
            user("And then?"),
          ),
          { maxLength: 6 },
        );
        await fc.assert(
          fc.asyncProperty(arbitrarySession, more, fc.array(fc.nat(7)), async (some, events, cuts) => {
            const id = sessionId(++n);
            const leaf = leafOf(some.map((entry) => asRead(id, entry)));
            const [first, ...others] = chained(events, some.at(-1) ?? null);
            const entries = [...some, ...(first ? [{ ...first, parent: leaf }, ...others] : [])];
            const writer = await store.create({ ...base, id });
            const rest = [...entries];
            for (const cut of cuts) await writer.append(rest.splice(0, cut));
            await writer.append(rest);
            await writer.close();
            const { project: _, ...summary } = { project: null, ...(await store.get(id)) };
            expect(summary).toEqual(summed(id, entries));
          }),
          { numRuns: 1000 },
        );
      }, 120_000);

      it("take a given title over the first prompt's, and the last given one over all", async () => {
        await write(one, [
          sessionStarted(),
          user("first"),
          { type: "session.titled", title: "Mine" },
          user("second"),
        ]);
        expect((await store.get(one))?.title).toBe("Mine");
      });

      it("list newest first, by project, by the beginning of an id, to a limit", async () => {
        await write(one, [sessionStarted()]);
        await write(two, [sessionStarted("/elsewhere"), user("later")], "/elsewhere");
        const ids = async (filter: Parameters<Store["list"]>[0]) =>
          (await store.list(filter)).map(({ id }) => id);
        expect(await ids({})).toEqual([two, one]);
        expect(await ids({ limit: 1 })).toEqual([two]);
        expect(await ids({ cwd: base.cwd })).toEqual([one]);
        expect(await ids({ idPrefix: one.slice(0, 13).toUpperCase() })).toEqual([one]);
        expect(await ids({ idPrefix: one.slice(0, 8) })).toEqual([two, one]);
        expect(await ids({ idPrefix: "%" })).toEqual([]);
      });
    });

    describe("search", () => {
      beforeEach(async () => {
        await write(one, [
          sessionStarted(),
          user("Why does the Überlauf counter break?"),
          user("never to be found: zebra", "reminder"),
          answer([text("Because readFileSync is 中文搜索 slow. ".repeat(3))]),
          started("a"),
          finished("a", "haystack"),
          { type: "session.titled", title: "Counter hunt" },
        ]);
        await write(two, [sessionStarted("/elsewhere"), user("another counter")], "/elsewhere");
      });

      it.each([
        ["a word of a prompt", "break", ["user.message"]],
        ["in any case and without accents", "ueberlauf UBERLAUF".split(" ")[1] ?? "", ["user.message"]],
        ["the beginning of a word", "readFile", ["assistant.message"]],
        ["what a tool was asked to do", "bash run", ["tool.started"]],
        ["a title", "hunt", ["session.titled"]],
        ["words inside text without spaces", "搜索", ["assistant.message"]],
        ["all words, not any", "counter zebra", []],
        ["not reminders", "zebra", []],
        ["not tool output", "haystack", []],
        ["nothing for nothing", "  ", []],
      ])("finds %s", async (_, query, types) => {
        expect((await store.search(query, {})).map(({ type }) => type)).toEqual(types);
      });

      it("shows where, cut around the words, as written", async () => {
        const [hit] = await store.search("搜索", {});
        expect(hit).toMatchObject({ session: { id: one, title: "Counter hunt" }, entryId: entryId(12) });
        expect(hit?.snippet).toContain("readFileSync is 中文搜索 slow.");
      });

      it("keeps to a project and a limit", async () => {
        expect(await store.search("counter", {})).toHaveLength(3);
        expect(await store.search("counter", { limit: 1 })).toHaveLength(1);
        const hits = await store.search("counter", { cwd: "/elsewhere" });
        expect(hits.map(({ session }) => session.id)).toEqual([two]);
      });

      it("takes any text for a query (1,000 texts)", async () => {
        const hostile = fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.string({
            unit: fc.constantFrom('"', "*", "(", ")", "NEAR", "AND", " ", "^", ":", "-", "a", "'", "\0"),
          }),
        );
        await fc.assert(
          fc.asyncProperty(hostile, async (query) => {
            expect(Array.isArray(await store.search(query, {}))).toBe(true);
          }),
          { numRuns: 1000 },
        );
      }, 120_000);
    });

    describe("recent calls", () => {
      it("are those of the folder's sessions, newest first, to a limit", async () => {
        const call = (command: string) => ({ ...started(command), input: { command } });
        await write(one, [sessionStarted("/here"), call("a"), finished("a"), call("b")], "/here");
        await write(two, [sessionStarted("/elsewhere"), call("c")], "/elsewhere");
        const calls = ["b", "a"].map((command) => ({ name: "bash", input: { command } }));
        expect(await store.recentCalls("/here", 10)).toEqual(calls);
        expect(await store.recentCalls("/here", 1)).toEqual(calls.slice(0, 1));
        expect(await store.recentCalls("/nowhere", 10)).toEqual([]);
      });
    });

    describe("deleting", () => {
      it("takes entries and words, leaves the other sessions, and frees the id", async () => {
        await write(one, [sessionStarted(), user("counter one"), answer([text("x")])]);
        await write(two, [sessionStarted(), user("counter two")]);
        await store.delete(one);
        expect(await store.get(one)).toBeNull();
        expect(await store.list({})).toHaveLength(1);
        expect((await store.search("counter", {})).map(({ session }) => session.id)).toEqual([two]);
        await write(one, [sessionStarted()]);
        expect(await store.read(one, 0, 10)).toHaveLength(1);
      });
    });
  });
}

/** An entry but for what a resumed session may go without. */
function withoutBulk(entry: Entry): Entry {
  return entry.type === "tool.finished" ? { ...entry, output: [], display: [] } : entry;
}

async function lastOf(store: Store, id: typeof one): Promise<NewEntry | undefined> {
  return (await store.read(id, 0, 1000)).at(-1);
}

/** Written apart from the store on purpose: a second opinion on what entries come to. */
function summed(id: SessionId, entries: readonly NewEntry[]): Omit<SessionSummary, "project"> {
  const of = <Type extends NewEntry["type"]>(type: Type) =>
    entries.filter((entry): entry is Extract<NewEntry, { type: Type }> => entry.type === type);
  const prompts = of("user.message").filter(({ origin }) => origin === "prompt");
  const spoken = prompts.map(({ parts }) => titleOf(textOf(parts))).find((title) => title !== null);
  let usage = zeroUsage;
  let cost = 0;
  let unpricedCalls = 0;
  for (const entry of entries) {
    if (!("usage" in entry) || entry.type === "turn.ended") continue;
    usage = addUsage(usage, entry.usage);
    cost += entry.cost ?? 0;
    const free = entry.type !== "assistant.message" && totalTokens(entry.usage) === 0;
    if (entry.cost === null && !free) unpricedCalls += 1;
  }
  return {
    id,
    title: of("session.titled").at(-1)?.title ?? spoken ?? null,
    cwd: of("session.started").at(-1)?.cwd ?? base.cwd,
    branch: of("session.started").at(-1)?.branch ?? null,
    model: of("step.started").at(-1)?.model ?? of("session.started").at(-1)?.model ?? base.model,
    mode: of("session.started").at(-1)?.mode ?? base.mode,
    createdAt: base.at,
    updatedAt: Math.max(base.at, ...entries.map(({ at }) => at)),
    leaf: leafOf(entries.map((entry) => asRead(id, entry))),
    lastSeq: entries.at(-1)?.seq ?? 0,
    turns: prompts.length,
    usage,
    cost: nano(cost),
    unpricedCalls,
  };
}
