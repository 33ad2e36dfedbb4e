/** What a headless run said and what the ledger holds, checked on the way in. */

import type { ResultLine } from "../../../src/cli/print/json.ts";
import type { AgentEvent, Entry } from "../../../src/core/event.ts";
import { agentEventSchema, entrySchema, turnResultSchema } from "../../../src/core/event-schema.ts";
import { type Finished, runTau, type World } from "./tau.ts";

/** The lines of a `--json` run. */
export type Told = {
  init: Record<string, unknown>;
  sessionId: string;
  events: AgentEvent[];
  result: ResultLine;
};

/** Events of one type. */
export function ofType<Type extends AgentEvent["type"]>(
  events: readonly AgentEvent[],
  type: Type,
): Extract<AgentEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<AgentEvent, { type: Type }> => event.type === type);
}

/** Whether an event is an entry of the ledger. */
export const isEntry = (event: AgentEvent): event is Entry => "id" in event;

/** The events among lines of stdout; the last one may be cut off. */
export function eventsIn(stdout: string): AgentEvent[] {
  return stdout
    .slice(0, stdout.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "" && !/^\{"type":"(init|result)"/.test(line))
    .map((line) => agentEventSchema.parse(JSON.parse(line)));
}

/**
 * Reads a finished `--json` run. Throws unless the first line is `init`, the last line is the one `result`, it agrees
 * with the exit code, and everything between is an event of the published schema with rising `seq`.
 */
export function told(finished: Finished): Told {
  const lines = finished.lines();
  const [init] = lines;
  const last = lines.at(-1);
  const complain = (what: string): never => {
    throw new Error(
      `${what}\nstdout: ${finished.stdout.slice(-4000)}\nstderr: ${finished.stderr.slice(-4000)}`,
    );
  };
  if (init?.type !== "init") return complain("the first line is not init");
  if (last?.type !== "result") return complain("the last line is not the result");
  const events = eventsIn(finished.stdout);
  if (events.length !== lines.length - 2) return complain("init or result stands more than once");
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (before !== undefined && event.seq <= before.seq) return complain(`seq ${event.seq} does not rise`);
  }
  const { type: _, v: __, at: ___, sessionId, exitCode, hosts, seq, turnId, agent, ...result } = last;
  turnResultSchema.parse(result);
  if (!Array.isArray(hosts)) return complain("the result does not say which hosts were contacted");
  const before = events.at(-1);
  if (init.seq !== 0 || Number(seq) <= (before?.seq ?? 0) || turnId !== (before?.turnId ?? null))
    return complain("init or result does not stand in its place among the events");
  if (agent !== "main" || init.agent !== "main") return complain("init and result name their agent");
  if (exitCode !== finished.code)
    return complain(`exit code ${finished.code}, but the result says ${exitCode}`);
  if (sessionId !== init.sessionId) return complain("init and result name different sessions");
  return { init, sessionId: String(sessionId), events, result: last as ResultLine };
}

/** Every entry of a session, as `tau sessions export` gives them. */
export async function ledgerOf(world: World, sessionId: string): Promise<Entry[]> {
  const { code, stdout, stderr } = await runTau(world, ["sessions", "export", sessionId]);
  if (code !== 0) throw new Error(`sessions export ended with ${code}: ${stderr}`);
  const [, ...entries] = stdout.split("\n").filter(Boolean);
  return entries.map((line) => entrySchema.parse(JSON.parse(line)));
}

/** The folder's latest session. */
export async function latestSession(world: World): Promise<string> {
  const { stdout } = await runTau(world, ["sessions", "list", "--json"]);
  const [latest] = JSON.parse(stdout) as { id: string }[];
  if (latest === undefined) throw new Error("there is no session");
  return latest.id;
}

/** Waits until `found` gives something; fails with `what` after `ms`. */
export async function until<Found>(
  what: string,
  found: () => Found | null | undefined | false,
  ms = 10_000,
): Promise<Found> {
  const end = performance.now() + ms;
  for (;;) {
    const value = found();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
