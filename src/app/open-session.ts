/** Puts the parts of one session together. */
import type { Approver } from "../agent/approval.ts";
import { compactNow, undoCompaction } from "../agent/compaction/manual.ts";
import { previewCompaction } from "../agent/compaction/preview.ts";
import { budgetGate, capsOf } from "../agent/gate.ts";
import { oneAtATime } from "../agent/one-at-a-time.ts";
import { Redaction } from "../agent/redaction.ts";
import { retell } from "../agent/retell.ts";
import type { AgentRun } from "../agent/run.ts";
import { runSettings } from "../agent/run-settings.ts";
import { sleep } from "../agent/timing.ts";
import { runTurn } from "../agent/turn.ts";
import { verify } from "../agent/verify.ts";
import { windowContents } from "../agent/window-contents.ts";
import { ignoredNotes } from "../config/load.ts";
import type { DurableEvent } from "../core/event.ts";
import type { RandomBytes } from "../core/ids.ts";
import { dayOf } from "../meter/calendar.ts";
import { findSession, latestSession } from "../sessions/choose.ts";
import { branchesOf, moveTo } from "./branches.ts";
import { cutOffText } from "./checkpoint-store.ts";
import { openCheckpoints } from "./checkpoints.ts";
import type { OpenSession, SessionChoice } from "./contract.ts";
import { sessionHands } from "./hands.ts";
import { openHistory } from "./history.ts";
import { jobsOf } from "./jobs.ts";
import { chosenTargets, seatOf, targetsOf } from "./models.ts";
import { modelOf, modeOf } from "./opening.ts";
import type { Parts } from "./parts.ts";
import { permissionsOf } from "./permissions.ts";
import { sessionRules } from "./session-rules.ts";
import { sessionServers } from "./session-servers.ts";
import { standOn } from "./standing.ts";
import { openWorkshop } from "./workshop.ts";

