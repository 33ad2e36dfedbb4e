/**
 * The turn loop: assemble, gate, dispatch, record, act, repeat. A turn runs from a user's message to the agent's stop
 * and always ends in `turn.ended`, whatever happens in between.
 */
import { typedText } from "../core/attachment.ts";
import type { AgentEvent } from "../core/event.ts";
import { textOf, toolCallsOf } from "../core/message.ts";
import type { TurnResult } from "../core/turn.ts";
import { titleOf } from "../sessions/title.ts";
import { act } from "./act.ts";
import type { Answer } from "./attempt.ts";
import { capturedAfter } from "./capture.ts";
import { makeRoom, makeRoomAfterRefusal } from "./compaction/compact.ts";
import { EarlyReads } from "./early.ts";
import {
  type Ending,
  endAllDenied,
  endEmpty,
  endingOf,
  endMismatch,
  endNoProgress,
  endOfBudget,
  endOfError,
  endOfStop,
  endUnfinished,
} from "./ending.ts";
import { mayGoOn } from "./go-on.ts";
import { acceptance, propose, ToldMode } from "./planning.ts";
import { repeatAdvice } from "./repeat-guard.ts";
import type { AgentRun, TurnInput } from "./run.ts";
import { remind, say, steer } from "./say.ts";
import { evidenceOf, settleAnswer } from "./settle-answer.ts";
import { step } from "./step.ts";
import { TurnState } from "./turn-state.ts";

/** Times the model may go on after an answer was cut at the output limit. */
const maxContinuations = 3;

/**
 * Times the list of tools may change within a turn: each costs the whole prompt cache, and a server that never rests
 * must not decide what a turn costs. What comes later is offered from the next turn on.
 */
const maxToolChanges = 5;

/** Runs one turn. What others commit meanwhile, such as queued messages, is told between its events, `seq` rising. */
export async function* runTurn(run: AgentRun, input: TurnInput): AsyncGenerator<AgentEvent, TurnResult> {
  return yield* run.session.told(turn(run, input));
}

async function* turn(run: AgentRun, input: TurnInput): AsyncGenerator<AgentEvent, TurnResult> {
  const state = new TurnState(run.now());
  run.session.beginTurn();
  let ending: Ending;
  try {
    yield* say(run, "prompt", input.parts, input.queued, input.attached, acceptance(run, input));
    yield* introduce(run, input);
    ending = yield* steps(run, input, state);
  } catch (error) {
    ending = run.signal.aborted ? endOfStop(run.signal) : endOfError(error);
  }
  const evidence = await evidenceOf(run, state);
  let result = state.result(ending, evidence, run.now());
  try {
    const { text: _, output: __, ...outcome } = result;
    yield* await run.session.commit(...(await capturedAfter(run)), { type: "turn.ended", ...outcome });
  } catch (error) {
    // A ledger that takes no more entries must not take the result from whoever waits for it.
    result = state.result(endOfError(error), evidence, run.now());
  }
  await run.queue.endTurn(result.reason === "done");
  yield run.session.live({ type: "turn.finished", result });
  return result;
}

async function* steps(run: AgentRun, input: TurnInput, turn: TurnState): AsyncGenerator<AgentEvent, Ending> {
  const early = new EarlyReads(run);
  const told = new ToldMode(run.session.lastMode === "plan" && input.accepted === undefined);
  try {
    for (;;) {
      yield* changeModel(run);
      yield* changeTools(run, turn);
      yield* steer(run);
      yield* told.tell(run);
      yield* wrapUpAtLimit(run, input, turn);
      turn.add((yield* makeRoom(run, turn.steps)).spent);
      if (run.signal.aborted) return endOfStop(run.signal);

      const outcome = yield* step(run, input, turn, early);
      if (!outcome.answered) return endOfBudget(outcome.refusal);
      const { answer } = outcome;
      if (answer.end.error?.code === "context_overflow" && turn.mayCompactAgain()) {
        const room = yield* makeRoomAfterRefusal(run, turn.steps);
        turn.add(room.spent);
        if (room.changed) continue;
      }
      const failed = endingOf(answer, run.signal);
      if (failed) return failed;
      turn.overflows = 0;
      if (input.requireModel && turn.mismatch !== null) return endMismatch(run, turn.mismatch);

      const calls = toolCallsOf(answer.parts);
      if (calls.length > 0 && turn.wrapUp === null) {
        const batch = yield* act(run, turn.steps, calls, early);
        turn.count(batch);
        const verdict = turn.guard.observe(batch.finished);
        if (verdict.action === "stop") {
          const last = calls.findLast(({ name }) => name === verdict.name);
          if (!(yield* mayGoOn(run, verdict, last?.id ?? "")))
            return endNoProgress(verdict.name, verdict.repeats);
          turn.guard.reset();
        }
        if (verdict.action === "advise") yield* remind(run, repeatAdvice(verdict.name, verdict.repeats));
        continue;
      }
      const ending = yield* afterWords(run, input, turn, answer);
      if (ending) return ending;
    }
  } finally {
    early.close();
  }
}

