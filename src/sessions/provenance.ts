/** Which entry each piece of a folded conversation came from, and which pieces a person took out of it. */
import type { Attached } from "../core/attachment.ts";
import type { ConversationPiece, MessageOrigin } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../core/message.ts";
import { toolCallsOf } from "../core/message.ts";
import { evictedText } from "./fold-text.ts";

/** A message on the user's side, by its entry. */
type Utterance = { entry: EntryId; seq: number; origin: MessageOrigin; attached: readonly Attached[] };

/** What a call came to, by the entry of its end. */
type Outcome = { entry: EntryId; seq: number };

/** A part of the conversation with what is known of it. */
export type PlacedPart = {
  /** Index of its message. */
  message: number;
  role: Message["role"];
  part: Part;
  /** What it is named by to take it out; null where it cannot be. */
  piece: ConversationPiece | null;
  /** Of a message on the user's side; null for a summary and for what others said. */
  origin: MessageOrigin | null;
  /** As what it was attached; null for what was typed. */
  attached: Attached | null;
  /** The call a result answers. */
  call: ToolCallPart | null;
  /** The compaction by which it was taken out; null where it stands as it was said. */
  evictedBy: EntryId | null;
};

/** Follows a fold. */
export class Provenance {
  /** By the `seq` of their messages. */
  readonly #utterances = new Map<number, Utterance>();
  /** By the id a call has in the conversation. */
  readonly #outcomes = new Map<string, Outcome>();
  /** The compaction by which a piece was taken out, by {@link pieceKey}. */
  readonly #evicted = new Map<string, EntryId>();
  readonly #evictedEntries = new Set<EntryId>();

  /** Entries of which something was taken out. */
  get evictedEntries(): ReadonlySet<EntryId> {
    return this.#evictedEntries;
  }

  /** A message on the user's side came. */
  said(utterance: Utterance): void {
    this.#utterances.set(utterance.seq, utterance);
  }

  /** A call of the conversation came to its end. */
  answered(callId: string, outcome: Outcome): void {
    this.#outcomes.set(callId, outcome);
  }

  /**
   * The messages without the pieces, each with a word in its place; what is not in them any more is left out.
   * @param seqs the `seq` of each message
   */
  evict(
    { messages, seqs }: { messages: readonly Message[]; seqs: readonly number[] },
    pieces: readonly ConversationPiece[],
    by: EntryId,
    recallable: boolean,
  ): Message[] {
    const wanted = new Set(pieces.map(pieceKey).filter((key) => !this.#evicted.has(key)));
    const taken = (piece: ConversationPiece): boolean => {
      const key = pieceKey(piece);
      if (!wanted.has(key)) return false;
      this.#evicted.set(key, by);
      this.#evictedEntries.add(piece.entry);
      return true;
    };
    return messages.map((message, index) => {
      const before = message.parts;
      const parts = before.map((part, at): Part => {
        if (part.type === "tool_result") {
          const outcome = this.#outcomes.get(part.callId);
          if (!outcome || !taken({ entry: outcome.entry })) return part;
          return withoutContent(part, evictedText(part.content, outcome.seq, { isResult: true, recallable }));
        }
        const utterance = this.#utteranceAt(message, seqs[index]);
        if (!utterance || !taken({ entry: utterance.entry, part: at })) return part;
        return {
          type: "text",
          text: evictedText([part], utterance.seq, { isResult: false, recallable }),
        };
      });
      return parts.every((part, at) => part === before[at]) ? message : { ...message, parts };
    });
  }

  /** Every part of the messages, with where it comes from. */
  placed(messages: readonly Message[], seqs: readonly number[]): PlacedPart[] {
    const calls = new Map<string, ToolCallPart>();
    return messages.flatMap((message, index) => {
      for (const call of toolCallsOf(message.parts)) calls.set(call.id, call);
      const utterance = this.#utteranceAt(message, seqs[index]);
      return message.parts.map((part, at): PlacedPart => {
        const outcome = part.type === "tool_result" ? this.#outcomes.get(part.callId) : undefined;
        const piece = outcome
          ? { entry: outcome.entry }
          : utterance
            ? { entry: utterance.entry, part: at }
            : null;
        return {
          message: index,
          role: message.role,
          part,
          piece,
          origin: utterance?.origin ?? null,
          attached: utterance?.attached.find((one) => one.part === at) ?? null,
          call: part.type === "tool_result" ? (calls.get(part.callId) ?? null) : null,
          evictedBy: piece === null ? null : (this.#evicted.get(pieceKey(piece)) ?? null),
        };
      });
    });
  }

  #utteranceAt({ role }: Message, seq: number | undefined): Utterance | undefined {
    return role === "user" && seq !== undefined ? this.#utterances.get(seq) : undefined;
  }
}

/** What tells a piece from all others. */
export const pieceKey = ({ entry, part }: ConversationPiece): string =>
  part === undefined ? entry : `${entry}#${part}`;

function withoutContent(result: ToolResultPart, text: string): ToolResultPart {
  const { callId, isError } = result;
  return {
    type: "tool_result",
    callId,
    content: [{ type: "text", text }],
    ...(isError === true && { isError: true as const }),
  };
}
