/**
 * Folding a path of ledger entries into what the model sees (law "replay": the fold of the ledger equals the fold of
 * what was watched live, because both are this function over the same entries).
 *
 * The fold also keeps law "pairing" for any prefix of any path: a call without a recorded result gets a synthetic one,
 * so a session that was killed at any instant can always take another turn.
 */
import type { Entry, EventHeader } from "../core/event.ts";
import { recallName } from "../core/history.ts";
import type { EntryId, TurnId } from "../core/ids.ts";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../core/message.ts";
import { toolCallsOf } from "../core/message.ts";
import type { Access } from "../core/tool.ts";
import type { Usage } from "../core/usage.ts";
import { promptTokens } from "../core/usage.ts";
import { undoneIn } from "./compactions.ts";
import { droppedText, interruptedText, notRunText, shortenResult, summaryText } from "./fold-text.ts";
import { type PlacedPart, Provenance } from "./provenance.ts";
import { type WaitingInput, waitingAfter } from "./waiting-input.ts";

type EntryOf<Type extends Entry["type"]> = Extract<Entry, { type: Type }>;

/** What a session's path comes to. */
export type SessionState = {
  /** The conversation as the next request carries it. */
  messages: Message[];
  /** The fixed prefix in force; null before the first `segment.started`. */
  segment: Omit<EntryOf<"segment.started">, keyof EventHeader | "type" | "id" | "parent"> | null;
  /**
   * What the upstream last counted, and how many of `messages` (from the first) that count covers, the answer
   * included. Null before the first measured answer and after a compaction, when old counts say nothing.
   */
  measured: { usage: Usage; messages: number } | null;
  /** The turn that has begun and not ended: running, or cut off when the process died. */
  openTurn: TurnId | null;
  /** Calls of the last answer that started and have no result: running, or interrupted when the process died. */
  unfinished: { callId: string; name: string; summary: string; access: Access }[];
  /** What was queued and neither said nor taken back, oldest first. */
  waiting: readonly WaitingInput[];
  /** The last word on compaction was a person's, who took one back. */
  keepsAll: boolean;
};

/** What compactions took from the conversation, in terms of the ledger. */
export type Dropped = {
  /** Entries of the path with a lower `seq` are no longer shown; 0 when none is dropped. */
  beforeSeq: number;
  /** Calls whose results are shown shortened. */
  prunedCalls: ReadonlySet<string>;
  /** Entries of which a person took something out. */
  evicted: ReadonlySet<EntryId>;
};

/** A call of the last answer, waiting for its results. */
type PendingCall = {
  /** As the upstream named it, hence as the ledger's tool entries name it. */
  callId: string;
  part: ToolCallPart;
  started: EntryOf<"tool.started"> | null;
  finished: EntryOf<"tool.finished"> | null;
};

/** A tool that started while the answer was still streaming: its call is not in the history yet. */
type EarlyCall = {
  callId: string;
  started: EntryOf<"tool.started"> | null;
  finished: EntryOf<"tool.finished"> | null;
};

/**
 * Folds entries one by one; each costs O(its own size). Entries must follow one path (each the child of the one
 * before): after `branch.moved` make a new fold over the new path, and after `compaction.undone` one over the same
 * path ({@link foldPath}), because what a compaction dropped is not kept in memory.
 */
export class Fold {
  #messages: Message[] = [];
  /** For each message the `seq` of the entry that brought it; a tool message has its answer's, so no cut splits a pair. */
  #seqs: number[] = [];
  #seqOf = new Map<EntryId, number>();
  #pending: PendingCall[] = [];
  #early: EarlyCall[] = [];
  /** Calls that had started when their attempt failed; their late results belong to no answer. */
  #abandoned = new Set<string>();
  #usedIds = new Set<string>();
  /** Ids given in the history -> ids in the ledger, where they differ. */
  #renamed = new Map<string, string>();
  #segment: SessionState["segment"] = null;
  #measured: SessionState["measured"] = null;
  #openTurn: TurnId | null = null;
  #waiting: readonly WaitingInput[] = [];
  #keepsAll = false;
  #droppedBefore = 0;
  readonly #prunedCalls = new Set<string>();
  readonly #provenance = new Provenance();
  readonly #undone: ReadonlySet<EntryId>;
  /** Compactions that were applied: they cannot be taken back here. */
  readonly #applied = new Set<EntryId>();
  /** Those by hand of single pieces, counted or not: what becomes of one says nothing of the whole conversation. */
  readonly #evictions = new Set<EntryId>();

  /** @param undone compactions the path takes back further on */
  constructor(undone: ReadonlySet<EntryId> = new Set()) {
    this.#undone = undone;
  }

