/** Which of the messages a person queued still wait: a fold over the path's entries, live and from the ledger alike. */
import type { Attached } from "../core/attachment.ts";
import type { Entry, InputDelivery } from "../core/event.ts";
import type { EntryId } from "../core/ids.ts";
import type { Part } from "../core/message.ts";

/** A message that was queued and neither said nor taken back; its id is that of its `input.queued` entry. */
export type WaitingInput = {
  id: EntryId;
  delivery: InputDelivery;
  parts: Part[];
  /** Which of the parts were attached; see core/attachment.ts. */
  attached: Attached[];
};

/** The waiting messages after one more entry, oldest first. */
export function waitingAfter(waiting: readonly WaitingInput[], entry: Entry): readonly WaitingInput[] {
  switch (entry.type) {
    case "input.queued":
      return [
        ...waiting,
        {
          id: entry.id,
          delivery: entry.delivery,
          parts: entry.parts,
          attached: entry.attached ?? [],
        },
      ];
    case "input.dropped":
      return waiting.filter(({ id }) => !entry.inputs.includes(id));
    case "user.message":
      return entry.queued === undefined ? waiting : waiting.filter(({ id }) => id !== entry.queued);
    default:
      return waiting;
  }
}
