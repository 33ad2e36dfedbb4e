/**
 * Folds the entries of a session's path into what an answer can be held against. Live and from the ledger it is this
 * same fold over the same entries, so both come to the same.
 */

import type { Entry } from "../../core/event.ts";
import type { CheckKind, CheckRun, Evidence } from "../../core/evidence.ts";
import type { TurnId } from "../../core/ids.ts";
import type { Json } from "../../core/message.ts";
import { type ReadShell, unreadLine } from "../../policy/shell/line.ts";
import { TouchedFiles } from "../compaction/touched-files.ts";
import { claimsIn } from "./claims.ts";
import { judge } from "./judge.ts";
import { type Deed, deedsOf } from "./recognise.ts";

type EntryOf<Type extends Entry["type"]> = Extract<Entry, { type: Type }>;

/** A run as it is kept: when it was, in the counts of changes so far. */
type KeptRun = Omit<CheckRun, "thisTurn" | "editsSince" | "commandsSince"> & {
  turnId: TurnId | null;
  edits: number;
  commands: number;
  /** Its place among all runs. */
  order: number;
};

/** Of one kind of check the last run, and the last whose outcome is known. */
type Kept = { last: KeptRun; known: KeptRun | null };

/** Follows a session. Each entry costs O(its own size). */
export class EvidenceLedger {
  readonly #kept = new Map<CheckKind | "command", Kept>();
  /** Calls that started and have no result yet. */
  readonly #running = new Map<string, EntryOf<"tool.started">>();
  /** Commands in the background, by job. */
  readonly #jobs = new Map<number, { command: string; runs: ReadonlySet<KeptRun> }>();
  /** Entries not read yet, without what is not needed of them. */
  readonly #waiting: Entry[] = [];
  #order = 0;
  #edits = 0;
  #commands = 0;
  #turn: TurnId | null = null;
  #verify: Evidence["verify"] = null;
  /** Edits at the last verify run, or at the turn's beginning. */
  #editsAtVerify = 0;
  #files = new TouchedFiles();
  #shell: ReadShell = unreadLine;

  /**
   * Takes the next entry of the path. Commands are read when evidence is asked for: a session that is opened must not
   * wait for all it ever ran to be read.
   */
  add(entry: Entry): void {
    switch (entry.type) {
      case "user.message":
        this.#waiting.push({ ...entry, parts: [] });
        return;
      case "tool.started":
      case "turn.ended":
        this.#waiting.push(entry);
        return;
      case "tool.finished":
        this.#waiting.push({ ...entry, output: [], display: [] });
        return;
      case "verify.finished":
        this.#waiting.push({ ...entry, output: "" });
        return;
      default:
        return;
    }
  }

