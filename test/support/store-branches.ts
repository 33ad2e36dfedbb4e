/** What every `Store` must do with branches: moves, trees of prompts, forks. Part of the conformance suite. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Session } from "../../src/agent/session.ts";
import type { Entry } from "../../src/core/event.ts";
import { type EntryId, type Ids, idSource } from "../../src/core/ids.ts";
import type { Store, TreePoint } from "../../src/core/store.ts";
import { callOf } from "../../src/sessions/calls.ts";
import { forkSession } from "../../src/sessions/fork.ts";
import { leftBehind, planMove } from "../../src/sessions/move.ts";
import { arbitrarySession } from "./arbitrary-session.ts";
import { asRead, chained, entryId, sessionId, sessionStarted, stepStarted } from "./entries.ts";
import { readLine } from "./read-line.ts";
import { foldSession, pathOf } from "./tree.ts";

const base = { cwd: "/home/dev/project", model: "test/model-a", mode: "ask", at: 1_700_000_000_000 } as const;

/** Ids that differ from one another and from those of `chained`. */
const ids = (): Ids => {
  let time = base.at;
  return idSource(
    () => ++time,
    (size) => new Uint8Array(size),
  );
};

/** A path that leads through a move to another branch, and through a label of a point there. */
const namingOtherBranches = chained([
  sessionStarted(),
  stepStarted(),
  { type: "branch.moved", leaf: entryId(3) },
  { type: "branch.moved", leaf: entryId(6) },
  { type: "branch.moved", leaf: entryId(12) },
  { type: "point.labelled", entry: entryId(6), label: "there" },
]);

