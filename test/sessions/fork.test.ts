import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { idSource, type TurnId } from "../../src/core/ids.ts";
import { follow } from "../../src/sessions/amend.ts";
import { exportJsonl } from "../../src/sessions/export.ts";
import { forkSession, forkTitle } from "../../src/sessions/fork.ts";
import { importJsonl } from "../../src/sessions/import.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { answer, nano, sessionId, sessionStarted, text, turnEnded, user } from "../support/entries.ts";

const random = (size: number) => new Uint8Array(size);

describe("a fork", () => {
  it("is never taken for the session that paid, when that is deleted and the fork comes back from a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tau-fork-"));
    const { store, database } = await openLedger({
      path: join(folder, "tau.db"),
      now: () => 1,
      processInfo: thisProcess(),
    });
    onTestFinished(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });
    const spent = () =>
      database.sql
        .prepare<[], { cost: number }>("SELECT sum(cost) AS cost FROM calls WHERE replayed = 0")
        .get()?.cost;
    const writer = await store.create({ id: sessionId(1), cwd: "/w", model: "test/m", mode: "ask", at: 0 });
    const events = [sessionStarted(), user("go"), answer([text("gone")], { cost: nano(700) }), turnEnded()];
    const stamps = { ids: idSource(() => 1, random), now: () => 1 };
    await writer.append(
      follow(stamps, { seq: 0, leaf: null }, events).map((entry) => ({
        ...entry,
        turnId: "0190a000-0001-7000-8000-000000000001" as TurnId,
      })),
    );
    await writer.close();
    const session = await store.get(sessionId(1));
    if (session === null) throw new Error("it was just written");
    const ids = idSource(() => 2, random);
    const fork = await forkSession(store, { ids, now: () => 3 }, { session, id: ids.session(), title: null });
    expect(fork).toMatchObject({ title: "go (fork)", cost: 0, turns: 1 });
    expect(spent()).toBe(700);
    await store.delete(session.id);
    const file: string[] = [];
    for await (const line of exportJsonl(fork, store)) file.push(line.trim());
    await store.delete(fork.id);
    expect(
      await importJsonl(
        (async function* () {
          yield* file;
        })(),
        store,
      ),
    ).toEqual(fork);
    expect(spent()).toBe(700);
  });

  it.each([
    [null, "Untitled (fork)"],
    ["Fix the tests", "Fix the tests (fork)"],
    ["Fix the tests (fork)", "Fix the tests (fork 2)"],
    ["Fix the tests (fork 9)", "Fix the tests (fork 10)"],
    ["(fork)", "(fork) (fork)"],
  ])("of %s is called %s", (title, expected) => {
    expect(forkTitle(title)).toBe(expected);
  });
});
