/**
 * Where the money of a session went: each call's cost is shared over what filled its prompt and what its answer is for.
 * One pass over the entries, O(their number) but for branches, each of which costs a walk over its path.
 *
 * It follows the conversation by the same rules as sessions/fold.ts (what a compaction drops, results that come before
 * their answer, attempts that were given up), in sizes instead of words.
 */
import type { DurableEvent, Entry } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Part } from "../core/message.ts";
import { toolCallsOf } from "../core/message.ts";
import { promptTokens, totalTokens } from "../core/usage.ts";
import { estimateTokens } from "../models/estimate.ts";
import { estimatePart, type TokenTarget } from "../models/request-tokens.ts";
import { type CallRecord, callOf } from "../sessions/calls.ts";
import { undoneIn } from "../sessions/compactions.ts";
import { prunedHead } from "../sessions/fold-text.ts";
import { pieceKey } from "../sessions/provenance.ts";
import { type Amounts, addTimes, noAmounts } from "./amounts.ts";
import { type CostSource, type FileShare, filesOf, type HelperCall } from "./cost-source.ts";
import { type Piece, PromptShares } from "./prompt-shares.ts";

type EntryOf<Type extends DurableEvent["type"]> = Extract<Entry, { type: Type }>;

/** What a source came to. */
export type SourceShare = { source: CostSource; amounts: Amounts };

/** A piece of a session's prompts. */
type SessionPiece = Piece<SourceShare> & {
  /** `seq` of the entry that brought it, of a result its answer's; null for what is fixed in a segment. */
  seq: number | null;
  /** The call it is the result of. */
  result?: string;
  /** What a person takes it out by: see {@link pieceKey}. */
  key?: string;
};

type Call = { tool: string; files: FileShare[]; seq: number };

/** Sizes only compare with each other, so that whose tokenizer they are counted by makes no difference. */
const target: TokenTarget = { dialect: "messages", model: "" };

/** Tokens a result that was pruned still takes, at most. */
const prunedTokens = Math.ceil(prunedHead / 3);

/**
 * How prices relate where a call's own are not on record: cached tokens a tenth of the others, written ones a quarter
 * more, answers five times as much (Anthropic's list; the others' are near).
 */
const usualRates = { input: 1, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2, output: 5 };

/** Shares out the calls of one session. Give it every entry in order of `seq`. */
export class Attribution {
  readonly #isCounted: (entry: Entry) => boolean;
  readonly #sources = new Map<string, SourceShare>();
  readonly #total = noAmounts();
  #prompt = this.#emptyPrompt();
  #cwd = "/";
  #segment: EntryOf<"segment.started"> | null = null;
  #segmentSent = false;
  #seqOf = new Map<EntryId, number>();
  #calls = new Map<string, Call>();
  #early: EntryOf<"tool.finished">[] = [];
  #repairs = false;
  #undone: ReadonlySet<EntryId> = new Set();
  /** Walking a path again, for what it left in the window: nothing is charged or counted. */
  #walking = false;

  /** @param isCounted whether an entry's call is one the report is over; the others only build the prompts */
  constructor(isCounted: (entry: Entry) => boolean) {
    this.#isCounted = isCounted;
  }