export function describeBranches(storeOf: () => Store): void {
  it("goes on from any point as a session that only ever had that path (1,000 sessions)", async () => {
    const store = storeOf();
    let n = 30_000;
    await fc.assert(
      fc.asyncProperty(arbitrarySession, fc.nat(), fc.boolean(), async (entries, pick, before) => {
        const id = sessionId(++n);
        const writer = await store.create({ ...base, id });
        await writer.append(entries);
        const all = entries.map((entry) => asRead(id, entry));
        const session = new Session(writer, ids(), () => 1, {
          lastSeq: entries.at(-1)?.seq ?? 0,
          titled: false,
        });
        await session.load(() => store.pathToResume(id));
        const chosen = all[pick % all.length];
        if (chosen === undefined || (before && chosen.parent === null)) return writer.close();
        const trees = [await store.tree(id, 1000)];
        const move = await planMove(store, id, before ? { before: chosen.id } : { after: chosen.id });
        const recorded = await session.commitAnew(move.events, () => store.pathToResume(id));
        trees.push(await store.tree(id, 1000));
        const path = pathOf([...all, ...recorded]);
        // Nothing was deleted, and the path leads there.
        expect((await store.read(id, 0, 1000)).slice(0, all.length)).toEqual(all);
        expect(await store.path(id)).toEqual(path);
        expect(path.some((entry) => entry.id === (before ? chosen.parent : chosen.id))).toBe(true);
        // As if it had never been elsewhere: no state of the branch that was left remains.
        expect(session.state.state()).toEqual(foldSession(path));
        const fresh = new Session(writer, ids(), () => 1, { lastSeq: 0, titled: false });
        await fresh.load(async function* () {
          yield path;
        });
        const held = (one: Session) => ({
          said: one.said,
          touched: one.touched.lists(),
          evidence: one.evidence.evidence("all tests pass", readLine),
          callIds: ["call_0", "call_1", "toolu_a"].map((wanted) => one.callIds.unique(wanted, new Set())),
        });
        expect(held(session)).toEqual(held(fresh));
        // What comes next hangs there, whoever reads it.
        const [next] = await session.commit({ type: "note", level: "info", code: "x", text: "on" });
        expect(next?.parent).toBe(path.at(-1)?.id ?? null);
        expect((await store.path(id)).at(-1)?.id).toBe(next?.id);
        await writer.close();
        // Money: nothing that was spent is gone.
        const spent = (await store.get(id))?.cost ?? 0;
        expect(spent).toBe(all.reduce((sum, entry) => sum + (callOf(entry)?.cost ?? 0), 0));
        const [was, is] = trees;
        if (was && is) {
          const left = leftBehind(was, is);
          expect(left.prompts).toBe(
            was.points.filter(({ id: at, current }) => current && !path.some((entry) => entry.id === at))
              .length,
          );
        }
      }),
      { numRuns: 1000 },
    );
  }, 240_000);

  it("draws the tree of prompts as one walked over the entries (1,000 sessions)", async () => {
    const store = storeOf();
    let n = 40_000;
    await fc.assert(
      fc.asyncProperty(arbitrarySession, async (entries) => {
        const id = sessionId(++n);
        const writer = await store.create({ ...base, id });
        await writer.append(entries);
        await writer.close();
        const all = entries.map((entry) => asRead(id, entry));
        const { points, left } = await store.tree(id, 1000);
        expect(left).toBe(0);
        expect(points.map(({ label, changed, text, at, end, ...point }) => point)).toEqual(walked(all));
        for (const point of points) {
          // Going behind a point keeps it on the path, and no later prompt of its branch.
          const path = pathOf(all, point.end).map((entry) => entry.id);
          expect(path).toContain(point.id);
          expect(points.filter(({ id: other }) => path.includes(other)).at(-1)?.id).toBe(point.id);
        }
        const few = await store.tree(id, 2);
        expect(few.points.map(({ id: one }) => one)).toEqual(points.slice(-2).map(({ id: one }) => one));
        expect(few.left).toBe(Math.max(0, points.length - 2));
      }),
      { numRuns: 1000 },
    );
  }, 240_000);

  it("forks into a session with the same conversation, nothing spent, and nothing shared (500 sessions)", async () => {
    const store = storeOf();
    const make = ids();
    let n = 50_000;
    await fc.assert(
      fc.asyncProperty(arbitrarySession, async (entries) => {
        const id = sessionId(++n);
        const writer = await store.create({ ...base, id });
        await writer.append(entries);
        await writer.close();
        const session = await store.get(id);
        if (session === null) throw new Error("it was just written");
        const fork = await forkSession(
          store,
          { ids: make, now: () => 5 },
          { session, id: make.session(), title: "Other way" },
        );
        const original = await store.path(id);
        const copy = await store.path(fork.id);
        expect(foldSession(copy)).toEqual({ ...foldSession(original), waiting: [] });
        expect(copy.slice(0, original.length).map((entry) => entry.id)).toEqual(original.map((e) => e.id));
        expect(fork).toMatchObject({ title: "Other way", cost: 0, unpricedCalls: 0 });
        expect(copy[0]).toMatchObject({
          type: "session.started",
          forkedFrom: { sessionId: id, entryId: session.leaf },
        });
        await store.delete(id);
        expect(await store.path(fork.id)).toEqual(copy);
        await store.delete(fork.id);
      }),
      { numRuns: 500, examples: [[namingOtherBranches]] },
    );
  }, 240_000);
}

/** Written apart from the store on purpose. */
function walked(all: readonly Entry[]): Omit<TreePoint, "label" | "changed" | "text" | "at" | "end">[] {
  const byId = new Map(all.map((entry) => [entry.id, entry]));
  const path = new Set(pathOf(all).map(({ id }) => id));
  const isPrompt = (entry: Entry) => entry.type === "user.message" && entry.origin === "prompt";
  const promptBefore = (from: EntryId | null): EntryId | null => {
    for (let id = from; id !== null; ) {
      const entry = byId.get(id);
      if (!entry) return null;
      if (isPrompt(entry)) return entry.id;
      id = entry.parent;
    }
    return null;
  };
  return all.filter(isPrompt).map(({ id, parent, turnId }) => ({
    id,
    before: parent,
    turn: turnId,
    parent: promptBefore(parent),
    current: path.has(id),
    cost: all.reduce(
      (sum, entry) => sum + (promptBefore(entry.id) === id ? (callOf(entry)?.cost ?? 0) : 0),
      0,
    ) as TreePoint["cost"],
  }));
}
