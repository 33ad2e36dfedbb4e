import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DurableEvent } from "../../src/core/event.ts";
import type { EntryId, TurnId } from "../../src/core/ids.ts";
import type { NewEntry, SessionSummary, Store } from "../../src/core/store.ts";
import { exportJsonl, exportMarkdown } from "../../src/sessions/export.ts";
import { importJsonl } from "../../src/sessions/import.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import {
  answer,
  call,
  finished,
  sessionId,
  sessionStarted,
  started,
  text,
  turnEnded,
  user,
} from "../support/entries.ts";

let directory: string;
let stores: Store[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tau-export-"));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(directory, { recursive: true });
});

async function openStore(name: string): Promise<Store> {
  const { store } = await openLedger({
    path: join(directory, name),
    now: () => 0,
    processInfo: { pid: 1, startedAt: "s", host: "here", isAlive: () => true },
  });
  stores.push(store);
  return store;
}

/** Ids as the schema of events wants them. */
const uuid = (n: number) => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

const placed = (events: readonly DurableEvent[]): NewEntry[] =>
  events.map((event, n) => ({
    id: uuid(n + 1) as EntryId,
    parent: n === 0 ? null : (uuid(n) as EntryId),
    seq: n + 1,
    at: 1_700_000_000_000 + n,
    turnId: uuid(0) as TurnId,
    agent: "main",
    ...event,
  }));

const id = sessionId(1);

async function write(store: Store, events: readonly DurableEvent[]): Promise<SessionSummary> {
  const writer = await store.create({ id, cwd: "/w", model: "test/m", mode: "ask", at: 1_700_000_000_000 });
  await writer.append(placed(events));
  await writer.close();
  const summary = await store.get(id);
  if (summary === null) throw new Error("it was just written");
  return summary;
}

async function collect(pieces: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const piece of pieces) whole += piece;
  return whole;
}

async function* linesOf(whole: string): AsyncGenerator<string> {
  yield* whole.split("\n");
}

const small: DurableEvent[] = [
  sessionStarted("/w"),
  user("Count the `a`s"),
  user("internal", "reminder"),
  answer([{ type: "reasoning", text: "secret thoughts" }, text("Counting."), call("c")]),
  started("c"),
  finished("c", "has ``` inside", "error"),
  user("quickly", "steer"),
  answer([text("Thr")], {
    end: { reason: "error", error: { code: "network", message: "the line went dead" } },
  }),
  turnEnded(),
];

describe("JSON lines", () => {
  it("read back give the same session, also one of many pages", async () => {
    const from = await openStore("from.db");
    const to = await openStore("to.db");
    const many = Array.from({ length: 1000 }, (_, n) => answer([text(`answer ${n}`)]));
    const summary = await write(from, [...small.slice(0, 2), ...many]);
    const file = await collect(exportJsonl(summary, from));
    expect(file.split("\n")).toHaveLength(1 + 1002 + 1);
    expect(JSON.parse(file.split("\n")[0] ?? "")).toEqual({
      type: "tau.session",
      version: 1,
      session: summary,
    });
    expect(await importJsonl(linesOf(file), to)).toEqual(summary);
    expect(await to.get(id)).toEqual(summary);
    expect(await to.read(id, 0, 5000)).toEqual(await from.read(id, 0, 5000));
    await expect(importJsonl(linesOf(file), to)).rejects.toMatchObject({
      message: expect.stringContaining("already"),
    });
  });

  it("written before lines named their agent are read as the main agent's", async () => {
    const from = await openStore("from.db");
    const to = await openStore("to.db");
    const file = await collect(exportJsonl(await write(from, small), from));
    const older = file.replaceAll(',"agent":"main"', "");
    expect(older).not.toContain("agent");
    await importJsonl(linesOf(older), to);
    expect(await to.read(id, 0, 100)).toEqual(await from.read(id, 0, 100));
  });

  it.each([
    ["cut off in a line", (file: string) => file.slice(0, -10), /Line 10 .*not JSON/],
    [
      "with a line of another shape",
      (file: string) => file.replace('"seq":3', '"seq":"three"'),
      /Line 4 .*not what Tau exports/,
    ],
    [
      "cut off between two lines",
      (file: string) => file.split("\n").slice(0, -3).join("\n"),
      /ends at entry 7, .* has 9/,
    ],
    [
      "with a line twice",
      (file: string) => file.replace(/^(.*"seq":3.*\n)/m, "$1$1"),
      /Line 5 .*seq 3 does not come after 3/,
    ],
    [
      "with a line left out",
      (file: string) => file.replace(/^.*"seq":3.*\n/m, ""),
      /Line 4 .*parent .* is not before it/,
    ],
    [
      "with a line of another session",
      (file: string) => file.replace(/^(.*"seq":3,.*"sessionId":")[^"]+/m, `$1${sessionId(7)}`),
      /Line 4 .*another session/,
    ],
    [
      "with a cost that was changed",
      (file: string) => file.replace('"cost":1000,"model"', '"cost":1,"model"'),
      /do not come to/,
    ],
    ["of something else", () => '{"type":"session_meta"}', /Line 1 .*not what Tau exports/],
    ["empty", () => "", /empty/],
  ])("%s are refused, and nothing is kept", async (_, spoil, message) => {
    const from = await openStore("from.db");
    const to = await openStore("to.db");
    const file = await collect(exportJsonl(await write(from, small), from));
    await expect(importJsonl(linesOf(spoil(file)), to)).rejects.toMatchObject({
      name: "TauError",
      reason: "usage",
      message: expect.stringMatching(message),
    });
    expect(await to.list({})).toEqual([]);
  });
});

it("a session that is deleted and imported again costs what it cost", async () => {
  const { store, database } = await openLedger({
    path: join(directory, "twice.db"),
    now: () => 0,
    processInfo: { pid: 1, startedAt: "s", host: "here", isAlive: () => true },
  });
  stores.push(store);
  const summary = await write(store, small);
  const file = await collect(exportJsonl(summary, store));
  const calls = () => database.sql.prepare("SELECT count(*) AS n, sum(cost) AS cost FROM calls").get();
  const before = calls();
  await store.delete(id);
  expect(calls()).toEqual(before);
  await importJsonl(linesOf(file), store);
  expect(calls()).toEqual(before);
  expect(await store.search("Count", {})).toHaveLength(2);
  await (await store.open(id)).close();
});

describe("Markdown", () => {
  it("says what was said and done, and keeps fences whole", async () => {
    const store = await openStore("from.db");
    expect(await collect(exportMarkdown(await write(store, small), store))).toBe(`# Count the as

- Session: \`${id}\`
- Folder: \`/w\`
- Model: \`test/model-a\`
- Began: 2023-11-14T22:13:20.000Z
- Used: 200 tokens in, 20 out, $0.0000

## User

Count the \`a\`s

## Assistant (test/model-a)

Counting.

**bash** \`run c\`

*error*

\`\`\`\`text
has \`\`\` inside
\`\`\`\`

## User (steer)

quickly

## Assistant (test/model-a)

Thr

*Cut off: the line went dead.*
`);
  });
});
