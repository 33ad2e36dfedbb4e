/** Goes back and forth in a session and forks it until it is killed, printing what was moved to once it is committed. */
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { idSource, type SessionId } from "../../../src/core/ids.ts";
import { amend, type Stamps } from "../../../src/sessions/amend.ts";
import { forkSession } from "../../../src/sessions/fork.ts";
import { openLedger } from "../../../src/sessions/ledger.ts";
import { planMove } from "../../../src/sessions/move.ts";
import { thisProcess } from "../../../src/sessions/process.ts";

const { path, session: id } = JSON.parse(process.argv[2] ?? "") as { path: string; session: SessionId };
const { store } = await openLedger({ path, now: Date.now, processInfo: thisProcess() });
const stamps: Stamps = { ids: idSource(Date.now, randomBytes), now: Date.now };

for (let n = 0; ; n++) {
  const { points } = await store.tree(id, 100);
  const point = points[n % points.length];
  if (!point) throw new Error("the session has no prompts");
  const target = n % 3 === 0 ? { after: point.end } : { before: point.id };
  const { events } = await planMove(store, id, target);
  await amend(store, stamps, id, events);
  const session = await store.get(id);
  if (!session) throw new Error("the session is gone");
  const fork =
    n % 4 === 3 ? await forkSession(store, stamps, { session, id: stamps.ids.session(), title: null }) : null;
  writeSync(1, `${JSON.stringify({ lastSeq: session.lastSeq, fork: fork?.id ?? null })}\n`);
}
