/** What a turn is given: the parts app.ts puts together, and what the caller asks of this one turn. */
import { defaultSteps } from "../config/defaults.ts";
import type { Attached } from "../core/attachment.ts";
import type { Checkpointer } from "../core/checkpoint.ts";
import type { BudgetRefusal, DurableEvent, ModelName } from "../core/event.ts";
import type { Clock, EntryId } from "../core/ids.ts";
import type { CacheTtl, Part } from "../core/message.ts";
import type { Dialect, ModelRequest } from "../core/model.ts";
import type { Settlement } from "../core/store.ts";
import type { OfferedTool } from "../core/tool.ts";
import type { Upstream } from "../core/upstream.ts";
import type { NanoUsd } from "../core/usage.ts";
import type { ModelInfo } from "../models/model-info.ts";
import type { Breakers } from "../providers/breaker.ts";
import type { OnLimit } from "../providers/dispatch.ts";
import { defaultRetryPolicy, type RetryPolicy } from "../providers/retry.ts";
import type { ShellReader } from "../tools/shell-reader.ts";
import type { Approver } from "./approval.ts";
import type { CacheWatch } from "./cache-watch.ts";
import type { Lineup } from "./lineup.ts";
import type { OutputSchema } from "./output-schema.ts";
import type { Permissions } from "./permissions.ts";
import type { AcceptedPlan } from "./planning.ts";
import type { PrefixTracker } from "./prefix.ts";
import type { InputQueue } from "./queue.ts";
import type { Redaction } from "./redaction.ts";
import type { Session } from "./session.ts";
import type { Toolbox } from "./toolbox.ts";

/** Why a run was stopped from outside; the reason of its abort signal. */
export type StopReason = "interrupted" | "terminated" | "timeout";

/** One model the run may call. */
export type Target = {
  upstream: Upstream;
  info: ModelInfo;
  dialect: Dialect;
  /** What a person should know of it before it is called: a name the catalogue does not have. */
  warning?: string;
  /** The same of the way to it: a key sent in the open. */
  connectionWarnings?: readonly string[];
  /** The request as this model can take it: its name, foreign opaque parts dropped, images replaced where it is blind. */
  adapt(request: ModelRequest): ModelRequest;
};

/** The money and token side of the gate. */
export type Gate = {
  /**
   * Reserves the worst case of one attempt, lowering the output cap where that helps.
   * Refuses when a cap would be passed; then nothing is reserved.
   */
  reserve(attempt: {
    target: Target;
    /** What the prompt will hardly pass. */
    promptTokens: number;
    maxOutputTokens: number;
    cacheTtl: CacheTtl | null;
  }): Promise<GateAnswer>;
  /** Replaces the reservation of an attempt that could not be recorded; all others are settled with their entry. */
  settle(settlement: Settlement): Promise<void>;
};

/** The gate's word on one attempt. */
export type GateAnswer =
  | {
      admitted: true;
      maxOutputTokens: number;
      /** One sentence with the numbers, when a cap lowered `maxOutputTokens`. */
      lowered?: string;
      reservation: { id: string; cost: NanoUsd | null; tokens: number } | null;
    }
  | { admitted: false; refusal: BudgetRefusal };

/**
 * What is done about claims in answers: nothing; the record is shown beside them; or an answer the record does not bear
 * out is sent back once, and ends the turn as a failure if it comes again.
 */
export type EvidenceUse = "off" | "show" | "require";

/** Limits and habits of a run, from the settings. */
export type RunSettings = {
  /** Model calls in one turn before it is wrapped up. */
  maxSteps: number;
  /** Wall time of a turn before it is wrapped up, ms; null for none. */
  maxTurnMs: number | null;
  cacheTtl: CacheTtl;
  /** Share of the window at which history is compacted. */
  compactAt: number;
  /** Answer tokens asked for when the model allows more. */
  maxOutputTokens: number;
  onLimit: OnLimit;
  retry: RetryPolicy;
  evidence: EvidenceUse;
};

/** What holds where the settings say nothing. */
export const defaultRunSettings: RunSettings = {
  maxSteps: defaultSteps,
  maxTurnMs: null,
  cacheTtl: "5m",
  compactAt: 0.8,
  maxOutputTokens: 32_000,
  onLimit: "exit",
  retry: defaultRetryPolicy,
  evidence: "show",
};

/** The parts of a run. They outlive its turns. */
export type AgentRun = {
  session: Session;
  toolbox: Toolbox;
  /** The tool that reads what compaction dropped, offered from the first compaction on; null: never. */
  recall: OfferedTool | null;
  permissions: Permissions;
  /** Null when nobody is there to ask. */
  approver: Approver | null;
  queue: InputQueue;
  /** The models it calls. */
  lineup: Lineup;
  gate: Gate;
  /** What this process knows of upstreams that fail. */
  breakers: Breakers;
  prefix: PrefixTracker;
  cacheWatch: CacheWatch;
  /** System prompt of the segment. */
  system: string;
  cwd: string;
  settings: RunSettings;
  /**
   * Offers the tools of servers that changed since the last request; what is to be recorded of that. Waits for a moment
   * where a server just said that they did.
   */
  newTools(signal: AbortSignal): Promise<DurableEvent[]>;
  /** Reads shell commands. */
  reader: ShellReader;
  /** Takes known credential values out of whatever the model or the ledger gets. */
  redaction: Redaction;
  /** Captures the project before what may change it. */
  checkpoints: Checkpointer;
  /** Runs the `--verify` command. */
  verify(
    command: string,
    signal: AbortSignal,
  ): Promise<{ exitCode: number | null; output: string; durationMs: number }>;
  now: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after `ms`; rejects at once when `signal` fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Stops the running turn. */
  signal: AbortSignal;
};

/** What a caller asks of one turn. */
export type TurnInput = {
  parts: Part[];
  /** Which of `parts` were attached rather than typed. */
  attached?: Attached[];
  /** The waiting message that `parts` are, when the turn begins with one. */
  queued?: EntryId;
  /** The plan that is carried out in this turn; `parts` tell the model of it. */
  accepted?: AcceptedPlan;
  /** A command that must pass before the turn counts as done. */
  verify?: string;
  outputSchema?: OutputSchema;
  /** Fail when another model answers than the one asked for. */
  requireModel?: boolean;
  /** Unix ms from which on the turn is wrapped up, because its caller will stop it soon after. */
  wrapUpAt?: number;
  /** Things a person should find in the stream, such as input that was not read. */
  notices?: string[];
};

/** The chosen model's name. */
export const modelOf = (run: Pick<AgentRun, "lineup">): ModelName => run.lineup.targets[0].upstream.name;
