/** The part of a conversation the window no longer holds, as tools may read it. sessions/ implements it over the ledger. */

/** The tool that reads it, as models call it. */
export const recallName = "recall";

/** One thing that was said or done. */
export type PastEntry = {
  /** Its number in the ledger: rising within a session. */
  seq: number;
  /** Which of the person's prompts it belongs to, from 1; 0 before the first. */
  turn: number;
  /** `user`, `agent`, `bash call`, `bash result`. */
  who: string;
  text: string;
};

/** Reads what compaction dropped, oldest first. Read in pages, so that a long past never sits in memory. */
export type DroppedHistory = { entries(): AsyncIterable<PastEntry> };
