/** A run of the turn loop with fakes at its seams only: the upstreams, the tools, the clock and the person asked. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Approver } from "../../src/agent/approval.ts";
import { CacheWatch } from "../../src/agent/cache-watch.ts";
import { budgetGate } from "../../src/agent/gate.ts";
import { Lineup } from "../../src/agent/lineup.ts";
import { Permissions, type SaveRule } from "../../src/agent/permissions.ts";
import { PrefixTracker, segmentHash } from "../../src/agent/prefix.ts";
import { InputQueue } from "../../src/agent/queue.ts";
import { Redaction } from "../../src/agent/redaction.ts";
import {
  type AgentRun,
  defaultRunSettings,
  type Gate,
  type RunSettings,
  type Target,
  type TurnInput,
} from "../../src/agent/run.ts";
import { Session } from "../../src/agent/session.ts";
import { fitRequest } from "../../src/agent/target.ts";
import { Toolbox } from "../../src/agent/toolbox.ts";
import { runTurn } from "../../src/agent/turn.ts";
import { Window } from "../../src/agent/window.ts";
import { noCheckpoints } from "../../src/core/checkpoint.ts";
import type { AgentEvent, Entry } from "../../src/core/event.ts";
import { recallName } from "../../src/core/history.ts";
import { type Ids, idSource, type SessionId } from "../../src/core/ids.ts";
import type { Effort } from "../../src/core/model.ts";
import type { Mode } from "../../src/core/permission.ts";
import type { NewEntry, SessionWriter } from "../../src/core/store.ts";
import {
  type Access,
  defineTool,
  type Tool,
  type ToolContext,
  type ToolResult,
} from "../../src/core/tool.ts";
import type { TurnResult } from "../../src/core/turn.ts";
import { type Cap, openBudgets } from "../../src/meter/budgets.ts";
import type { ModelInfo } from "../../src/models/model-info.ts";
import { rateCardOf } from "../../src/models/rates.ts";
import { redactor } from "../../src/policy/redactor.ts";
import { parseRule } from "../../src/policy/rule.ts";
import { Breakers } from "../../src/providers/breaker.ts";
import { droppedHistory } from "../../src/sessions/dropped.ts";
import { openLedger } from "../../src/sessions/ledger.ts";
import { thisProcess } from "../../src/sessions/process.ts";
import { offerRecall } from "../../src/tools/offer.ts";
import { makePreparer } from "../../src/wire/handover.ts";
import { offered } from "./offered-tools.ts";
import { ScriptedUpstream } from "./scripted-upstream.ts";
import { reader } from "./shell.ts";

/** One dollar a million prompt tokens, ten a million of answer; cached reads a tenth, writes as input. */
export const testPrice = {
  ...rateCardOf({ input: 1, output: 10, cacheRead: 0.1, cacheWrite5m: 1.25 }),
  changes: [],
  serviceTiers: {},
};

/** A model that can do everything. */
export function modelInfo(more: Partial<ModelInfo> = {}): ModelInfo {
  return {
    provider: "test",
    id: "model",
    name: "Test",
    entry: "model",
    contextWindow: 200_000,
    maxInput: null,
    maxOutput: 16_000,
    capabilities: { vision: true, files: true, tools: true, structuredOutput: true, temperature: true },
    reasoning: null,
    knowledge: null,
    deprecated: false,
    price: testPrice,
    priceSource: "config",
    ...more,
  };
}

/** A tool that takes any of `path`, `text` and `n`. */
export function fakeTool(
  name: string,
  access: Access,
  run: (
    input: { path?: string | undefined; text?: string | undefined; n?: number | undefined },
    context: ToolContext,
  ) => ToolResult | string | Promise<ToolResult | string>,
): Tool {
  return defineTool({
    name,
    description: `The ${name} tool.`,
    input: z.object({
      path: z.string().optional(),
      text: z.string().optional(),
      n: z.int().optional(),
    }),
    access,
    intent: ({ path, text }, cwd) => ({
      summary: `${name} ${path ?? text ?? ""}`.trim(),
      paths: path === undefined ? [] : [join(cwd, path)],
      ...(access === "execute" && { command: text ?? "true" }),
      ...(access === "network" && { url: text ?? "https://example.com" }),
    }),
    async run(input, context) {
      const result = await run(input, context);
      return typeof result === "string"
        ? { output: result, display: [{ type: "text", text: result }] }
        : result;
    },
  });
}

/** A clock that only moves when told to, and a sleep that moves it. */
export class FakeClock {
  at = 1_790_000_000_000;
  readonly slept: number[] = [];
  readonly now = (): number => this.at;
  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) throw signal.reason;
    this.slept.push(ms);
    this.at += ms;
    // Whatever is about to happen anyway happens before the time is up.
    await eventLoopTurn();
    if (signal.aborted) throw signal.reason;
  };
}