  /** Takes in the next entry. */
  add(entry: Entry): void {
    this.#seqOf.set(entry.id, entry.seq);
    switch (entry.type) {
      case "session.started":
        this.#cwd = entry.cwd;
        return;
      case "segment.started":
        this.#segment = entry;
        this.#segmentSent = false;
        return;
      case "user.message":
        this.#closeStep();
        this.#repairs = entry.origin === "schema_repair";
        this.#say(entry);
        return;
      case "step.started":
        this.#closeStep();
        this.#placeSegment(entry);
        return;
      case "attempt.failed":
        this.#early = [];
        this.#chargeHelper(entry, "failed_attempt");
        return;
      case "assistant.message":
        this.#addAnswer(entry);
        return;
      case "tool.finished":
        if (this.#calls.has(entry.callId)) this.#addResult(entry);
        else this.#early.push(entry);
        return;
      case "compaction.finished":
        this.#closeStep();
        this.#chargeHelper(entry, "compaction");
        if (!this.#undone.has(entry.id)) this.#compact(entry);
        return;
      default:
        return;
    }
  }

  /**
   * Goes on from another place of the tree, or from the same one without the compactions that were taken back: `path`
   * leads there from the root. To be called in place of `add` for the entry that says so.
   */
  moveTo(path: readonly Entry[]): void {
    this.#prompt.settle();
    this.#prompt = this.#emptyPrompt();
    this.#closeStep();
    this.#undone = undoneIn(path);
    this.#walking = true;
    for (const entry of path) this.add(entry);
    this.#walking = false;
    this.#prompt.sent();
  }

  /** The shares, and the whole they are of (its cost and tokens are whole numbers). Nothing may be added after. */
  finish(): { shares: SourceShare[]; total: Amounts } {
    this.#prompt.settle();
    return { shares: [...this.#sources.values()], total: this.#total };
  }

  /** What has no result by now never gets one. */
  #closeStep(): void {
    this.#calls.clear();
    this.#early = [];
  }

  #emptyPrompt(): PromptShares<SourceShare, SessionPiece> {
    return new PromptShares((share, amounts, factor) => addTimes(share.amounts, amounts, factor));
  }

  /** System prompt, tool list and context files, once their sizes are known. */
  #placeSegment({ estimate }: EntryOf<"step.started">): void {
    if (this.#segmentSent) return;
    this.#segmentSent = true;
    this.#prompt.remove(({ seq }) => seq === null);
    const files = this.#segment?.files ?? [];
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const place = (source: CostSource, weight: number): void =>
      this.#prompt.add({ payer: this.#share(source), weight, seq: null });
    place({ kind: "system" }, estimate.system + (bytes === 0 ? estimate.files : 0));
    place({ kind: "tool_definitions" }, estimate.tools);
    if (bytes === 0) return;
    for (const file of files)
      place({ kind: "context_file", file: file.path }, (estimate.files * file.bytes) / bytes);
  }

  #say({ id, seq, origin, parts }: EntryOf<"user.message">): void {
    const payer = this.#share({ kind: "message", origin });
    for (const [index, part] of parts.entries())
      this.#prompt.add({
        payer,
        weight: estimatePart(part, target),
        seq,
        key: pieceKey({ entry: id, part: index }),
      });
  }

  #addAnswer(entry: EntryOf<"assistant.message">): void {
    const call = callOf(entry);
    const repairs = this.#repairs;
    this.#repairs = false;
    if (call !== null && this.#counts(entry, call)) {
      if (repairs) this.#chargeHelper(entry, "schema_repair");
      else this.#chargeStep(entry, call);
    }
    // Charged or not, what was in the prompt has been sent.
    this.#prompt.sent();
    this.#calls = new Map(
      toolCallsOf(entry.parts).map(({ id, name, input }) => [
        id,
        { tool: name, files: filesOf(name, input, this.#cwd), seq: entry.seq },
      ]),
    );
    for (const { source, weight } of this.#wordsOf(entry.parts))
      this.#prompt.add({ payer: this.#share(source), weight, seq: entry.seq });
    for (const early of this.#early.splice(0)) if (this.#calls.has(early.callId)) this.#addResult(early);
  }

  #addResult(entry: EntryOf<"tool.finished">): void {
    const call = this.#calls.get(entry.callId);
    if (!call) return;
    this.#calls.delete(entry.callId);
    const weight = entry.output.reduce((sum, part) => sum + estimatePart(part, target), 0);
    for (const { file, share } of call.files)
      this.#prompt.add({
        payer: this.#share({ kind: "tool", tool: call.tool, file }),
        weight: weight * share,
        seq: call.seq,
        result: entry.callId,
        key: pieceKey({ entry: entry.id }),
      });
  }

  #compact({ prunedCalls, evicted = [], summary, keptFrom }: EntryOf<"compaction.finished">): void {
    const pruned = new Set(prunedCalls);
    const gone = new Set(evicted.map(pieceKey));
    const isPruned = ({ result, key, weight }: SessionPiece) =>
      weight > prunedTokens &&
      ((result !== undefined && pruned.has(result)) || (key !== undefined && gone.has(key)));
    for (const piece of pruned.size + gone.size > 0 ? this.#prompt.remove(isPruned) : [])
      this.#prompt.add({ ...piece, weight: prunedTokens });
    if (summary === null && keptFrom === null) return;
    const from = (keptFrom === null ? undefined : this.#seqOf.get(keptFrom)) ?? Number.POSITIVE_INFINITY;
    this.#prompt.remove((piece) => piece.seq !== null && piece.seq < from);
    // Before every real seq, so that the next summary replaces this one whatever it keeps.
    const weight = estimateTokens(summary ?? "") || 1;
    this.#prompt.add({ payer: this.#share({ kind: "summary" }), weight, seq: -1 });
  }

  #counts(entry: Entry, call: CallRecord): boolean {
    return !this.#walking && !call.replayed && this.#isCounted(entry);
  }

  #chargeHelper(
    entry: EntryOf<"attempt.failed" | "compaction.finished" | "assistant.message">,
    helper: HelperCall,
  ): void {
    const call = callOf(entry);
    if (call === null || !this.#counts(entry, call)) return;
    const amounts = amountsOf(call);
    addTimes(this.#total, amounts, 1);
    addTimes(this.#share({ kind: "helper", helper }).amounts, amounts, 1);
  }

  #chargeStep(entry: EntryOf<"assistant.message">, call: CallRecord): void {
    addTimes(this.#total, amountsOf(call), 1);
    const { fresh, read, output } = billOf(entry, call);
    if (promptTokens(call.usage) === 0) addTimes(output, fresh, 1);
    else if (!this.#prompt.charge({ fresh, read })) {
      const unknown = this.#share({ kind: "unknown" }).amounts;
      addTimes(unknown, fresh, 1);
      addTimes(unknown, read, 1);
    }
    this.#chargeAnswer(entry, output);
  }

  /** The answer's cost, to what it is made of: thoughts by the upstream's own count of them, the rest by size. */
  #chargeAnswer({ parts, usage }: EntryOf<"assistant.message">, output: Amounts): void {
    const words = this.#wordsOf(parts);
    const thought = usage.output > 0 ? Math.min(1, usage.reasoning / usage.output) : 0;
    const said = thought > 0 ? words.filter(({ source }) => source.kind !== "reasoning") : words;
    const rest = { ...output };
    if (thought > 0) {
      const thinking = noAmounts();
      addTimes(thinking, output, said.length > 0 ? thought : 1);
      thinking.reasoning = output.reasoning;
      addTimes(this.#share({ kind: "reasoning" }).amounts, thinking, 1);
      addTimes(rest, thinking, -1);
    }
    const weight = said.reduce((sum, word) => sum + word.weight, 0);
    for (const word of said) addTimes(this.#share(word.source).amounts, rest, word.weight / weight);
    if (said.length === 0) addTimes(this.#share({ kind: "text" }).amounts, rest, 1);
  }

  /** The parts of an answer by their sizes; a call over several files is several. */
  #wordsOf(parts: readonly Part[]): { source: CostSource; weight: number }[] {
    return parts.flatMap((part): { source: CostSource; weight: number }[] => {
      const weight = Math.max(1, estimatePart(part, target));
      if (part.type === "reasoning") return [{ source: { kind: "reasoning" }, weight }];
      if (part.type !== "tool_call") return [{ source: { kind: "text" }, weight }];
      return filesOf(part.name, part.input, this.#cwd).map(({ file, share }) => ({
        source: { kind: "tool", tool: part.name, file },
        weight: weight * share,
      }));
    });
  }

  #share(source: CostSource): SourceShare {
    const key = JSON.stringify(source);
    const known = this.#sources.get(key) ?? { source, amounts: noAmounts() };
    this.#sources.set(key, known);
    return known;
  }
}

