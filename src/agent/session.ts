/**
 * The one way into a session's ledger during a run: gives entries their place in the tree, commits them, and only
 * then hands them to readers (law "durability"). Keeps the folded state of the path so that nothing is re-read.
 */
import type { AgentEvent, DurableEvent, Entry, EphemeralEvent, MessageOrigin } from "../core/event.ts";
import { type Clock, type EntryId, type Ids, mainAgent, type SessionId, type TurnId } from "../core/ids.ts";
import { type Message, type Part, toolCallsOf } from "../core/message.ts";
import type { Mode } from "../core/permission.ts";
import type { CallAccount, NewEntry, SessionWriter } from "../core/store.ts";
import { Fold } from "../sessions/fold.ts";
import { CallIds } from "./call-ids.ts";
import { TouchedFiles } from "./compaction/touched-files.ts";
import { EvidenceLedger } from "./evidence/ledger.ts";
import { retell } from "./retell.ts";

const personal: ReadonlySet<MessageOrigin> = new Set(["prompt", "steer"]);

/** An open session of this process. */
export class Session {
  readonly id: SessionId;
  readonly #writer: SessionWriter;
  readonly #ids: Ids;
  readonly #now: Clock;
  readonly #mark: (event: DurableEvent) => DurableEvent;
  #fold = new Fold();
  #seq: number;
  #leaf: EntryId | null = null;
  #turn: TurnId | null = null;
  #commits: Promise<unknown> = Promise.resolve();
  #said: Part[][] = [];
  #touched = new TouchedFiles();
  #callIds = new CallIds();
  #evidence = new EvidenceLedger();
  #titled: boolean;
  #lastMode: Mode | null = null;
  /** Commits of {@link commitAside} under way, and its entries that nobody was told of. */
  #asides = 0;
  readonly #untold: Entry[] = [];

  /**
   * A session nothing was said in; {@link load} gives it a past.
   * @param known what the ledger has of it, other branches included: the highest `seq`, and whether there is a title,
   * which is the session's whatever becomes of the branch it was given on
   * @param mark what entries say of the run they are of, before they are committed: see `asReplayed`
   */
  constructor(
    writer: SessionWriter,
    ids: Ids,
    now: Clock,
    known: { lastSeq: number; titled: boolean },
    mark: (event: DurableEvent) => DurableEvent = (event) => event,
  ) {
    this.id = writer.sessionId;
    this.#writer = writer;
    this.#ids = ids;
    this.#now = now;
    this.#mark = mark;
    this.#seq = known.lastSeq;
    this.#titled = known.titled;
  }

  /** The folded path: messages, segment, compaction. Read only; another one after a compaction was taken back. */
  get state(): Fold {
    return this.#fold;
  }

  /**
   * All a person said on this path, in order: what a compaction must keep verbatim. Each is the very `parts` of its
   * message in the folded conversation, as long as that message is in it.
   */
  get said(): readonly (readonly Part[])[] {
    return this.#said;
  }

  /** The files tools read and changed on this path. */
  get touched(): TouchedFiles {
    return this.#touched;
  }

  /** Ids of all calls on this path. */
  get callIds(): CallIds {
    return this.#callIds;
  }

  /** What answers on this path can be held against. */
  get evidence(): EvidenceLedger {
    return this.#evidence;
  }

  /** Whether the session has a title. */
  get titled(): boolean {
    return this.#titled;
  }

  /** What calls were judged by in the last step of this path; null before the first. */
  get lastMode(): Mode | null {
    return this.#lastMode;
  }

  /** The turn that was begun last; null where what happens belongs to none. */
  get turn(): TurnId | null {
    return this.#turn;
  }

  /** Begins a turn; entries and events carry its id until the next one. */
  beginTurn(): TurnId {
    this.#turn = this.#ids.turn();
    return this.#turn;
  }

  /** What follows belongs to no turn: something a person asked for between two. */
  leaveTurn(): void {
    this.#turn = null;
  }

  /**
   * Commits events in one transaction, then returns them as the entries readers may be shown. Concurrent commits
   * (parallel tools) line up one after another.
   */
  commit(...events: readonly DurableEvent[]): Promise<Entry[]> {
    return this.commitCall({ settlement: null }, ...events);
  }

