/** The ledger as upper floors see it. sessions/ implements it over SQLite; a PostgreSQL store fits the same shape. */
import type { Said } from "./attachment.ts";
import type { DurableEvent, Entry, ModelName } from "./event.ts";
import type { AgentPath, EntryId, SessionId, TurnId } from "./ids.ts";
import type { Mode } from "./permission.ts";
import type { NanoUsd, Usage } from "./usage.ts";

/** What a list of sessions shows. Derived from the entries and kept beside them in the same transaction. */
export type SessionSummary = {
  id: SessionId;
  title: string | null;
  cwd: string;
  /** The git branch it began on; null when it is not known. */
  branch: string | null;
  model: ModelName;
  mode: Mode;
  createdAt: number;
  updatedAt: number;
  leaf: EntryId | null;
  /** The highest `seq` in the ledger. */
  lastSeq: number;
  turns: number;
  /** Of the calls that were made; those of a replay are left out, as they are of `cost`. */
  usage: Usage;
  /** Sum of the priced calls; `unpricedCalls` says how many it leaves out. */
  cost: NanoUsd;
  unpricedCalls: number;
};

/** A durable event on its way into the ledger. */
export type NewEntry = {
  id: EntryId;
  parent: EntryId | null;
  seq: number;
  at: number;
  turnId: TurnId | null;
  agent: AgentPath;
} & DurableEvent;

/** What a reserved call came to; it takes the place of the worst case that was set aside for it. */
export type Settlement = {
  reservationId: string;
  /** Null when it cannot be known; then the reserved worst case is counted, if the model had a price. */
  cost: NanoUsd | null;
  tokens: number;
};

/** What calls taught of the token estimates for a model; models/calibration.ts says how. */
export type Calibration = {
  /** Tokens reported for each token estimated. */
  ratio: number;
  /** How much evidence stands behind the ratio: 0 is the family's starting guess, 1 a full-size request. */
  weight: number;
  /** Mean of |calibrated estimate / reported - 1|, of recent observations. */
  error: number;
};

/** What is kept in the transaction of a call's entry, though it is no entry. */
export type CallAccount = {
  /** Null when nothing was reserved for the call. A reservation settled before is left alone. */
  settlement: Settlement | null;
  /** What the call taught; takes the place of what was kept for that model. */
  learned?: { model: ModelName; calibration: Calibration };
};

/** The right to append to one session. One holder at a time; a dead holder's right is taken over. */
export type SessionWriter = {
  readonly sessionId: SessionId;
  /**
   * Commits the entries in one transaction and moves the leaf to the last one. `account` is committed with them: the
   * entry of a call and its place in the budgets are kept together or not at all.
   * @throws TauError `failure` when the disk is full or the store read-only (nothing of the batch is kept), or when
   * the right was lost to another process.
   */
  append(entries: readonly NewEntry[], account?: CallAccount): Promise<void>;
  /** Gives the right back. Idempotent. */
  close(): Promise<void>;
};

/** A call that was started once. */
export type StartedCall = Pick<Extract<DurableEvent, { type: "tool.started" }>, "name" | "input">;

/** A full-text hit. */
export type SearchHit = {
  session: SessionSummary;
  entryId: EntryId;
  at: number;
  type: string;
  snippet: string;
};

/** A prompt in a session's tree, and what came of it until the next one. */
export type TreePoint = {
  /** The prompt's entry. */
  id: EntryId;
  /** What it was said after: a conversation that goes on from there never had it. Null for an entry without a past. */
  before: EntryId | null;
  /** The last entry before the next prompt of its branch: to go on from what came of it. */
  end: EntryId;
  /** The turn it began; null for an entry of none. */
  turn: TurnId | null;
  /** The prompt before it on its path; null for a first one. */
  parent: EntryId | null;
  /** Unix ms. */
  at: number;
  /** The beginning of its words, at most {@link treePointCharacters}. */
  text: string;
  label: string | null;
  /** Whether it is on the path to the leaf. */
  current: boolean;
  /** Of the calls it brought about, as far as their prices are known. */
  cost: NanoUsd;
  /** Files that tools changed, absolute, each once. What commands changed is not known. */
  changed: string[];
};

/** Characters of a prompt that a tree shows. */
export const treePointCharacters = 400;

