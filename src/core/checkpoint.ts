/** Checkpoints as the loop and the stream of events know them: captured states of a project, to be gone back to. */
import type { TurnId } from "./ids.ts";

/** Why the content of something is not captured. */
export type LeftOut =
  /** An ignore file names it, and it is a folder or no small file. */
  | "ignored"
  /** Above the limit on one file. */
  | "large"
  /** The store has no room left within its limit. */
  | "full"
  /** A socket, a pipe or a device. */
  | "special"
  /** It could not be read. */
  | "unreadable";

/** What became of a path. */
export type FileChange = { path: string; change: "created" | "modified" | "deleted" };

/** Files that are named in a record; the rest are counted. */
export const namedChanges = 100;

/** A call that may change files. */
export type ChangingCall = {
  turnId: TurnId | null;
  callId: string;
  /** Absolute paths of all it may change; null when it may change any. */
  paths: readonly string[] | null;
};

/** A checkpoint that was taken, in numbers. */
export type CheckpointTaken = {
  /** Its number in the project's store; they rise. */
  checkpoint: number;
  /** How many paths had changed since the checkpoint before. */
  changes: number;
  /** Content that was new to the store, as read. */
  bytes: number;
  durationMs: number;
};

/** What a call did to files, once it is known. */
export type CallChanges = CheckpointTaken & {
  callId: string;
  /** At most {@link namedChanges} of them, absolute. */
  files: FileChange[];
  /** How many were changed in all. */
  count: number;
  /** Of these, paths whose content from before is not in the store. */
  notCovered: number;
};

/** Something a person should know about checkpoints; each is told once a session. */
export type CheckpointNote = { code: string; text: string };

/**
 * The loop's side of checkpoints. Nothing here rejects: what goes wrong is told in `notes`, and the work goes on.
 */
export type Checkpointer = {
  /** Reads ahead what the first command would have to wait for. */
  readAhead(): void;
  /** What there is to tell where {@link Checkpointer.before} takes long; told once a session. */
  waiting(): CheckpointNote[];
  /** Captures the state before a call; null when there is nothing to record. */
  before(call: ChangingCall, signal: AbortSignal): Promise<CheckpointTaken | null>;
  /** Begins to look at what a call did, beside whatever comes next. */
  after(callId: string): void;
  /** What the calls that ended came to, each told once; waits for looks under way. */
  settled(): Promise<CallChanges[]>;
  /** What there is to tell since the last time. */
  notes(): CheckpointNote[];
};

/** Where checkpoints are turned off. */
export const noCheckpoints: Checkpointer = {
  readAhead: () => undefined,
  waiting: () => [],
  before: async () => null,
  after: () => undefined,
  settled: async () => [],
  notes: () => [],
};