/** Where entries go, and what budgets are kept in. */
export type Storage = {
  writer(id: SessionId): Promise<SessionWriter>;
  entries(id: SessionId): Promise<Entry[]>;
  gate(caps: readonly Cap[], now: () => number): Gate;
};

/** The ledger itself, in a folder of its own. */
export async function sqliteStorage(now: () => number): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), "tau-agent-"));
  const ledger = await openLedger({ path: join(folder, "tau.db"), now, processInfo: thisProcess() });
  onTestFinished(async () => {
    await ledger.store.close();
    rmSync(folder, { recursive: true });
  });
  return {
    writer: (id) =>
      ledger.store.create({ id, cwd: "/project", model: "test/model", mode: "full", at: now() }),
    entries: (id) => ledger.store.read(id, 0, 100_000),
    gate: (caps, clock) =>
      budgetGate(
        openBudgets(ledger.database),
        () => ({ runId: "run", sessionId: "session", project: "/project", day: "2026-11-24" }),
        caps,
        clock,
      ),
  };
}

/** Entries in memory, copied as a file would; a gate that lets everything out. For laws over thousands of runs. */
export function memoryStorage(): Storage {
  const kept = new Map<SessionId, Entry[]>();
  return {
    writer: async (id) => ({
      sessionId: id,
      append: async (entries: readonly NewEntry[]) => {
        const list = kept.get(id) ?? [];
        kept.set(id, list);
        for (const entry of entries) {
          if (entry.seq <= (list.at(-1)?.seq ?? 0)) throw new Error(`seq ${entry.seq} does not rise`);
          list.push(structuredClone({ v: 1, sessionId: id, ...entry } as Entry));
        }
      },
      close: async () => undefined,
    }),
    entries: async (id) => kept.get(id) ?? [],
    gate: () => ({
      reserve: async ({ maxOutputTokens }) => ({ admitted: true, maxOutputTokens, reservation: null }),
      settle: async () => undefined,
    }),
  };
}

/** What a bench is made of; everything has a default. */
export type BenchOptions = {
  tools?: readonly Tool[];
  mode?: Mode;
  allow?: readonly string[];
  deny?: readonly string[];
  approver?: Approver;
  /** Keeps a rule for the project. */
  saveRule?: SaveRule;
  info?: Partial<ModelInfo>;
  /** Fallback upstreams by name, `provider/model`. */
  fallbacks?: readonly string[];
  settings?: Partial<RunSettings>;
  effort?: Effort;
  caps?: readonly Cap[];
  secrets?: readonly string[];
  system?: string;
  storage?: Storage;
  /** Outcomes of the verify command, one after another. */
  verify?: { exitCode: number | null; output: string }[];
  /** Entries of a session to go on with. */
  resume?: readonly Entry[];
};

/** What one turn came to. */
export type TurnRecord = { result: TurnResult; events: AgentEvent[] };

/** A session under test. */
export type Bench = {
  run: Omit<AgentRun, "signal">;
  upstream: ScriptedUpstream;
  fallbacks: ScriptedUpstream[];
  clock: FakeClock;
  storage: Storage;
  /** Runs a turn to its end; `watch` sees each event as the loop yields it. */
  turn(
    input: string | TurnInput,
    options?: { signal?: AbortSignal; watch?: (event: AgentEvent) => void },
  ): Promise<TurnRecord>;
  entries(): Promise<Entry[]>;
};

const cwd = "/project";
let sessions = 0;

function ids(now: () => number): Ids {
  // Random enough to differ, and the same in every run.
  let state = ++sessions;
  return idSource(now, (size) =>
    Uint8Array.from({ length: size }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state >> 16;
    }),
  );
}

