/** What an answer can be held against: checks that ran, what changed after them, and what the answer claims of them. */

/** What a command checks. `format` is whether code is formatted, not formatting it. */
export type CheckKind = "test" | "build" | "typecheck" | "lint" | "format";

/**
 * How a check went. `unknown`: it ran, or may have, but the exit code of its command line is another command's
 * (`npm test | tail`, `npm test || true`). `unfinished`: cut off, or still running in the background.
 */
export type CheckOutcome = "passed" | "failed" | "unknown" | "unfinished";

/** A run of a check, or, for a claim of "verified", of any command. */
export type CheckRun = {
  kind: CheckKind | "command";
  /** The command as written, cut to one short line. */
  command: string;
  outcome: CheckOutcome;
  /** Of the whole command line; null when it did not end by itself. */
  exitCode: number | null;
  /** Unix ms of its end. */
  at: number;
  /** Whether this turn ran it; otherwise an earlier one of the session did. */
  thisTurn: boolean;
  /** Changes of files since then that are known: edits by tools, and commands that plainly write files. */
  editsSince: number;
  /** Other commands since then that are not known to be harmless: they may have changed files. */
  commandsSince: number;
};

/** `stale`: the check passed, and files were changed after it. `unsupported`: no run is known to have passed. */
export type ClaimVerdict = "supported" | "stale" | "contradicted" | "unsupported";

/** Something the final answer says of checks, and what the record says to it. */
export type Claim = {
  kind: CheckKind | "verified";
  /** The sentence, cut to one short line. */
  text: string;
  verdict: ClaimVerdict;
  /** The run it was held against; null when there is none. */
  run: CheckRun | null;
};

/** What a turn leaves to hold its answer against. */
export type Evidence = {
  /** The last run of the turn's `--verify` command. */
  verify: { command: string; exitCode: number | null } | null;
  /** Known changes of files since then, or in the whole turn without one. */
  editsSinceVerify: number;
  /** The last run of each kind of check in the session, oldest first. */
  checks: CheckRun[];
  /** Files the turn's edits changed, as the tools were given them; the last 200 at most. */
  filesChanged: string[];
  /** What the final answer claims, one of each kind. */
  claims: Claim[];
};

/** Nothing to hold anything against. */
export const noEvidence: Evidence = Object.freeze({
  verify: null,
  editsSinceVerify: 0,
  checks: [],
  filesChanged: [],
  claims: [],
});

const nouns: Readonly<Record<Claim["kind"] | CheckRun["kind"], readonly [subject: string, claim: string]>> = {
  test: ["tests", "tests pass"],
  build: ["build", "the build works"],
  typecheck: ["type check", "types check"],
  lint: ["lint", "lint is clean"],
  format: ["format check", "formatting is clean"],
  verified: ["verification", "the work was verified"],
  command: ["command", "the command works"],
};

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A run in words: `tests passed 14:02 (npm test), 3 edits since`. `clock` writes a time (Unix ms). */
export function runWords(run: CheckRun, clock: (at: number) => string): string {
  const code = run.outcome === "failed" && run.exitCode !== null ? ` with exit code ${run.exitCode}` : "";
  const how = {
    passed: "passed",
    failed: `failed${code}`,
    unknown: "ran with unknown outcome",
    unfinished: "did not finish",
  }[run.outcome];
  const since = [
    ...(run.editsSince > 0 ? [`${many(run.editsSince, "edit")} since`] : []),
    ...(run.commandsSince > 0 ? [`${many(run.commandsSince, "other command")} since`] : []),
  ];
  return [`${nouns[run.kind][0]} ${how} ${clock(run.at)} (${run.command})`, ...since].join(", ");
}

/** What the record says to a claim: `claims tests pass, but none ran`. */
export function claimWords({ kind, verdict, run }: Claim, clock: (at: number) => string): string {
  const claims = `claims ${nouns[kind][1]}`;
  if (verdict === "supported") return run === null ? claims : `${claims}: ${runWords(run, clock)}`;
  if (run !== null) return `${claims}, but ${runWords(run, clock)}`;
  return `${claims}, but ${kind === "verified" ? "nothing" : "none"} ran`;
}

/** The evidence as one line for people, without its label; null when the turn has nothing that asks for any. */
export function evidenceWords(evidence: Evidence, clock: (at: number) => string): string | null {
  const { checks, claims, filesChanged } = evidence;
  const open = claims.filter(({ verdict }) => verdict !== "supported");
  const told = new Set(open.flatMap(({ run }) => (run === null ? [] : [run.kind])));
  const concerns = claims.length > 0 || filesChanged.length > 0 || checks.some(({ thisTurn }) => thisTurn);
  if (!concerns) return null;
  const words = [
    ...open.map((claim) => claimWords(claim, clock)),
    ...checks.filter(({ kind }) => !told.has(kind)).map((run) => runWords(run, clock)),
  ];
  if (words.length > 0) return words.join("; ");
  return claims.length > 0 ? null : `nothing was checked after ${many(filesChanged.length, "changed file")}`;
}

/** Whether the answer claims something the record does not bear out. */
export const isUnproven = ({ claims }: Evidence): boolean =>
  claims.some(({ verdict }) => verdict !== "supported");
