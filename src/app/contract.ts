/** What the app is asked for and what it gives: all that a front end knows of it. */
import type { Approver } from "../agent/approval.ts";
import type { CompactionOutcome, UndoOutcome } from "../agent/compaction/manual.ts";
import type { CompactionPreview } from "../agent/compaction/preview.ts";
import type { Compaction } from "../agent/compaction/replace.ts";
import type { OutputSchema } from "../agent/output-schema.ts";
import type { InputQueue } from "../agent/queue.ts";
import type { TurnInput } from "../agent/run.ts";
import type { WindowContents } from "../agent/window-contents.ts";
import type { LoadedSettings } from "../config/load.ts";
import type { Environment, TauPaths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import type { FileChange } from "../core/checkpoint.ts";
import type { HostContact } from "../core/egress.ts";
import type { AgentEvent, ConversationPiece, Entry, ModelName } from "../core/event.ts";
import type { Clock, EntryId, RandomBytes, SessionId } from "../core/ids.ts";
import type { ImagePart, Part, TextPart } from "../core/message.ts";
import type { Effort } from "../core/model.ts";
import type { Mode } from "../core/permission.ts";
import type { LastExchange, SearchHit, SessionSummary, SessionTree, Store } from "../core/store.ts";
import type { Display } from "../core/tool.ts";
import type { TurnResult } from "../core/turn.ts";
import type { NanoUsd, Usage } from "../core/usage.ts";
import type { LoadedCommands } from "../extensions/commands/load.ts";
import type { ResourceParts, ResourceWish } from "../extensions/mcp/resource.ts";
import type { UtcOffset } from "../meter/calendar.ts";
import type { Rule } from "../policy/rule.ts";
import type { LeftBehind, MoveTarget } from "../sessions/move.ts";
import type { GrammarFiles } from "../tools/shell-reader.ts";
import type { SessionHands } from "./hands.ts";
import type { SessionJobs } from "./jobs.ts";
import type { McpServers } from "./mcp.ts";
import type { SettingsDesk } from "./settings-desk.ts";

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
  /** Where the shell parser lies. */
  grammar: GrammarFiles;
};

/** Which session to work in. */
export type SessionChoice = { kind: "new" } | { kind: "continue" } | { kind: "resume"; id: string };

/** One turn's wishes; the app adds what it knows. */
export type RunInput = TurnInput & { signal: AbortSignal };

/** A compaction by hand. */
export type CompactionWish = { focus?: string; signal: AbortSignal };

/** A model there is a key for. */
export type ModelChoice = {
  name: ModelName;
  /** Tokens. */
  contextWindow: number;
  /** US dollars per million tokens; null when nobody knows. */
  price: { input: number; output: number } | null;
  /** Effort words it takes, weakest first. */
  efforts: readonly Effort[];
};

/** What a rule would have let run without asking, of the project's last calls. */
export type PastMatches = {
  matched: number;
  /** How many were looked at. */
  looked: number;
  /** Some of them in a word each, newest first, none twice. */
  examples: string[];
};

/** Where a rule of a person's holds, and so where it is kept: nowhere, for this project, or for the person. */
export type RuleScope = "session" | "project" | "user";

/** A rule to add. */
export type RuleWish = { effect: Rule["effect"]; rule: string; scope: RuleScope };

/** The rules of a session. */
export type SessionRules = {
  /** All in force, in no order. */
  all(): readonly Rule[];
  /** The file a rule of a scope and effect is saved in; null for one that is not saved. */
  fileOf(scope: RuleScope, effect: Rule["effect"]): string | null;
  /**
   * Adds a rule, from now on and wherever its scope says. Resolves to the file it stands in.
   * @throws TauError `config` for what is no rule, and when the file cannot be written; then nothing is added
   */
  add(wish: RuleWish): Promise<string | null>;
  /**
   * Takes a rule away, out of the file it stands in, too. Resolves to that file.
   * @throws TauError `config` when the file cannot be written, `usage` for one that stands in none; then it stays
   */
  forget(rule: Rule): Promise<string | null>;
  /**
   * What lets exactly this command run in mode edit: nothing is needed where it is `free`; else the rule that names it word for word, null
   * where there can be none.
   */
  forCommand(command: string): { free: boolean; rule: string | null };
  /** Holds a rule against what was called in this project lately; nothing matches what is no rule. */
  pastMatches(rule: string): Promise<PastMatches>;
};