/** A whole call. */
function amountsOf({ usage, cost, unpriced }: CallRecord): Amounts {
  return { ...usage, cost: cost ?? 0, unpriced: unpriced ? totalTokens(usage) : 0 };
}

/** A step's cost and tokens by what they were billed for. */
function billOf(
  { usage, costParts }: EntryOf<"assistant.message">,
  { cost, unpriced }: CallRecord,
): { fresh: Amounts; read: Amounts; output: Amounts } {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = usage;
  const usual = {
    input:
      input * usualRates.input +
      cacheWrite5m * usualRates.cacheWrite5m +
      cacheWrite1h * usualRates.cacheWrite1h,
    cacheRead: cacheRead * usualRates.cacheRead,
    output: output * usualRates.output,
  };
  const sumOf = (parts: typeof usual): number => parts.input + parts.cacheRead + parts.output;
  const parts = costParts !== undefined && sumOf(costParts) > 0 ? costParts : usual;
  const whole = sumOf(parts);
  const money = (part: number): number => (whole === 0 ? 0 : ((cost ?? 0) * part) / whole);
  const open = (tokens: number): number => (unpriced ? tokens : 0);
  const none = noAmounts();
  const freshTokens = input + cacheWrite5m + cacheWrite1h;
  return {
    fresh: {
      ...none,
      cost: money(parts.input),
      input,
      cacheWrite5m,
      cacheWrite1h,
      unpriced: open(freshTokens),
    },
    read: { ...none, cost: money(parts.cacheRead), cacheRead, unpriced: open(cacheRead) },
    output: {
      ...none,
      // A charge for no tokens at all is the answer's.
      cost: whole === 0 ? (cost ?? 0) : money(parts.output),
      output,
      reasoning,
      unpriced: open(output),
    },
  };
}