/** Stands a session up. */
export async function makeBench(options: BenchOptions = {}): Promise<Bench> {
  const clock = new FakeClock();
  const storage = options.storage ?? (await sqliteStorage(clock.now));
  const source = ids(clock.now);
  const info = modelInfo(options.info);
  const target = (upstream: ScriptedUpstream, of: ModelInfo): Target => {
    const prepare = makePreparer({ provider: of.provider, model: of.id }, { vision: of.capabilities.vision });
    return {
      upstream,
      info: of,
      dialect: "messages",
      adapt: (request) => fitRequest(request, of, prepare),
    };
  };
  const upstream = new ScriptedUpstream("test/model");
  const fallbacks = (options.fallbacks ?? []).map((name) => new ScriptedUpstream(name));
  const resumed = options.resume ?? [];
  const writer = await storage.writer(source.session());
  if (resumed.length > 0)
    await writer.append(resumed.map((entry) => ({ ...entry, sessionId: writer.sessionId })));
  const session = new Session(writer, source, clock.now, {
    lastSeq: resumed.at(-1)?.seq ?? 0,
    titled: resumed.some(({ type }) => type === "session.titled"),
  });
  await session.load(async function* () {
    yield resumed;
  });
  const system = options.system ?? "You are under test.";
  const recall = offerRecall(
    droppedHistory(
      {
        read: async (id, after, limit) =>
          (await storage.entries(id)).filter(({ seq }) => seq > after).slice(0, limit),
      },
      session.id,
      () => session.state,
      new Set([recallName]),
    ),
  );
  const toolbox = new Toolbox(
    [
      ...(options.tools ?? []).map(offered),
      ...(resumed.some((entry) => entry.type === "compaction.finished" && entry.method !== "evict")
        ? [recall]
        : []),
    ],
    [],
    reader,
  );
  if (resumed.length === 0) {
    await session.commit({
      type: "segment.started",
      system,
      tools: toolbox.specs.map(({ name }) => name),
      prefixHash: segmentHash(system, toolbox.specs),
      files: [],
    });
  }
  const outcomes = [...(options.verify ?? [])];
  const redaction = new Redaction(redactor(options.secrets ?? []));
  const run: Omit<AgentRun, "signal"> = {
    session,
    toolbox,
    reader,
    recall,
    permissions: new Permissions(
      {
        mode: options.mode ?? "full",
        rules: [
          ...(options.allow ?? []).map((rule) => parseRule(rule, "allow", "--allow")),
          ...(options.deny ?? []).map((rule) => parseRule(rule, "deny", "--deny")),
        ],
      },
      { cwd, projectRoot: cwd, home: "/home/user" },
      options.saveRule ?? (async () => "/home/user/projects.json"),
    ),
    approver: options.approver ?? null,
    queue: new InputQueue(session, redaction),
    lineup: new Lineup(
      {
        targets: [
          target(upstream, info),
          ...fallbacks.map((fallback) =>
            target(
              fallback,
              modelInfo({
                provider: fallback.provider,
                id: fallback.name.slice(fallback.provider.length + 1),
                price: { ...rateCardOf({ input: 3, output: 30 }), changes: [], serviceTiers: {} },
              }),
            ),
          ),
        ],
        window: new Window({ dialect: "messages", model: info.id }, info, {
          system,
          files: "",
          tools: toolbox.specs,
        }),
      },
      options.effort ?? null,
    ),
    gate: storage.gate(options.caps ?? [], clock.now),
    breakers: new Breakers(clock.now),
    checkpoints: noCheckpoints,
    prefix: new PrefixTracker(),
    cacheWatch: new CacheWatch((value) => redaction.data("a quotation of the prompt", value)),
    system,
    cwd,
    settings: { ...defaultRunSettings, ...options.settings },
    redaction,
    newTools: async () => [],
    verify: async () => ({ durationMs: 1, ...(outcomes.shift() ?? { exitCode: 0, output: "" }) }),
    now: clock.now,
    random: () => 0.5,
    sleep: clock.sleep,
  };
  return {
    run,
    upstream,
    fallbacks,
    clock,
    storage,
    async turn(input, { signal = new AbortController().signal, watch } = {}) {
      const events: AgentEvent[] = [];
      const asked = typeof input === "string" ? { parts: [{ type: "text" as const, text: input }] } : input;
      const turn = runTurn({ ...run, signal }, asked);
      for (;;) {
        const next = await turn.next();
        if (next.done) return { result: next.value, events };
        events.push(next.value);
        watch?.(next.value);
      }
    },
    entries: () => storage.entries(session.id),
  };
}

type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;

/** The events of one type, in order. */
export function ofType<Type extends AgentEvent["type"]>(
  events: readonly AgentEvent[],
  type: Type,
): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** What the model was told a call came to, by the order of the results in its last request. */
export function resultsTold(upstream: ScriptedUpstream, request = upstream.requests.length - 1): string[] {
  const told = upstream.requests[request]?.messages ?? [];
  const last = told.findLast((message) => message.role === "tool");
  return (last?.parts ?? []).map((part) =>
    part.type === "tool_result"
      ? part.content.map((piece) => (piece.type === "text" ? piece.text : piece.type)).join("")
      : part.type,
  );
}

/** All text a request carries in its messages. */
export function textTold(upstream: ScriptedUpstream, request = upstream.requests.length - 1): string {
  return JSON.stringify(upstream.requests[request]?.messages ?? []);
}
