/** Messages that go into the conversation on the user's side. */
import type { Attached } from "../core/attachment.ts";
import type { AgentEvent, DurableEvent, MessageOrigin } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Part } from "../core/message.ts";
import type { AgentRun } from "./run.ts";

/** Records a message, without the credentials that may stand in it. */
export async function* say(
  run: AgentRun,
  origin: MessageOrigin,
  said: readonly Part[],
  queued?: EntryId,
  marks: readonly Attached[] = [],
  before: readonly DurableEvent[] = [],
): AsyncGenerator<AgentEvent> {
  const { parts, attached } = run.redaction.data("your message", { parts: [...said], attached: [...marks] });
  yield* await run.session.commit(
    ...before,
    {
      type: "user.message",
      origin,
      parts,
      ...(queued !== undefined && { queued }),
      ...(attached.length > 0 && { attached }),
    },
    ...run.redaction.notes(),
  );
}

/** Says everything that waits for the running turn. */
export async function* steer(run: AgentRun): AsyncGenerator<AgentEvent> {
  for (;;) {
    const next = run.queue.take("steer");
    if (next === null) return;
    yield* say(run, "steer", next.parts, next.id, next.attached);
  }
}

/** Tells the model something that is Tau's own word, not the user's. */
export function remind(run: AgentRun, text: string): AsyncGenerator<AgentEvent> {
  return say(run, "reminder", [{ type: "text", text: `<reminder>\n${text}\n</reminder>` }]);
}