  /** Whether a command waits to be read, so that the shell parser is needed for the next answer. */
  get hasUnreadCommands(): boolean {
    return (
      this.#jobs.size > 0 ||
      this.#running.size > 0 ||
      this.#waiting.some(
        (entry) =>
          entry.type === "verify.finished" ||
          (entry.type === "tool.started" && commandOf(entry.input) !== null),
      )
    );
  }

  #read(read: ReadShell): void {
    this.#shell = read;
    for (const entry of this.#waiting.splice(0)) this.#take(entry);
  }

  #take(entry: Entry): void {
    switch (entry.type) {
      case "user.message":
        if (entry.origin === "prompt") this.#beginTurn(entry);
        return;
      case "tool.started":
        this.#running.set(entry.callId, entry);
        return;
      case "tool.finished":
        this.#finish(entry);
        return;
      case "verify.finished":
        this.#verified(entry);
        return;
      case "turn.ended":
        this.#endCutOff(entry.at);
        return;
      default:
        return;
    }
  }

  /** What the turn's answer, of this text, can be held against. */
  evidence(answer: string, read: ReadShell): Evidence {
    this.#read(read);
    const { checks, command } = this.#runs();
    return {
      ...this.#turnFacts(),
      checks,
      filesChanged: this.#files.lists().changed,
      claims: claimsIn(answer).map((claim) => judge(claim, { checks, command })),
    };
  }

  /** The same without looking at checks and claims. */
  verifyOnly(read: ReadShell): Evidence {
    this.#read(read);
    return { ...this.#turnFacts(), checks: [], filesChanged: [], claims: [] };
  }

  #turnFacts(): Pick<Evidence, "verify" | "editsSinceVerify"> {
    return { verify: this.#verify, editsSinceVerify: this.#edits - this.#editsAtVerify };
  }

  #runs(): { checks: CheckRun[]; command: CheckRun | null } {
    const checks: CheckRun[] = [];
    let command: CheckRun | null = null;
    const inOrder = [...this.#kept.values()]
      .map((kept) => this.#counting(kept))
      .sort((a, b) => a.order - b.order);
    for (const kept of inOrder) {
      const { turnId, edits, commands, order: _, ...run } = kept;
      const shown: CheckRun = {
        ...run,
        thisTurn: turnId === this.#turn,
        editsSince: this.#edits - edits,
        commandsSince: this.#commands - commands,
      };
      if (run.kind === "command") command = shown;
      else checks.push(shown);
    }
    return { checks, command };
  }

  /** A run that says nothing does not undo one that passed, as long as nothing was changed since. */
  #counting({ last, known }: Kept): KeptRun {
    const says = last.outcome === "passed" || last.outcome === "failed";
    if (says || known === null) return last;
    return known.outcome === "passed" && known.edits === this.#edits ? known : last;
  }

  #beginTurn({ turnId, at }: EntryOf<"user.message">): void {
    this.#endCutOff(at);
    this.#turn = turnId;
    this.#verify = null;
    this.#editsAtVerify = this.#edits;
    this.#files = new TouchedFiles();
  }

  /** Calls cut off with their process may have had effects. */
  #endCutOff(at: number): void {
    for (const started of [...this.#running.values()]) this.#effects(started, "interrupted", undefined, at);
    this.#running.clear();
  }

  #finish(entry: EntryOf<"tool.finished">): void {
    const started = this.#running.get(entry.callId);
    this.#running.delete(entry.callId);
    if (entry.name === "jobs") this.#heardOfJob(entry);
    else if (started) this.#effects(started, entry.status, entry.facts, entry.at);
  }

  #effects(
    { name, input, access }: EntryOf<"tool.started">,
    status: EntryOf<"tool.finished">["status"],
    facts: { [key: string]: Json } | undefined,
    at: number,
  ): void {
    if (access === "edit") {
      // An edit tool that says no has changed nothing.
      if (status !== "ok" && status !== "interrupted") return;
      this.#edits += 1;
      this.#files.add(name, input);
      return;
    }
    if (access !== "execute" || name === "jobs") return;
    const command = commandOf(input);
    if (command === null) {
      this.#commands += 1;
      return;
    }
    const ended = status !== "interrupted" && facts?.timedOut !== true && facts?.aborted !== true;
    const exitCode = ended && typeof facts?.exitCode === "number" ? facts.exitCode : null;
    const runs = this.#record(deedsOf(command, exitCode, this.#shell), exitCode, at);
    if (typeof facts?.job === "number") this.#jobs.set(facts.job, { command, runs });
  }

  #record(deeds: readonly Deed[], exitCode: number | null, at: number): ReadonlySet<KeptRun> {
    const runs = new Set<KeptRun>();
    for (const deed of deeds) {
      if (deed.type === "edit") {
        this.#edits += 1;
        continue;
      }
      if (deed.type === "run") this.#commands += 1;
      const kinds = deed.type === "run" ? (["command"] as const) : [deed.kind, ...this.#shownToo(deed)];
      for (const kind of kinds) {
        const run: KeptRun = {
          kind,
          command: deed.command,
          outcome: deed.outcome,
          exitCode,
          at,
          turnId: this.#turn,
          edits: this.#edits,
          commands: this.#commands,
          order: ++this.#order,
        };
        this.#keep(run);
        runs.add(run);
      }
    }
    return runs;
  }

  /** `cargo test` that passes has built too; one that fails says nothing of the build. */
  #shownToo(deed: Extract<Deed, { type: "check" }>): readonly CheckKind[] {
    return deed.outcome === "passed" ? deed.proves : [];
  }

  #keep(run: KeptRun): void {
    const says = run.outcome === "passed" || run.outcome === "failed";
    this.#kept.set(run.kind, {
      last: run,
      known: says ? run : (this.#kept.get(run.kind)?.known ?? null),
    });
  }

  /** A background command has ended: what it checked is known now, as of when it was started. */
  #heardOfJob({ facts, at }: EntryOf<"tool.finished">): void {
    if (typeof facts?.job !== "number" || typeof facts.exitCode !== "number") return;
    const job = this.#jobs.get(facts.job);
    if (!job) return;
    this.#jobs.delete(facts.job);
    const { exitCode } = facts;
    for (const deed of deedsOf(job.command, exitCode, this.#shell)) {
      if (deed.type !== "check") continue;
      for (const kind of [deed.kind, ...this.#shownToo(deed)]) {
        const begun = [...job.runs].find((run) => run.kind === deed.kind);
        const last = this.#kept.get(kind)?.last;
        // A later run in the foreground says more than one that was begun before it.
        if (!begun || (last && !job.runs.has(last) && last.edits >= begun.edits)) continue;
        this.#keep({ ...begun, kind, outcome: deed.outcome, exitCode, at, order: ++this.#order });
      }
    }
  }

  #verified({ command, exitCode, at }: EntryOf<"verify.finished">): void {
    const deeds = deedsOf(command, exitCode, this.#shell);
    const outcome = exitCode === null ? "unfinished" : exitCode === 0 ? "passed" : "failed";
    // Whatever it is called, the user made it the test of the work.
    const asTest: Deed = { type: "check", kind: "test", proves: [], command, outcome };
    this.#record(deeds.some(({ type }) => type === "check") ? deeds : [asTest], exitCode, at);
    this.#verify = { command, exitCode };
    this.#editsAtVerify = this.#edits;
  }
}

function commandOf(input: Json): string | null {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
  return typeof input.command === "string" ? input.command : null;
}