  /** Takes the next entry of the path. */
  add(entry: Entry): void {
    this.#seqOf.set(entry.id, entry.seq);
    this.#waiting = waitingAfter(this.#waiting, entry);
    switch (entry.type) {
      case "segment.started":
        this.#segment = {
          system: entry.system,
          tools: entry.tools,
          prefixHash: entry.prefixHash,
          files: entry.files,
        };
        return;
      case "user.message":
        this.#closeStep();
        if (entry.origin === "prompt") this.#openTurn = entry.turnId;
        if (entry.parts.length === 0) return;
        this.#push(entry.seq, { role: "user", parts: entry.parts });
        this.#provenance.said({
          entry: entry.id,
          seq: entry.seq,
          origin: entry.origin,
          attached: entry.attached ?? [],
        });
        return;
      case "step.started":
        this.#closeStep();
        return;
      case "attempt.failed":
        for (const call of this.#early) if (call.finished === null) this.#abandoned.add(call.callId);
        this.#early = [];
        return;
      case "assistant.message":
        this.#addAnswer(entry);
        return;
      case "tool.started":
        this.#addStart(entry);
        return;
      case "tool.finished":
        this.#addResult(entry);
        return;
      case "compaction.finished":
        this.#closeStep();
        if (entry.method === "evict") this.#evictions.add(entry.id);
        if (!this.#undone.has(entry.id)) this.#compact(entry);
        return;
      case "compaction.undone":
        this.#closeStep();
        this.#undo(entry);
        return;
      case "turn.ended":
        this.#openTurn = null;
        return;
      default:
        return;
    }
  }

  /** The state after the entries so far. Its arrays are the caller's own; the messages in them are shared. */
  state(): SessionState {
    return {
      messages: this.messages(),
      segment: this.#segment,
      measured: this.#measured,
      openTurn: this.#openTurn,
      unfinished: this.#pending.flatMap(({ callId, started, finished }) =>
        started !== null && finished === null
          ? [{ callId, name: started.name, summary: started.summary, access: started.access }]
          : [],
      ),
      waiting: this.#waiting,
      keepsAll: this.#keepsAll,
    };
  }

  /** What was queued and neither said nor taken back, oldest first. */
  get waiting(): readonly WaitingInput[] {
    return this.#waiting;
  }

  /** What compactions took from the conversation. */
  get dropped(): Dropped {
    return {
      beforeSeq: this.#droppedBefore,
      prunedCalls: this.#prunedCalls,
      evicted: this.#provenance.evictedEntries,
    };
  }

  /** Every part of the conversation, with where it comes from. */
  placed(): PlacedPart[] {
    this.#noteOutcomes();
    return this.#provenance.placed(this.messages(), this.#seqs);
  }

  /** Whether an entry is on the path. */
  has(id: EntryId): boolean {
    return this.#seqOf.has(id);
  }

  /** The conversation as the next request carries it. */
  messages(): Message[] {
    const results = this.#results();
    return results === null ? [...this.#messages] : [...this.#messages, results];
  }

  /**
   * The entry that brought the message at `index`, to name where a compaction keeps from; null for a summary. A tool
   * message belongs to its answer's entry.
   */
  entryOf(index: number): EntryId | null {
    const wanted = this.#seqs[index];
    for (const [id, seq] of this.#seqOf) if (seq === wanted) return id;
    return null;
  }

  #push(seq: number, message: Message): void {
    this.#messages.push(message);
    this.#seqs.push(seq);
  }

  #addAnswer(entry: EntryOf<"assistant.message">): void {
    const early = this.#early;
    this.#settle();
    const parts = this.#uniqueCalls(replayable(entry));
    if (parts.length > 0) this.#push(entry.seq, { role: "assistant", parts });
    if (promptTokens(entry.usage) > 0)
      this.#measured = { usage: entry.usage, messages: this.#messages.length };
    this.#pending = toolCallsOf(parts).map((part) => {
      const callId = this.#renamed.get(part.id) ?? part.id;
      const at = early.findIndex((call) => call.callId === callId);
      const [match] = at < 0 ? [] : early.splice(at, 1);
      return { callId, part, started: match?.started ?? null, finished: match?.finished ?? null };
    });
    this.#early = [];
    this.#abandoned.clear();
  }

  #addStart(entry: EntryOf<"tool.started">): void {
    const call = this.#pending.find(
      ({ callId, started, finished }) => callId === entry.callId && started === null && finished === null,
    );
    if (call) call.started = entry;
    else this.#early.push({ callId: entry.callId, started: entry, finished: null });
  }

  #addResult(entry: EntryOf<"tool.finished">): void {
    const waits = (call: EarlyCall) => call.callId === entry.callId && call.finished === null;
    const call = this.#pending.find(waits) ?? this.#early.find(waits);
    if (call) call.finished = entry;
    else if (!this.#abandoned.delete(entry.callId))
      this.#early.push({ callId: entry.callId, started: null, finished: entry });
  }

  /** Ends the step: what has no result by now never gets one. */
  #closeStep(): void {
    this.#settle();
    this.#early = [];
    this.#abandoned.clear();
  }

  #noteOutcomes(): void {
    for (const { part, finished } of this.#pending)
      if (finished !== null) this.#provenance.answered(part.id, { entry: finished.id, seq: finished.seq });
  }

  #settle(): void {
    this.#noteOutcomes();
    const results = this.#results();
    // Same seq as the answer, which is the last message pushed: the two stand or fall together.
    if (results !== null) this.#push(this.#seqs.at(-1) ?? 0, results);
    this.#pending = [];
  }

  #results(): Message | null {
    if (this.#pending.length === 0) return null;
    return { role: "tool", parts: this.#pending.map(resultOf) };
  }

  /**
   * Gives every call of the conversation an id of its own. Some upstreams number calls anew in each answer
   * (`call_0`), and Anthropic rejects a request in which two calls share an id.
   */
  #uniqueCalls(parts: readonly Part[]): Part[] {
    return parts.map((part) => {
      if (part.type !== "tool_call") return part;
      const base = part.id === "" ? "call" : part.id;
      let id = base;
      for (let n = 2; this.#usedIds.has(id); n++) id = `${base}_${n}`;
      this.#usedIds.add(id);
      if (id === part.id) return part;
      this.#renamed.set(id, part.id);
      return { ...part, id };
    });
  }

  #compact(entry: EntryOf<"compaction.finished">): void {
    this.#applied.add(entry.id);
    this.#measured = null;
    if (entry.method !== "evict") this.#keepsAll = false;
    if (entry.evicted !== undefined)
      this.#messages = this.#provenance.evict(
        { messages: this.#messages, seqs: this.#seqs },
        entry.evicted,
        entry.id,
        this.#segment?.tools.includes(recallName) === true,
      );
    const pruned = new Set(entry.prunedCalls);
    for (const call of pruned) this.#prunedCalls.add(call);
    if (pruned.size > 0) {
      this.#messages = this.#messages.map((message) =>
        message.role === "tool" ? this.#shortenIn(message, pruned) : message,
      );
    }
    if (entry.summary === null && entry.keptFrom === null) return;
    const keptFrom = entry.keptFrom === null ? undefined : this.#seqOf.get(entry.keptFrom);
    const firstKept = keptFrom === undefined ? -1 : this.#seqs.findIndex((seq) => seq >= keptFrom);
    const cut = firstKept < 0 ? this.#messages.length : firstKept;
    const text = entry.summary === null ? droppedText : summaryText(entry.summary);
    this.#messages = [{ role: "user", parts: [{ type: "text", text }] }, ...this.#messages.slice(cut)];
    this.#droppedBefore = this.#seqs[cut] ?? entry.seq;
    // Before every real seq, so that the next summary replaces this one whatever it keeps.
    this.#seqs = [-1, ...this.#seqs.slice(cut)];
  }

  #undo(entry: EntryOf<"compaction.undone">): void {
    const applied = entry.compactions.find((id) => this.#applied.has(id));
    if (applied !== undefined) throw new Error(`compaction ${applied} was taken back: fold the path anew`);
    // What was counted since counts a shorter conversation.
    this.#measured = null;
    this.#keepsAll ||= entry.compactions.some((id) => !this.#evictions.has(id));
  }

  #shortenIn(message: Message, pruned: ReadonlySet<string>): Message {
    const hit = (part: Part): part is ToolResultPart =>
      part.type === "tool_result" && pruned.has(this.#renamed.get(part.callId) ?? part.callId);
    if (!message.parts.some(hit)) return message;
    return {
      role: message.role,
      parts: message.parts.map((part) => (hit(part) ? shortenResult(part) : part)),
    };
  }
}

/** The fold of a path, ready to take what comes next; `without` are compactions to leave out beside those taken back. */
export function foldPath(path: readonly Entry[], without: readonly EntryId[] = []): Fold {
  const fold = new Fold(new Set([...undoneIn(path), ...without]));
  for (const entry of path) fold.add(entry);
  return fold;
}

/**
 * The parts of an answer that can be sent back. An answer cut off in its thinking leaves reasoning without the
 * signature its provider demands; sending it back is a 400 that would brick the session.
 */
function replayable(entry: EntryOf<"assistant.message">): Part[] {
  if (entry.end.reason !== "error" && entry.end.reason !== "aborted") return entry.parts;
  return entry.parts.filter((part) => part.type !== "reasoning" || part.opaque !== undefined);
}

function resultOf({ part, started, finished }: PendingCall): ToolResultPart {
  if (finished !== null) {
    const result: ToolResultPart = { type: "tool_result", callId: part.id, content: finished.output };
    return finished.status === "ok" ? result : { ...result, isError: true };
  }
  const text = started === null ? notRunText(part) : interruptedText(started);
  return { type: "tool_result", callId: part.id, content: [{ type: "text", text }], isError: true };
}