/** Opens a new session or goes on with one; see {@link OpenSession}. */
export async function openSession(
  parts: Parts,
  choice: SessionChoice,
  approver: Approver | null,
): Promise<OpenSession> {
  const { options, root, ledger, egress, ids } = parts;
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
  const workshop = openWorkshop(parts, session);
  const { host, shell, environment, reaped } = workshop;
  const redaction = new Redaction(parts.redact);
  const checkpoints = openCheckpoints(parts, session);
  const ground = { parts, session, workshop, redaction, at };
  const mcp = await sessionServers(parts, id);
  const first = { targets, effort: settings.effort ?? null };
  let standing = await standOn(ground, history.past, first, mcp.tools());
  const warnings = [
    ...ignoredNotes(parts.settings),
    ...[opened, ...targets].flatMap(({ warning }) => warning ?? []),
    ...targets.flatMap(({ connectionWarnings }) => connectionWarnings ?? []),
    ...mcp.news(),
    ...[(await cutOffText(parts.paths, root)) ?? []].flat(),
  ];
  const notes = warnings.map((text) => warningNote("opening", text));
  const reaping = reaped.then(({ problems }) => {
    notes.push(...problems.map((text) => warningNote("leftovers", text)));
  });

  const runId = ids.turn();
  const keys = () => ({ runId, sessionId: session.id, project: root, day: dayOf(now(), options.utcOffset) });
  const base: Omit<AgentRun, "signal"> = {
    ...standing.run,
    session,
    permissions,
    approver,
    gate: budgetGate(budgets, keys, capsOf(settings.budgets), now),
    breakers: parts.breakers,
    checkpoints: checkpoints.loop,
    cwd,
    settings: runSettings(settings),
    reader: parts.reader,
    redaction,
    async newTools(signal) {
      await mcp.catchUp(signal);
      const changed = standing.invite(mcp.tools());
      return [...standing.events.splice(0), ...mcp.notes(changed)];
    },
    verify: (command, signal) => verify(host, { shell, command, cwd, environment }, signal),
    now,
    random: () => fraction(options.random),
    sleep,
  };
  const { alone, between } = oneAtATime(base, history.opening, () => [
    ...standing.events.splice(0),
    ...notes.splice(0),
  ]);
  const hands = sessionHands(base, workshop);
  const open: OpenSession = {
    id: session.id,
    get seesImages() {
      return hands.seesImages;
    },
    attach: hands.attach,
    runCommand: hands.runCommand,
    noteRemembered: hands.noteRemembered,
    expandCommand: hands.expandCommand,
    attachResource: (wish, signal) => mcp.attach(base, wish, signal),
    serverPrompt: (command, argument, signal) => mcp.prompt(base, command, argument, signal),
    get model() {
      return base.lineup.next.target.upstream.name;
    },
    get effort() {
      return base.lineup.next.effort;
    },
    get efforts() {
      return base.lineup.next.target.info.reasoning?.efforts ?? [];
    },
    get mode() {
      return permissions.mode;
    },
    get tools() {
      return base.toolbox.specs.map((tool) => tool.name);
    },
    get contextWindow() {
      return base.lineup.next.target.info.contextWindow;
    },
    warnings,
    get queue() {
      return base.queue;
    },
    jobs: jobsOf(host),
    rules: sessionRules(parts, permissions, () => base.toolbox),
    setMode(next) {
      permissions.mode = next;
    },
    async setModel(name) {
      base.lineup.wish(await seatOf(parts, await chosenTargets(parts, name), standing.fixed()));
    },
    async moneyLeft() {
      const caps = capsOf(settings.budgets);
      return caps.length > 0 ? (await budgets.headroom(keys(), caps)).cost : null;
    },
    setEffort: (effort) => base.lineup.wishEffort(effort),
    contacts: () => egress.contacts(contactsBefore),
    history: () => ledger.store.pathToResume(session.id),
    transcript: () => ledger.store.pathFromEnd(session.id),
    leavePlan: (proposal) => session.commitAside({ type: "plan.decided", proposal, answer: "left" }),
    async *run(input) {
      await mcp.settle(input.signal);
      const changed = standing.invite(mcp.tools());
      Object.assign(base, standing.run);
      notes.push(...mcp.notes(changed));
      return yield* alone(input.signal, (run) =>
        retell(runTurn(run, input), (event) => {
          // The model's answer takes a while: what the first command would wait for is read meanwhile.
          if (event.type === "step.started" && permissions.mode !== "plan") checkpoints.loop.readAhead();
          // A plan's commands are judged when it is offered.
          if (event.type === "step.started" && permissions.mode === "plan") void parts.reader.ready();
          if (event.type === "tool.input.delta") workshop.warm(base.toolbox, event.name);
          return [];
        }),
      );
    },
    compact: ({ focus, signal }) => alone(signal, (run) => session.told(compactNow(run, focus ?? null))),
    previewCompaction: (focus) => previewCompaction(base, focus ?? null),
    undoCompaction: () =>
      alone(unstopped(), async function* (run) {
        return yield* session.told(undoCompaction(run, () => ledger.store.path(session.id)));
      }),
    windowContents: () => windowContents(base),
    evict: (pieces) =>
      alone(unstopped(), async function* (run) {
        const { evict } = await import("../agent/compaction/evict.ts");
        return yield* session.told(evict(run, pieces));
      }),
    putBack: (eviction) =>
      alone(unstopped(), async function* (run) {
        const { putBack } = await import("../agent/compaction/evict.ts");
        const undone = yield* session.told(putBack(run, eviction, () => ledger.store.path(session.id)));
        return undone !== null;
      }),
    ...branchesOf(parts, session),
    move: (target) =>
      between(async () => {
        const { moved, past } = await moveTo(parts, session, target);
        const { target: model, effort } = base.lineup.next;
        const again = { targets: await targetsOf(parts, model.upstream.name), effort };
        standing = await standOn(ground, past, again, mcp.tools());
        Object.assign(base, standing.run);
        return moved;
      }),
    previewFiles: (wish) => between(() => checkpoints.previewFiles(wish)),
    diffFiles: (wish) => between(() => checkpoints.diffFiles(wish)),
    restoreFiles: (wish, conflicts) => between(() => checkpoints.restoreFiles(wish, conflicts)),
    endCommands: () => host.close(),
    async close() {
      parts.open.delete(open);
      await reaping;
      await host.close();
      await checkpoints.close();
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

/** Of what is done in a moment. */
const unstopped = (): AbortSignal => new AbortController().signal;

const warningNote = (code: string, text: string): DurableEvent => ({
  type: "note",
  level: "warning",
  code,
  text,
});

/** Uniform in [0, 1). */
const fraction = (random: RandomBytes): number =>
  random(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;
