/** Puts the parts of one session together. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Approver } from "../agent/approval.ts";
import { CacheWatch } from "../agent/cache-watch.ts";
import { compactNow, undoCompaction } from "../agent/compaction/manual.ts";
import { previewCompaction } from "../agent/compaction/preview.ts";
import { budgetGate, capsOf } from "../agent/gate.ts";
import { Lineup } from "../agent/lineup.ts";
import { oneAtATime } from "../agent/one-at-a-time.ts";
import { PrefixTracker } from "../agent/prefix.ts";
import { InputQueue } from "../agent/queue.ts";
import { Redaction } from "../agent/redaction.ts";
import { retell } from "../agent/retell.ts";
import type { AgentRun } from "../agent/run.ts";
import { runSettings } from "../agent/run-settings.ts";
import { openSegment } from "../agent/segment.ts";
import { sleep } from "../agent/timing.ts";
import { runTurn } from "../agent/turn.ts";
import { verify } from "../agent/verify.ts";
import { ignoredNotes } from "../config/load.ts";
import type { DurableEvent } from "../core/event.ts";
import type { RandomBytes } from "../core/ids.ts";
import { dayOf } from "../meter/calendar.ts";
import { findSession, latestSession } from "../sessions/choose.ts";
import type { OpenSession, SessionChoice } from "./contract.ts";
import { openHistory } from "./history.ts";
import { chosenTargets, seatOf, targetsOf } from "./models.ts";
import { modelOf, modeOf } from "./opening.ts";
import type { Parts } from "./parts.ts";
import { permissionsOf, sessionRules } from "./permissions.ts";
import { openWorkshop } from "./workshop.ts";

/** Opens a new session or goes on with one; see {@link OpenSession}. */
export async function openSession(
  parts: Parts,
  choice: SessionChoice,
  approver: Approver | null,
): Promise<OpenSession> {
  const { options, paths, root, ledger, transport, egress, ids } = parts;
  const { cwd, now } = options;
  const { settings } = parts.settings;
  const contactsBefore = egress.contacts();
  const resumed = await chosen(parts, choice);
  const model = modelOf(parts, resumed);
  const targets = await targetsOf(parts, model);
  const opened = modeOf(parts, resumed);
  const id = resumed?.id ?? ids.session();
  const permissions = permissionsOf(parts, id, opened.mode);
  const at = now();
  const history = await openHistory(parts, { id, resumed: resumed !== null, model, mode: opened.mode, at });
  const { session, budgets } = history;
  const { host, toolbox, recall, shell, environment, warm, reaped } = openWorkshop(parts, history);
  const redaction = new Redaction(parts.redact);
  const workplace = {
    cwd,
    root,
    platform: options.platform,
    date: dayOf(transport.replayedAt ?? at, options.utcOffset),
    isGitRepository: existsSync(join(root, ".git")),
  };
  const segment = openSegment(
    session,
    toolbox,
    workplace,
    paths.config,
    settings.contextFileBytes,
    redaction,
  );
  const warnings = [
    ...ignoredNotes(parts.settings),
    ...[opened, ...targets].flatMap(({ warning }) => warning ?? []),
    ...targets.flatMap(({ connectionWarnings }) => connectionWarnings ?? []),
  ];
  const begun = [...segment.events, ...warnings.map((text) => warningNote("opening", text))];
  const reaping = reaped.then(({ problems }) => {
    begun.push(...problems.map((text) => warningNote("leftovers", text)));
  });

  const prefix = () => ({ system: segment.system, files: segment.files, tools: toolbox.specs });
  const lineup = new Lineup(await seatOf(parts, targets, prefix()), settings.effort ?? null);
  const runId = ids.turn();
  const keys = () => ({ runId, sessionId: session.id, project: root, day: dayOf(now(), options.utcOffset) });
  const base: Omit<AgentRun, "signal"> = {
    session,
    toolbox,
    recall,
    permissions,
    approver,
    queue: new InputQueue(session, redaction),
    lineup,
    gate: budgetGate(budgets, keys, capsOf(settings.budgets), now),
    breakers: parts.breakers,
    prefix: new PrefixTracker(),
    cacheWatch: new CacheWatch((value) => redaction.data("a quotation of the prompt", value)),
    system: segment.system,
    cwd,
    settings: runSettings(settings),
    redaction,
    verify: (command, signal) => verify(host, { shell, command, cwd, environment }, signal),
    now,
    random: () => fraction(options.random),
    sleep,
  };
  const alone = oneAtATime(base, history.opening, begun);
  const open: OpenSession = {
    id: session.id,
    get model() {
      return lineup.next.target.upstream.name;
    },
    get effort() {
      return lineup.next.effort;
    },
    get efforts() {
      return lineup.next.target.info.reasoning?.efforts ?? [];
    },
    get mode() {
      return permissions.mode;
    },
    get tools() {
      return toolbox.specs.map((tool) => tool.name);
    },
    get contextWindow() {
      return lineup.next.target.info.contextWindow;
    },
    warnings,
    queue: base.queue,
    rules: sessionRules(parts, permissions, toolbox),
    setMode(next) {
      permissions.mode = next;
    },
    async setModel(name) {
      lineup.wish(await seatOf(parts, await chosenTargets(parts, name), prefix()));
    },
    setEffort: (effort) => lineup.wishEffort(effort),
    async moneyLeft() {
      const caps = capsOf(settings.budgets);
      return caps.length > 0 ? (await budgets.headroom(keys(), caps)).cost : null;
    },
    contacts: () => egress.contacts(contactsBefore),
    history: () => ledger.store.pathToResume(session.id),
    transcript: () => ledger.store.pathFromEnd(session.id),
    run: (input) =>
      alone(input.signal, (run) =>
        retell(runTurn(run, input), (event) => {
          if (event.type === "tool.input.delta") warm(event.name);
          return [];
        }),
      ),
    compact: ({ focus, signal }) => alone(signal, (run) => session.told(compactNow(run, focus ?? null))),
    previewCompaction: (focus) => previewCompaction(base, focus ?? null),
    undoCompaction: () =>
      alone(new AbortController().signal, async function* (run) {
        return yield* session.told(undoCompaction(run, () => ledger.store.path(session.id)));
      }),
    endCommands: () => host.close(),
    async close() {
      parts.open.delete(open);
      await reaping;
      await host.close();
      await session.close();
    },
  };
  parts.open.add(open);
  return open;
}

/** The session to go on with; null for a new one. */
function chosen({ ledger, options }: Parts, choice: SessionChoice) {
  if (choice.kind === "new") return null;
  if (choice.kind === "continue") return latestSession(ledger.store, options.cwd);
  return findSession(ledger.store, choice.id);
}

const warningNote = (code: string, text: string): DurableEvent => ({
  type: "note",
  level: "warning",
  code,
  text,
});

/** Uniform in [0, 1). */
const fraction = (random: RandomBytes): number =>
  random(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;