/** An answer in words: goes on where it is not the last one, else ends the turn. */
async function* afterWords(
  run: AgentRun,
  input: TurnInput,
  turn: TurnState,
  { parts, end }: Answer,
): AsyncGenerator<AgentEvent, Ending | null> {
  turn.hear(textOf(parts), end.reason === "length" || end.reason === "paused");
  if (turn.wrapUp === null) {
    if (end.reason === "paused") return null;
    if (end.reason === "length") {
      if (turn.continuations++ >= maxContinuations) return endUnfinished();
      yield* remind(run, "Your last message was cut at the output limit. Go on exactly where it stopped.");
      return null;
    }
    if (turn.text.trim() === "" && input.verify === undefined) {
      if (turn.emptyAnswers++ > 0) return endEmpty();
      yield* remind(
        run,
        "Your last message was empty. Go on with the task, or say in words that it is done and what was done.",
      );
      return null;
    }
    if (run.queue.hasSteering) return null;
  }
  const open = yield* settleAnswer(run, input, turn);
  if (open === "go on") return null;
  if (open) return open;
  if (yield* propose(run, turn.text)) return { reason: "done" };
  return turn.allDenied() ? endAllDenied() : { reason: "done" };
}

/** What was chosen while the last step ran holds from the next one on. */
async function* changeModel({ lineup, toolbox, session }: AgentRun): AsyncGenerator<AgentEvent> {
  const now = lineup.change(toolbox.specs, session.state.state().measured);
  if (now === null) return;
  const text = `from here on: ${now.model}${now.effort === null ? "" : `, effort ${now.effort}`}`;
  yield* await session.commit({ type: "note", level: "info", code: "model", text });
}

/** Tools that servers offer other than before are told of with the next request: it begins a segment, and its cache. */
async function* changeTools(run: AgentRun, turn: TurnState): AsyncGenerator<AgentEvent> {
  if (turn.steps === 0 || turn.toolChanges >= maxToolChanges) return;
  const events = await run.newTools(run.signal);
  if (events.length === 0) return;
  if (events.some(({ type }) => type === "segment.started")) turn.toolChanges += 1;
  yield* await run.session.commit(...events);
}

/** At a limit the model is told once, and from then on forbidden to call tools. */
async function* wrapUpAtLimit(
  run: AgentRun,
  { wrapUpAt = Number.POSITIVE_INFINITY }: TurnInput,
  turn: TurnState,
): AsyncGenerator<AgentEvent> {
  if (turn.wrapUp !== null) return;
  turn.wrapUp = turn.limitReached(run.settings, wrapUpAt, run.now());
  if (turn.wrapUp) yield* remind(run, turn.wrapUp.advice);
}

/** Gives a new session its title, and readers what they should know before the first step. */
async function* introduce(run: AgentRun, input: TurnInput): AsyncGenerator<AgentEvent> {
  const title = run.session.titled
    ? null
    : titleOf(run.redaction.text("your message", typedText(input.parts, input.attached)));
  if (title) yield* await run.session.commit({ type: "session.titled", title });
  for (const text of input.notices ?? []) {
    yield* await run.session.commit({ type: "note", level: "warning", code: "input", text });
  }
}
