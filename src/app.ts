/** The composition root: the only file that knows every part. Front ends get an `OpenApp` and nothing else. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Approver } from "./agent/approval.ts";
import { CacheWatch } from "./agent/cache-watch.ts";
import {
  type CompactionOutcome,
  compactNow,
  type UndoOutcome,
  undoCompaction,
} from "./agent/compaction/manual.ts";
import { type CompactionPreview, previewCompaction } from "./agent/compaction/preview.ts";
import { budgetGate, capsOf } from "./agent/gate.ts";
import { oneAtATime } from "./agent/one-at-a-time.ts";
import { openingMode } from "./agent/opening-mode.ts";
import { compileOutputSchema, type OutputSchema } from "./agent/output-schema.ts";
import { Permissions } from "./agent/permissions.ts";
import { PrefixTracker } from "./agent/prefix.ts";
import { InputQueue } from "./agent/queue.ts";
import { Redaction } from "./agent/redaction.ts";
import { retell } from "./agent/retell.ts";
import type { AgentRun, TurnInput } from "./agent/run.ts";
import { runSettings } from "./agent/run-settings.ts";
import { openSegment } from "./agent/segment.ts";
import { Session } from "./agent/session.ts";
import { openTargets } from "./agent/target.ts";
import { sleep } from "./agent/timing.ts";
import { Toolbox } from "./agent/toolbox.ts";
import { runTurn } from "./agent/turn.ts";
import { verify } from "./agent/verify.ts";
import { Window } from "./agent/window.ts";
import { saveApproval } from "./config/approvals.ts";
import { type Credentials, readCredentials } from "./config/credentials.ts";
import { ignoredNotes, type LoadedSettings, loadSettings } from "./config/load.ts";
import { type Environment, type TauPaths, tauPaths } from "./config/paths.ts";
import { projectRoot } from "./config/project.ts";
import type { Settings } from "./config/settings.ts";
import { EgressLog, type HostContact } from "./core/egress.ts";
import { messageOf, TauError } from "./core/errors.ts";
import type { AgentEvent, DurableEvent, Entry, Mode, ModelName, TurnResult } from "./core/event.ts";
import { type Clock, type Ids, idSource, type RandomBytes, type SessionId } from "./core/ids.ts";
import type { SessionSummary } from "./core/store.ts";
import { openBudgets } from "./meter/budgets.ts";
import { dayOf, type UtcOffset } from "./meter/calendar.ts";
import { replayBudgets, replayWriter } from "./meter/replay-budgets.ts";
import { approvalsSource, collectRules, ownFolderRules } from "./policy/collect.ts";
import { type Redactor, redactor } from "./policy/redactor.ts";
import { parseRule, type Rule } from "./policy/rule.ts";
import { childEnvironment } from "./policy/secrets.ts";
import { Breakers } from "./providers/breaker.ts";
import { defaultModel } from "./providers/default-model.ts";
import { knownSecrets } from "./providers/known-secrets.ts";
import { openTransport, type Transport } from "./providers/transport/open.ts";
import { asReplayed } from "./sessions/calls.ts";
import { findSession, latestSession } from "./sessions/choose.ts";
import { droppedHistory } from "./sessions/dropped.ts";
import { type Ledger, openLedger } from "./sessions/ledger.ts";
import { thisProcess } from "./sessions/process.ts";
import { filesInFacts, type SeenFile } from "./tools/file-state.ts";
import { ProcessHost } from "./tools/process/client.ts";
import { outputLimits, outputsFolder, outputsOf, sweepOutputs } from "./tools/process/outputs.ts";
import { reapOrphans } from "./tools/process/registry.ts";
import { makeRecallTool, recallName } from "./tools/recall.ts";
import { makeToolset } from "./tools/toolset.ts";

/** What a front end brings. */
export type AppOptions = {
  cwd: string;
  env: Environment;
  home: string;
  /** The strongest settings layer. */
  flags: Settings;
  /** Rules of the command line. */
  rules: { allow: readonly string[]; deny: readonly string[] };
  /** Write every exchange with a provider to this file. */
  record?: string;
  /** Answer from this recording; no network. */
  replay?: string;
  /** Limit on connecting to a provider and getting the headers of an answer. */
  networkTimeoutMs?: number;
  idleTimeoutMs?: number;
  now: Clock;
  utcOffset: UtcOffset;
  random: RandomBytes;
  version: string;
  platform: string;
  nodePath: string;
  helperPath: string;
};