/** What going to another point of the conversation came to. */
export type Moved = {
  /** What the prompt said that was taken back; empty when none was. */
  parts: readonly Part[];
  /** What is no longer part of the conversation. Files are not touched: what was changed since is named in it. */
  left: LeftBehind;
};

/** What files are to be put back to. */
export type FileRestore =
  /** As they were before the last turn that changed some, or as they were before the last `undo`. */
  | { kind: "undo" }
  | { kind: "redo" }
  /** As they were before some turns of the session: all that were begun from a prompt on, on whatever branch. */
  | { kind: "rewind"; turns: readonly string[] };

/** A path that a restore would change. */
export type FileToRestore = FileChange & {
  /** Lines it gets and loses; null where that was not counted: no text, large, or one of very many. */
  added: number | null;
  removed: number | null;
};

/** What a restore would do; paths are relative to the project's root, or absolute outside it. */
export type RestorePreview = {
  files: FileToRestore[];
  /** Changed by others since: left alone unless they are to be overwritten. */
  conflicts: (FileToRestore & { reason: string })[];
  /** What cannot be brought back: it was not captured. */
  notCovered: string[];
};

/** What a restore did. */
export type RestoreOutcome = {
  files: FileChange[];
  skipped: string[];
  failed: { path: string; problem: string }[];
  notCovered: string[];
};

/** Putting files back to what they were; null where there is nothing to go back to. Between turns only. */
export type FilesBack = {
  previewFiles(wish: FileRestore): Promise<RestorePreview | null>;
  /** The same file by file, as diffs; of very many files the first ones. */
  diffFiles(wish: FileRestore): Promise<Display[]>;
  /**
   * What is overwritten is in a checkpoint first, so that `redo` brings it back.
   * @param conflicts what becomes of files that others changed since
   */
  restoreFiles(wish: FileRestore, conflicts: "skip" | "overwrite"): Promise<RestoreOutcome | null>;
};

/** An open session, as front ends see it. */
export type OpenSession = SessionHands &
  FilesBack & {
    readonly id: SessionId;
    /** What the next step will call. */
    readonly model: ModelName;
    /** What the next step will ask of it; null: as it likes. */
    readonly effort: Effort | null;
    /** Effort words the model takes, weakest first. */
    readonly efforts: readonly Effort[];
    readonly mode: Mode;
    readonly tools: string[];
    readonly contextWindow: number;
    /**
     * Reads a resource of an MCP server for a message.
     * @throws TauError when it is forbidden, missing, or neither text nor a picture
     */
    attachResource(wish: ResourceWish, signal: AbortSignal): Promise<ResourceParts>;
    /**
     * What a prompt of an MCP server says, by the name of its command.
     * @throws TauError when it is forbidden, its arguments do not fit, or the server fails
     */
    serverPrompt(command: string, argument: string, signal: AbortSignal): Promise<(TextPart | ImagePart)[]>;
    /** What a person should know before the first turn; each is also a `note` of the stream. */
    readonly warnings: readonly string[];
    /** What is typed while a turn runs. */
    readonly queue: InputQueue;
    readonly rules: SessionRules;
    /** What its commands left running in the background. */
    readonly jobs: SessionJobs;
    setMode(mode: Mode): void;
    /**
     * Goes on with another model from the next step on, also while a turn runs.
     * @throws TauError when it cannot be called, or has no price under a cap on money; then nothing changes
     */
    setModel(model: ModelName): Promise<void>;
    /** Asks for more or less thought from the next step on. */
    setEffort(effort: Effort | null): void;
    /** What is left of the tightest cap on money; null when there is none. */
    moneyLeft(): Promise<NanoUsd | null>;
    /** The hosts Tau sent requests to since the session was opened; what commands contact is not seen. */
    contacts(): HostContact[];
    /** The path in pages, root first, for a front end that shows what was said last; long ago results are left out. */
    history(): AsyncIterable<readonly Entry[]>;
    /** The path whole, the last page first, each in order: for reading back. */
    transcript(): AsyncIterable<readonly Entry[]>;
    /** A plan that was proposed will not be carried out. */
    leavePlan(proposal: EntryId): Promise<void>;
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
    /** What fills the window of the next request, and which pieces of it can be taken out. */
    windowContents(): WindowContents;
    /**
     * Takes pieces out of the window; the ledger keeps them. Between turns only. Null when none of them is in it.
     */
    evict(pieces: readonly ConversationPiece[]): AsyncGenerator<AgentEvent, Compaction | null>;
    /** Puts back what an eviction took out: whether there was such a one. Between turns only. */
    putBack(eviction: EntryId): AsyncGenerator<AgentEvent, boolean>;
    /** What its calls used and cost so far, on all branches; the cost is null when a price was not known. */
    spent(): Promise<{ usage: Usage; cost: NanoUsd | null }>;
    /** Its prompts on all branches, the newest ones; what a person may go to. */
    tree(): Promise<SessionTree>;
    /**
     * Goes on from another point of the tree, from which on everything is as if the session had just been resumed there.
     * Nothing is deleted, and no file changes. Between turns only.
     * @throws TauError `usage` when there is no such point
     */
    move(target: MoveTarget): Promise<Moved>;
    /** Copies the conversation so far into a session of its own. A null title is made from this one's. */
    fork(title: string | null): Promise<SessionId>;
    /** Names a point of the tree; null takes its name away. */
    label(entry: EntryId, label: string | null): Promise<void>;
    /** Gives the session another title. */
    rename(title: string): Promise<void>;
    /** Ends every command at once, whether it complies or not; none can be started any more. */
    endCommands(): Promise<void>;
    close(): Promise<void>;
  };

