/** Holds claims against runs of checks. */
import {
  type CheckRun,
  type Claim,
  type ClaimVerdict,
  claimWords,
  type Evidence,
} from "../../core/evidence.ts";
import type { FoundClaim } from "./claims.ts";

/** What the ledger knows: of each kind of check the run that counts, and the last other command. */
export type Runs = {
  /** Oldest first. */
  checks: readonly CheckRun[];
  command: CheckRun | null;
};

/** What one run says to a claim about it. */
function verdictOf({ outcome, editsSince }: CheckRun): ClaimVerdict {
  if (outcome === "failed") return "contradicted";
  if (outcome !== "passed") return "unsupported";
  return editsSince > 0 ? "stale" : "supported";
}

/** The claim with its verdict. */
export function judge({ kind, provenBy, text }: FoundClaim, runs: Runs): Claim {
  const run = kind === "verified" ? runOfAll(runs) : runOf(provenBy, runs.checks);
  return { kind, text, verdict: run === null ? "unsupported" : verdictOf(run), run };
}

/** Of several kinds that would do, one that bears the claim out, else the latest. */
function runOf(provenBy: FoundClaim["provenBy"], checks: readonly CheckRun[]): CheckRun | null {
  const fitting = checks.filter(({ kind }) => provenBy.some((each) => each === kind));
  return fitting.find((run) => verdictOf(run) === "supported") ?? fitting.at(-1) ?? null;
}

/**
 * "Verified" is borne out by the latest check, or any command, that passed after the last edit; a check that failed
 * after it speaks against it.
 */
function runOfAll({ checks, command }: Runs): CheckRun | null {
  const failed = checks.findLast(({ outcome, editsSince }) => outcome === "failed" && editsSince === 0);
  if (failed) return failed;
  const good = checks.findLast((run) => verdictOf(run) === "supported");
  if (good) return good;
  if (command !== null && verdictOf(command) === "supported") return command;
  return checks.at(-1) ?? (command?.outcome === "failed" ? null : command);
}

/** What the model is told once when its answer claims what the record does not bear out. */
export function evidenceReminder({ claims }: Evidence): string {
  const open = claims
    .filter(({ verdict }) => verdict !== "supported")
    .map((claim) => `- "${claim.text}": the answer ${claimWords(claim, () => "earlier")}.`);
  return [
    "Your answer says more than the record of this session bears out:",
    ...open,
    "Run the check now, by itself so that its exit code is seen, and answer by what it shows; or answer again and say plainly what was not checked.",
  ].join("\n");
}