  /** As `commit`, of a call's entry: in the same transaction its reservation becomes what it came to. */
  commitCall(account: CallAccount, ...events: readonly DurableEvent[]): Promise<Entry[]> {
    return this.#inLine(async () => {
      const entries = await this.#append(events, account);
      for (const entry of entries) this.#take(entry);
      return entries;
    });
  }

  /**
   * Commits what makes another path of this one (compactions taken back, a move to another point), and folds that.
   * @param readPath gives the path, as the store has it by then
   * @param each as for {@link load}
   */
  commitAnew(
    events: readonly DurableEvent[],
    readPath: () => AsyncIterable<readonly Entry[]>,
    each?: (entry: Entry) => void,
  ): Promise<Entry[]> {
    return this.#inLine(async () => {
      const entries = await this.#append(events, { settlement: null });
      await this.load(readPath, each);
      return entries;
    });
  }

  #inLine(work: () => Promise<Entry[]>): Promise<Entry[]> {
    const turned = this.#commits.then(work);
    this.#commits = turned.catch(() => undefined);
    return turned;
  }

  /**
   * Commits events that no turn made. They are told in the stream of the turn that runs, or of the next one: see
   * {@link asidesBefore}.
   */
  async commitAside(...events: readonly DurableEvent[]): Promise<void> {
    this.#asides += 1;
    try {
      this.#untold.push(...(await this.commit(...events)));
    } finally {
      this.#asides -= 1;
    }
  }

  /** Events of this session with the entries that no turn made between them, so that `seq` rises. */
  told<Result>(events: AsyncGenerator<AgentEvent, Result>): AsyncGenerator<AgentEvent, Result> {
    return retell(events, ({ seq }) => (this.hasAsides ? this.asidesBefore(seq) : []));
  }

  /** Whether entries that no turn made are not told yet. */
  get hasAsides(): boolean {
    return this.#asides > 0 || this.#untold.length > 0;
  }

  /** Entries that no turn made and that come before `seq`, each given out once; waits for those under way. */
  async asidesBefore(seq: number): Promise<Entry[]> {
    await this.#commits;
    const later = this.#untold.findIndex((entry) => entry.seq > seq);
    return this.#untold.splice(0, later < 0 ? this.#untold.length : later);
  }

  async #append(events: readonly DurableEvent[], account: CallAccount): Promise<Entry[]> {
    let parent = this.#leaf;
    const entries = events.map((event): Entry => {
      const entry: Entry = {
        v: 1,
        seq: ++this.#seq,
        at: this.#now(),
        sessionId: this.id,
        turnId: this.#turn,
        agent: mainAgent,
        id: this.#ids.entry(),
        parent,
        ...this.#mark(event),
      };
      parent = entry.type === "branch.moved" ? entry.leaf : entry.id;
      return entry;
    });
    await this.#writer.append(entries satisfies readonly NewEntry[], account);
    return entries;
  }

  /**
   * Takes in the path that is in the ledger, page by page: of what compactions dropped nothing stays in memory.
   * @param readPath gives the path from its beginning; asked twice where compactions were taken back further on
   * @param each sees every entry as well, perhaps twice
   */
  async load(
    readPath: () => AsyncIterable<readonly Entry[]>,
    each: (entry: Entry) => void = () => undefined,
  ): Promise<void> {
    const undone = new Set<EntryId>();
    for (let known = -1; known !== undone.size; ) {
      known = undone.size;
      this.#fold = new Fold(undone);
      this.#said = [];
      this.#touched = new TouchedFiles();
      this.#callIds = new CallIds();
      this.#evidence = new EvidenceLedger();
      for await (const page of readPath()) {
        for (const entry of page) {
          if (entry.type === "compaction.undone") for (const id of entry.compactions) undone.add(id);
          // What was folded so far counts a compaction that does not count: it is read anew when all are known.
          if (known !== undone.size) continue;
          this.#take(entry);
          each(entry);
        }
      }
    }
  }

  #take(entry: Entry): void {
    const before = entry.type === "compaction.finished" && entry.evicted ? this.#fold.messages() : null;
    this.#fold.add(entry);
    this.#note(entry);
    if (before) this.#keepEvicted(before);
    if (entry.type === "compaction.finished") this.#keepWords();
  }

  /** Of a message that a person took something out of, no compaction must bring it back. */
  #keepEvicted(before: readonly Message[]): void {
    const now = this.#fold.messages();
    const replaced = new Map(before.map(({ parts }, index) => [parts, now[index]?.parts ?? parts]));
    this.#said = this.#said.map((parts) => replaced.get(parts) ?? parts);
  }

  /** Of what was said before the conversation as it now stands only words are needed: pictures are big. */
  #keepWords(): void {
    const present = new Set<readonly Part[]>(this.#fold.messages().map(({ parts }) => parts));
    this.#said = this.#said.map((parts) =>
      present.has(parts)
        ? parts
        : parts.map((part) => (part.type === "text" ? part : { type: "text", text: `[${part.type}]` })),
    );
  }

  /** What is kept of an entry beside its place in the conversation. */
  #note(entry: Entry): void {
    this.#evidence.add(entry);
    this.#leaf = entry.id;
    if (entry.type === "step.started" && entry.mode !== undefined) this.#lastMode = entry.mode;
    if (entry.type === "session.titled") this.#titled = true;
    if (entry.type === "user.message" && personal.has(entry.origin)) this.#said.push(entry.parts);
    if (entry.type === "assistant.message")
      for (const call of toolCallsOf(entry.parts)) this.#callIds.add(call.id);
    if (entry.type === "tool.started") this.#touched.add(entry.name, entry.input);
  }

  /** An event for live readers only. */
  live(event: EphemeralEvent): AgentEvent {
    return {
      v: 1,
      seq: ++this.#seq,
      at: this.#now(),
      sessionId: this.id,
      turnId: this.#turn,
      agent: mainAgent,
      ...event,
    };
  }

  /**
   * Runs `work` as soon as no commit is under way. Whoever makes live events beside commits makes them in here: then
   * `seq` rises in the stream as it is read.
   */
  whenQuiet(work: () => void): void {
    this.#commits = this.#commits.then(work);
  }

  /** Gives up the right to write. */
  close(): Promise<void> {
    return this.#writer.close();
  }
}