/** Which session to work in. */
export type SessionChoice = { kind: "new" } | { kind: "continue" } | { kind: "resume"; id: string };

/** One turn's wishes; the app adds what it knows. */
export type RunInput = TurnInput & { signal: AbortSignal };

/** A compaction by hand. */
export type CompactionWish = { focus?: string; signal: AbortSignal };

/** An open session, as front ends see it. */
export type OpenSession = {
  readonly id: SessionId;
  readonly model: ModelName;
  readonly mode: Mode;
  readonly tools: string[];
  readonly contextWindow: number;
  /** What a person should know before the first turn; each is also a `note` of the stream. */
  readonly warnings: readonly string[];
  /** What is typed while a turn runs. */
  readonly queue: InputQueue;
  setMode(mode: Mode): void;
  /** The hosts Tau sent requests to since the session was opened; what commands contact is not seen. */
  contacts(): HostContact[];
  /** The path in pages, root first, for a front end that shows what was said last; long ago results are left out. */
  history(): AsyncIterable<readonly Entry[]>;
  /** Runs one turn; one at a time. */
  run(input: RunInput): AsyncGenerator<AgentEvent, TurnResult>;
  /**
   * Replaces all but the end of the conversation by a summary, now; `focus` is what it is to keep above all. Between
   * turns only. The outcome says why when nothing was done.
   */
  compact(wish: CompactionWish): AsyncGenerator<AgentEvent, CompactionOutcome>;
  /** What `compact` would do, without doing, asking or recording anything; null when there is nothing to compact. */
  previewCompaction(focus?: string): CompactionPreview | null;
  /** Takes the last compaction back; what was said since stays. Between turns only. */
  undoCompaction(): AsyncGenerator<AgentEvent, UndoOutcome>;
  /** Ends every command at once, whether it complies or not; none can be started any more. */
  endCommands(): Promise<void>;
  close(): Promise<void>;
};

/** The running app. */
export type OpenApp = {
  readonly settings: LoadedSettings;
  readonly paths: TauPaths;
  /** `approver` null: nobody is there to ask. */
  openSession(choice: SessionChoice, approver?: Approver | null): Promise<OpenSession>;
  /** @throws TauError `config` when the file is no usable JSON Schema. */
  outputSchema(path: string): Promise<OutputSchema>;
  close(): Promise<void>;
};

/** Reads the settings and stands the parts up; nothing is connected or spawned before it is needed. */
export async function openApp(options: AppOptions): Promise<OpenApp> {
  const { cwd, env, home, now } = options;
  if (!existsSync(cwd) || !statSync(cwd).isDirectory())
    throw new TauError("usage", `${cwd} is not a folder`, "choose one with -C");
  const paths = tauPaths(env, home);
  const root = projectRoot(cwd);
  const settings = await loadSettings(paths, root, env, options.flags);
  const rules = collectRules(settings.layers, options.rules);
  const credentials = await readCredentials(paths);
  const secrets = knownSecrets(env, credentials, settings.settings.providers ?? {});
  const redact = redactor(secrets);
  const egress = new EgressLog();
  const transport = openTransport({ ...options, redact: redact.text, contacted: egress.contacted });
  const ledger = await openLedger({ path: join(paths.data, "tau.db"), now, processInfo: thisProcess() });
  const parts: Parts = {
    options,
    paths,
    root,
    settings,
    rules,
    credentials,
    secrets,
    redact,
    transport,
    egress,
    ledger,
    ids: idSource(now, options.random),
    breakers: new Breakers(now),
    outputs: join(paths.state, outputsFolder),
    open: new Set(),
  };
  return {
    settings,
    paths,
    openSession: (choice, approver = null) => openSession(parts, choice, approver),
    async outputSchema(path) {
      let text: string;
      try {
        text = readFileSync(resolve(cwd, path), "utf8");
      } catch (error) {
        throw new TauError("config", `cannot read ${path}: ${messageOf(error)}`);
      }
      return compileOutputSchema(text, path);
    },
    async close() {
      for (const session of [...parts.open]) await session.close();
      await transport.close();
      await sweep(parts);
      await ledger.store.close();
    },
  };
}

