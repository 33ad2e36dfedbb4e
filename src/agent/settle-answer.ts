/** What stands between an answer and the end of its turn: the output schema, then the verify command, then a limit. */
import type { AgentEvent } from "../core/event.ts";
import { type Ending, endOfStop, endSchema, endUnverified } from "./ending.ts";
import { schemaRepair } from "./output-schema.ts";
import type { AgentRun, TurnInput } from "./run.ts";
import { say } from "./say.ts";
import type { TurnState } from "./turn-state.ts";

/** Holds the answer against what was asked. Null: nothing is open. In a wrap-up nothing is repaired any more. */
export async function* settleAnswer(
  run: AgentRun,
  input: TurnInput,
  turn: TurnState,
): AsyncGenerator<AgentEvent, Ending | "go on" | null> {
  const problem = checkSchema(input, turn);
  if (problem !== null && turn.wrapUp === null && turn.schemaRepairs++ === 0) {
    yield* say(run, "schema_repair", [{ type: "text", text: schemaRepair(problem) }]);
    return "go on";
  }
  const limit = turn.wrapUp?.ending ?? null;
  if (problem !== null) return limit && limit.reason !== "done" ? limit : endSchema(problem);
  if (input.verify === undefined) return limit;

  const outcome = await run.verify(input.verify, run.signal);
  if (run.signal.aborted) return endOfStop(run.signal);
  turn.verified(input.verify, outcome.exitCode);
  const output = run.redaction.text("the verify output", outcome.output);
  yield* await run.session.commit(
    { type: "verify.finished", command: input.verify, ...outcome, output },
    ...run.redaction.notes(),
  );
  // The command is what "done" means, whatever limit was reached on the way.
  if (outcome.exitCode === 0) return null;
  if (limit) return limit.reason === "done" ? endUnverified(input.verify) : limit;
  if (turn.isIdle()) return endUnverified(input.verify);
  const how = outcome.exitCode === null ? "did not finish" : `ended with exit code ${outcome.exitCode}`;
  const text = `The task is not done: \`${input.verify}\` ${how}.\n\n${output}\n\nFix the cause and go on.`;
  yield* say(run, "verify", [{ type: "text", text }]);
  return "go on";
}

function checkSchema({ outputSchema }: TurnInput, turn: TurnState): string | null {
  if (!outputSchema) return null;
  const check = outputSchema.check(turn.text);
  if (!check.ok) return check.problem;
  turn.output = check.value;
  return null;
}