/** A session's prompts in the order in which they were said: a tree by their `parent`. */
export type SessionTree = {
  points: TreePoint[];
  /** Older prompts that are left out. */
  left: number;
};

/** The end of a conversation, for whoever looks whether it is the one they mean. */
export type LastExchange = { prompt: string; answer: string };
/** Which prompts are looked for. */
export type PromptFilter = {
  /** Those of one session. */
  session?: SessionId;
  /** Those of sessions of one folder. */
  cwd?: string;
  /** Those before this one; see {@link PastPrompt.n}. */
  before?: number;
  limit: number;
};

/** What a person said once. */
export type PastPrompt = {
  /** Falls with age. */
  n: number;
  sessionId: SessionId;
  entryId: EntryId;
  /** Unix ms. */
  at: number;
  cwd: string;
  /** As its author saw it, in at most {@link shownPromptCharacters}. */
  text: string;
  /** Whether there is more to it: a longer text, or something attached. */
  partial: boolean;
};

/** Characters of a past prompt a list is given. */
export const shownPromptCharacters = 4_000;

/** The ledger of all sessions. */
export type Store = {
  /**
   * Creates a session and takes the right to write it.
   */
  create(session: {
    id: SessionId;
    cwd: string;
    model: ModelName;
    mode: Mode;
    at: number;
  }): Promise<SessionWriter>;
  /**
   * Creates a session with a past, from entries in order of `seq`: all of it is kept, or nothing. What its calls cost
   * counts once, also when the same session stood here before and was deleted.
   * @param check looks at what came of it; throws to keep nothing
   * @throws TauError `usage` when there is a session of that id
   */
  restore(
    session: { id: SessionId; cwd: string; model: ModelName; mode: Mode; at: number },
    entries: AsyncIterable<NewEntry>,
    check: (summary: SessionSummary) => void,
  ): Promise<SessionSummary>;
  /**
   * Takes the right to write an existing session.
   * @throws TauError `usage` when there is no such session, `failure` when a live process holds it (named by pid).
   */
  open(id: SessionId): Promise<SessionWriter>;
  get(id: SessionId): Promise<SessionSummary | null>;
  /** Newest first, `skip` of them left out. `cwd` keeps to one project; `idPrefix` to ids that begin so. */
  list(filter: { cwd?: string; idPrefix?: string; limit?: number; skip?: number }): Promise<SessionSummary[]>;
  /** Entries of a session by rising seq, after `afterSeq`. */
  read(id: SessionId, afterSeq: number, limit: number): Promise<Entry[]>;
  /** The entries from the root to `leaf` (default: the session's leaf), in order: what the model's history is built from. */
  path(id: SessionId, leaf?: EntryId): Promise<Entry[]>;
  /**
   * The path to the leaf in pages, root first, as who goes on with the session needs it: results that compaction
   * dropped from the conversation long ago come without `output` and `display`, so that a long past costs little.
   */
  pathToResume(id: SessionId): AsyncIterable<Entry[]>;
  /** The path to the leaf whole, in pages of entries in order; the last page first: what people read back in. */
  pathFromEnd(id: SessionId): AsyncIterable<Entry[]>;
  /** The prompts of a session on all its branches, at most `limit` of them: the newest. */
  tree(id: SessionId, limit: number): Promise<SessionTree>;
  /** The last prompt on the path and the last words that answered it, each empty where there are none. */
  lastExchange(id: SessionId): Promise<LastExchange>;
  /** An entry of a session; null when there is none of that id. */
  entry(id: SessionId, entry: EntryId): Promise<Entry | null>;
  /** What persons said, newest first: prompts and steering of all sessions, or of some. */
  prompts(filter: PromptFilter): Promise<PastPrompt[]>;
  /** What a person said, whole; null when it is gone. */
  prompt(sessionId: SessionId, entryId: EntryId): Promise<Said | null>;
  /** What was last kept of a model's calibration, by any session. */
  calibration(model: ModelName): Promise<Calibration | null>;
  /**
   * Calls that were started in the folder's latest sessions, newest first: what a new rule is held against. How far it
   * looks back is bounded.
   */
  recentCalls(cwd: string, limit: number): Promise<StartedCall[]>;
  search(text: string, filter: { cwd?: string; limit?: number }): Promise<SearchHit[]>;
  delete(id: SessionId): Promise<void>;
  close(): Promise<void>;
};