type Parts = {
  options: AppOptions;
  paths: TauPaths;
  root: string;
  settings: LoadedSettings;
  /** Of the settings and the command line. */
  rules: readonly Rule[];
  credentials: Credentials;
  /** Every credential value Tau knows. */
  secrets: readonly string[];
  redact: Redactor;
  transport: Transport;
  egress: EgressLog;
  ledger: Ledger;
  ids: Ids;
  breakers: Breakers;
  /** Where full outputs of commands are kept, a folder a session. */
  outputs: string;
  open: Set<OpenSession>;
};

async function openSession(
  parts: Parts,
  choice: SessionChoice,
  approver: Approver | null,
): Promise<OpenSession> {
  const { options, paths, root, credentials, secrets, ledger, transport, egress, ids } = parts;
  const contactsBefore = egress.contacts();
  const { cwd, env, now } = options;
  const { settings } = parts.settings;
  const resumed = await chosen(parts, choice);
  const modelName =
    options.flags.model ??
    resumed?.model ??
    settings.model ??
    defaultModel(env, credentials, settings.providers ?? {});
  if (!modelName) {
    throw new TauError(
      "auth",
      "no model is configured and no provider key was found",
      "set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, or try --model demo/fix",
    );
  }
  const targets = await openTargets([modelName, ...(settings.fallback ?? [])], {
    env,
    credentials,
    settings,
    paths,
    fetch: transport.fetch,
    networkTimeoutMs: options.networkTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs,
    now,
    redact: parts.redact.text,
  });
  const written = parts.settings.layers.filter(({ origin }) => origin.layer !== "flags");
  const opened = openingMode({
    flag: options.flags.mode,
    session: resumed?.mode ?? null,
    settings: written.findLast((layer) => layer.settings.mode)?.settings.mode,
  });
  const { mode } = opened;
  const processDir = join(paths.state, "processes");
  const id = resumed?.id ?? ids.session();
  const spillDir = outputsOf(parts.outputs, id);
  const permissions = new Permissions(
    {
      mode,
      rules: [...ownFolderRules({ ...paths, output: spillDir }), ...parts.rules],
    },
    { cwd, projectRoot: root, home: options.home },
    async (rule) => {
      const path = await saveApproval(paths, root, rule, now);
      // Another session of this process is in the same project.
      parts.rules = [...parts.rules, parseRule(rule, "allow", approvalsSource)];
      return path;
    },
  );
  const host = new ProcessHost({
    helperPath: options.helperPath,
    nodePath: options.nodePath,
    hostId: ids.session(),
    stateDir: processDir,
    spillDir,
    env,
    now,
  });
  // What an earlier Tau left behind when it and its helper were killed at once.
  const reaping = reapOrphans(processDir);
  const shell = existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
  const environment = childEnvironment(env, settings.environment ?? [], secrets);
  const at = now();
  const replays = options.replay !== undefined;
  const budgets = replays ? replayBudgets() : openBudgets(ledger.database);
  const lease = resumed
    ? await ledger.store.open(id)
    : await ledger.store.create({ id, cwd, model: modelName, mode, at });
  const writer = replays ? replayWriter(lease, budgets) : lease;
  const lastSeq = (await ledger.store.get(id))?.lastSeq ?? 0;
  const session = new Session(writer, ids, now, lastSeq, replays ? asReplayed : undefined);
  const seen = new Map<string, SeenFile>();
  let compacted = false;
  // Only now is the path final: until the lease was taken another process could have added to it.
  if (resumed) {
    await session.load(
      () => ledger.store.pathToResume(id),
      (entry) => {
        compacted ||= entry.type === "compaction.finished";
        if (entry.type === "tool.finished")
          for (const file of filesInFacts(entry.facts)) seen.set(file.path, file);
      },
    );
  }
  const disabled = settings.disabledTools ?? [];
  const tools = makeToolset({
    host,
    shell,
    environment,
    now,
    lockPath: join(paths.state, "edit.lock"),
    disabled,
    contacted: egress.contacted,
    seen: [...seen.values()],
  });
  const recall = disabled.includes(recallName)
    ? null
    : makeRecallTool(droppedHistory(ledger.store, session.id, () => session.state, new Set([recallName])));
  // A list that grew when the session was first compacted stays as it is when it is resumed.
  const toolbox = new Toolbox(recall && compacted ? [...tools, recall] : tools);
  const opening: Entry[] =
    resumed === null
      ? await session.commit({
          type: "session.started",
          cwd,
          project: root,
          model: modelName,
          mode,
          title: null,
          version: options.version,
        })
      : [];
  const workplace = {
    cwd,
    root,
    platform: options.platform,
    date: dayOf(transport.replayedAt ?? at, options.utcOffset),
    isGitRepository: existsSync(join(root, ".git")),
  };
  const redaction = new Redaction(parts.redact);
  const segment = await openSegment(
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
  const begun: DurableEvent[] = [
    ...segment.events,
    ...warnings.map((text): DurableEvent => ({ type: "note", level: "warning", code: "opening", text })),
  ];
  const reaped = reaping.then(({ problems }) => {
    for (const text of problems) begun.push({ type: "note", level: "warning", code: "leftovers", text });
  });

  const [target] = targets;
  const runId = ids.turn();
  const keys = () => ({ runId, sessionId: session.id, project: root, day: dayOf(now(), options.utcOffset) });
  const base: Omit<AgentRun, "signal"> = {
    session,
    toolbox,
    recall,
    permissions,
    approver,
    queue: new InputQueue(session, redaction),
    targets: targets,
    gate: budgetGate(budgets, keys, capsOf(settings.budgets), now),
    breakers: parts.breakers,
    window: new Window(
      { dialect: target.dialect, model: target.info.id },
      target.info,
      { system: segment.system, files: segment.files, tools: toolbox.specs },
      await ledger.store.calibration(target.upstream.name),
    ),
    prefix: new PrefixTracker(),
    cacheWatch: new CacheWatch((value) => redaction.data("a quotation of the prompt", value)),
    system: segment.system,
    cwd,
    settings: runSettings(settings),
    redaction,
    verify: (command, signal) => verify(host, { shell, command, cwd, environment }, signal),
    now,
    random: () => (options.random(4).reduce((sum, byte) => sum * 256 + byte, 0) as number) / 2 ** 32,
    sleep,
  };
  const alone = oneAtATime(base, opening, begun);
  const open: OpenSession = {
    id: session.id,
    model: modelName,
    get mode() {
      return permissions.mode;
    },
    get tools() {
      return toolbox.specs.map((tool) => tool.name);
    },
    contextWindow: target.info.contextWindow,
    warnings,
    queue: base.queue,
    setMode(next) {
      permissions.mode = next;
    },
    contacts: () => egress.contacts(contactsBefore),
    history: () => ledger.store.pathToResume(session.id),
    run: (input) =>
      alone(input.signal, (run) =>
        retell(runTurn(run, input), (event) => {
          // The helper needs some 30 ms to stand: it has them while the command's arguments still arrive.
          if (event.type === "tool.input.delta" && event.name === "bash") host.warm();
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
      await reaped;
      await host.close();
      await session.close();
    },
  };
  parts.open.add(open);
  return open;
}

/** Housekeeping at the end of a run, when everything has been said. */
async function sweep({ outputs, ledger, options }: Parts): Promise<void> {
  const exists = async (id: string) => (await ledger.store.get(id as SessionId)) !== null;
  await sweepOutputs({ root: outputs, now: options.now, exists, limits: outputLimits });
}

/** The session to go on with; null for a new one. */
async function chosen({ ledger, options }: Parts, choice: SessionChoice): Promise<SessionSummary | null> {
  if (choice.kind === "new") return null;
  if (choice.kind === "continue") return latestSession(ledger.store, options.cwd);
  return findSession(ledger.store, choice.id);
}
