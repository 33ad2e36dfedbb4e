/**
 * The turn loop: assemble, gate, dispatch, record, act, repeat. A turn runs from a user's message to the agent's stop
 * and always ends in `turn.ended`, whatever happens in between.
 */
import type { AgentEvent, MessageOrigin, TurnResult } from "../core/event.ts";
import type { Part } from "../core/message.ts";
import { textOf, toolCallsOf } from "../core/message.ts";
import { titleOf } from "../sessions/title.ts";
import { act } from "./act.ts";
import { compact, makeRoom } from "./compaction/compact.ts";
import { type Ending, endingOf, endOfError, endOfStop } from "./ending.ts";
import { schemaRepair } from "./output-schema.ts";
import { repeatAdvice } from "./repeat-guard.ts";
import type { AgentRun, TurnInput } from "./run.ts";
import { step } from "./step.ts";
import { TurnState } from "./turn-state.ts";

/** Times the model may go on after an answer was cut at the output limit. */
const maxContinuations = 3;

/** Runs one turn. */
export async function* runTurn(run: AgentRun, input: TurnInput): AsyncGenerator<AgentEvent, TurnResult> {
  const turn = new TurnState(run.now());
  run.session.beginTurn();
  let ending: Ending;
  try {
    yield* say(run, "prompt", input.parts);
    yield* introduce(run, input);
    ending = yield* steps(run, input, turn);
  } catch (error) {
    ending = run.signal.aborted ? endOfStop(run.signal) : endOfError(error);
  }
  const result = turn.result(ending, run.now());
  const { text: _, output: __, ...outcome } = result;
  yield* await run.session.commit({ type: "turn.ended", ...outcome });
  yield run.session.live({ type: "turn.finished", result });
  return result;
}

async function* steps(run: AgentRun, input: TurnInput, turn: TurnState): AsyncGenerator<AgentEvent, Ending> {
  for (;;) {
    if (run.signal.aborted) return endOfStop(run.signal);
    for (const parts of run.queue.takeSteering()) yield* say(run, "steer", parts);
    const wrapUp = turn.limitReached(run.settings, run.now());
    if (wrapUp) yield* remind(run, wrapUp.advice);
    turn.add(yield* makeRoom(run, turn.steps));

    const taken = yield* step(run, input, turn, wrapUp !== null);
    if (!taken.answered)
      return {
        reason: "budget",
        error: {
          code: "budget",
          message: taken.refusal.reason,
          hint: "raise the budget, or choose a cheaper model",
        },
      };
    const { answer, early } = taken;

    if (answer.end.error?.code === "context_overflow" && turn.mayCompactForOverflow()) {
      turn.add(yield* compact(run, turn.steps, "overflow", null));
      continue;
    }
    const failed = endingOf(answer, run.signal);
    if (failed) return failed;
    if (input.requireModel && turn.mismatch)
      return {
        reason: "failure",
        error: {
          code: "model_mismatch",
          message: turn.mismatch,
          hint: "run without --require-model to accept it",
        },
      };

    const calls = toolCallsOf(answer.parts);
    if (calls.length > 0 && !wrapUp) {
      const batch = yield* act(run, turn.steps, calls, early);
      turn.count(batch);
      const verdict = turn.guard.observe(batch.finished);
      if (verdict.action === "stop")
        return {
          reason: "limit",
          error: {
            code: "no_progress",
            message: `the same ${verdict.name} call was made ${verdict.repeats} times with the same result`,
            hint: "resume the session and say what to do differently",
          },
        };
      if (verdict.action === "advise") yield* remind(run, repeatAdvice(verdict.name, verdict.repeats));
      continue;
    }
    if (answer.end.reason === "paused") continue;
    turn.text = textOf(answer.parts);
    if (wrapUp) return wrapUp.ending;
    if (answer.end.reason === "length" && turn.continuations++ < maxContinuations) {
      yield* remind(run, "Your last message was cut at the output limit. Go on exactly where it stopped.");
      continue;
    }
    if (turn.text.trim() === "" && turn.emptyAnswers++ === 0) {
      yield* remind(
        run,
        "Your last message was empty. Go on with the task, or say in words that it is done and what was done.",
      );
      continue;
    }
    const open = yield* stillOpen(run, input, turn);
    if (open === "go on") continue;
    if (open) return open;
    const followUp = run.queue.takeFollowUp();
    if (!followUp)
      return turn.allDenied()
        ? {
            reason: "denied",
            error: {
              code: "denied",
              message: "every tool call was refused",
              hint: "allow what the task needs with --allow or --mode",
            },
          }
        : { reason: "done" };
    yield* say(run, "follow_up", followUp);
  }
}

/** What stands between an answer and "done": the output schema, then the verify command. */
async function* stillOpen(
  run: AgentRun,
  input: TurnInput,
  turn: TurnState,
): AsyncGenerator<AgentEvent, Ending | "go on" | null> {
  if (input.outputSchema) {
    const check = input.outputSchema.check(turn.text);
    if (check.ok) turn.output = check.value;
    else if (turn.schemaRepairs++ === 0) {
      yield* say(run, "schema_repair", [{ type: "text", text: schemaRepair(check.problem) }]);
      return "go on";
    } else
      return {
        reason: "schema",
        error: { code: "schema", message: `the answer does not fit the output schema: ${check.problem}` },
      };
  }
  if (!input.verify) return null;
  const outcome = await run.verify(input.verify, run.signal);
  if (run.signal.aborted) return endOfStop(run.signal);
  turn.verified(input.verify, outcome.exitCode);
  yield* await run.session.commit({ type: "verify.finished", command: input.verify, ...outcome });
  if (outcome.exitCode === 0) return null;
  const text = `The task is not done: \`${input.verify}\` ${outcome.exitCode === null ? "did not finish" : `ended with exit code ${outcome.exitCode}`}.\n\n${outcome.output}\n\nFix the cause and go on.`;
  yield* say(run, "verify", [{ type: "text", text }]);
  return "go on";
}

async function* say(run: AgentRun, origin: MessageOrigin, parts: Part[]): AsyncGenerator<AgentEvent> {
  yield* await run.session.commit({ type: "user.message", origin, parts });
}

const remind = (run: AgentRun, text: string): AsyncGenerator<AgentEvent> =>
  say(run, "reminder", [{ type: "text", text: `<reminder>\n${text}\n</reminder>` }]);

/** Gives a new session its title, and readers what they should know before the first step. */
async function* introduce(run: AgentRun, input: TurnInput): AsyncGenerator<AgentEvent> {
  const title = run.session.titled ? null : titleOf(textOf(input.parts));
  if (title) yield* await run.session.commit({ type: "session.titled", title });
  for (const text of input.notices ?? []) {
    yield* await run.session.commit({ type: "note", level: "warning", code: "input", text });
  }
}
