/**
 * What stands between an answer and the end of its turn: the output schema, then the verify command, then the record of
 * what was checked, then a limit.
 */
import type { AgentEvent } from "../core/event.ts";
import { type Evidence, isUnproven } from "../core/evidence.ts";
import type { Json } from "../core/message.ts";
import { unreadLine } from "../policy/shell/line.ts";
import { type Ending, endOfStop, endSchema, endUnproven, endUnverified } from "./ending.ts";
import { evidenceReminder } from "./evidence/judge.ts";
import { schemaRepair } from "./output-schema.ts";
import type { AgentRun, TurnInput } from "./run.ts";
import { say } from "./say.ts";
import type { TurnState } from "./turn-state.ts";

/** Where an answer leaves the turn: to go on, to end so, or with nothing open. */
type Settled = Ending | "go on" | null;

/** Holds the answer against what was asked. In a wrap-up nothing is repaired any more. */
export async function* settleAnswer(
  run: AgentRun,
  input: TurnInput,
  turn: TurnState,
): AsyncGenerator<AgentEvent, Settled> {
  const problem = checkSchema(input, turn);
  if (problem !== null && turn.wrapUp === null && turn.schemaRepairs++ === 0) {
    yield* say(run, "schema_repair", [{ type: "text", text: schemaRepair(problem) }]);
    return "go on";
  }
  const limit = turn.wrapUp?.ending ?? null;
  if (problem !== null) return limit && limit.reason !== "done" ? limit : endSchema(problem);
  const settled = input.verify === undefined ? limit : yield* holdToVerify(run, input.verify, turn, limit);
  if (settled !== null && (settled === "go on" || settled.reason !== "done")) return settled;
  return (yield* holdToEvidence(run, turn)) ?? settled;
}

/** The command is what "done" means, whatever limit was reached on the way. */
async function* holdToVerify(
  run: AgentRun,
  verify: string,
  turn: TurnState,
  limit: Ending | null,
): AsyncGenerator<AgentEvent, Settled> {
  const outcome = await run.verify(verify, run.signal);
  if (run.signal.aborted) return endOfStop(run.signal);
  turn.verified();
  // It runs as it was given; what is recorded and told of it holds no key.
  const command = run.redaction.text("your message", verify);
  const output = run.redaction.text("the verify output", outcome.output);
  yield* await run.session.commit(
    { type: "verify.finished", command, ...outcome, output },
    ...run.redaction.notes(),
  );
  if (outcome.exitCode === 0) return null;
  if (limit) return limit.reason === "done" ? endUnverified(command) : limit;
  if (turn.isIdle()) return endUnverified(command);
  const how = outcome.exitCode === null ? "did not finish" : `ended with exit code ${outcome.exitCode}`;
  const text = `The task is not done: \`${command}\` ${how}.\n\n${output}\n\nFix the cause and go on.`;
  yield* say(run, "verify", [{ type: "text", text }]);
  return "go on";
}

/** Where evidence is required, an answer that claims more than the record bears out is sent back once. */
async function* holdToEvidence(run: AgentRun, turn: TurnState): AsyncGenerator<AgentEvent, Settled> {
  if (run.settings.evidence !== "require") return null;
  const evidence = await evidenceOf(run, turn);
  if (!isUnproven(evidence)) return null;
  if (turn.wrapUp !== null || turn.evidenceReminders++ > 0) return endUnproven(evidence);
  yield* say(run, "evidence", [
    { type: "text", text: `<reminder>\n${evidenceReminder(evidence)}\n</reminder>` },
  ]);
  return "go on";
}

/** What the turn's answer can be held against. An answer in JSON is read for the texts in it. */
export async function evidenceOf(
  { session, settings, reader }: AgentRun,
  { text, output }: TurnState,
): Promise<Evidence> {
  const { evidence } = session;
  const read = evidence.hasUnreadCommands ? await reader.ready() : unreadLine;
  if (settings.evidence === "off") return evidence.verifyOnly(read);
  return evidence.evidence(output === undefined ? text : textsIn(output).join("\n"), read);
}

function textsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function checkSchema({ outputSchema }: TurnInput, turn: TurnState): string | null {
  if (!outputSchema) return null;
  const check = outputSchema.check(turn.text);
  if (!check.ok) return check.problem;
  turn.output = check.value;
  return null;
}