/** Which sessions are looked at: of one folder or of all. */
export type ShelfFilter = { cwd?: string; limit: number };

/** All sessions of the ledger, open or not. */
export type SessionShelf = {
  /** Newest first, `skip` of them left out. */
  list(filter: ShelfFilter & { skip: number }): Promise<SessionSummary[]>;
  /** Places where the words stand, best first. */
  search(text: string, filter: ShelfFilter): Promise<SearchHit[]>;
  lastExchange(id: SessionId): Promise<LastExchange>;
  /** @throws TauError `failure` when another process holds it */
  rename(id: SessionId, title: string): Promise<void>;
  /** Deletes it for good, with the outputs kept of it. @throws TauError `failure` when a process holds it */
  remove(id: SessionId): Promise<void>;
  /** One session's whole record as text. */
  export(id: SessionId, format: "jsonl" | "markdown"): AsyncIterable<string>;
};

/** The running app. */
export type OpenApp = {
  readonly settings: LoadedSettings;
  readonly paths: TauPaths;
  /** `approver` null: nobody is there to ask. */
  openSession(choice: SessionChoice, approver?: Approver | null): Promise<OpenSession>;
  /** What commands find in their environment: no secret that they did not ask for. */
  readonly commandEnvironment: Record<string, string>;
  readonly version: string;
  /** A text without the credentials Tau knows, for what is written beside the ledger. */
  redact(text: string): string;
  /** The project's root folder. */
  readonly root: string;
  readonly sessions: SessionShelf;
  /** The settings, to look at and to write. */
  readonly settingsDesk: SettingsDesk;
  /** The models there is a key for. */
  models(): Promise<ModelChoice[]>;
  /** What persons said, newest first. */
  prompts: Store["prompts"];
  /** One of them, whole; null when it is gone. */
  prompt: Store["prompt"];
  /** Sessions, the newest first. */
  recentSessions(limit: number): Promise<SessionSummary[]>;
  /** Another session's title and last answer, for a message. @throws TauError when there is none of that id */
  sessionDigest(id: string): Promise<TextPart>;
  /** Commands from Markdown files, as they are now. */
  markdownCommands(): Promise<LoadedCommands>;
  /** The project's MCP servers; null where there are none. Nothing is started before it is needed. */
  mcp(): Promise<McpServers | null>;
  /** @throws TauError `config` when the file is no usable JSON Schema. */
  outputSchema(path: string): Promise<OutputSchema>;
  close(): Promise<void>;
};
