/** Arbitrary model-event streams. */
import fc, { type Arbitrary } from "fast-check";
import type { Part } from "../../src/core/message.ts";
import type { ModelEvent } from "../../src/core/model.ts";
import { arbAnswer, arbText, maybe } from "./arbitrary-parts.ts";
import type { Sayable } from "./sayable.ts";

/** Cuts a string between code points. */
const arbPieces = (text: string): Arbitrary<string[]> => {
  const points = [...text];
  if (points.length === 0) return fc.constant([]);
  return fc
    .array(fc.integer({ min: 1, max: Math.max(1, points.length - 1) }), { maxLength: 4 })
    .map((cuts) => {
      const at = [...new Set([0, ...cuts, points.length])]
        .filter((cut) => cut <= points.length)
        .sort((a, b) => a - b);
      return at.slice(1).map((end, i) => points.slice(at[i], end).join(""));
    });
};

/** The events of one part, given its index. */
const arbPartEvents = (say: Sayable, part: Part, index: number): Arbitrary<ModelEvent[]> => {
  const wrap = (header: ModelEvent & { type: "part.start" }, deltas: string[]): ModelEvent[] => [
    header,
    ...deltas.map((delta): ModelEvent => ({ type: "part.delta", index, delta })),
    { type: "part.end", index, part },
  ];
  const start = (header: (ModelEvent & { type: "part.start" })["part"]) => ({
    type: "part.start" as const,
    index,
    part: header,
  });
  switch (part.type) {
    case "text":
    case "reasoning":
      return arbPieces(part.text).map((deltas) => wrap(start({ type: part.type }), deltas));
    case "tool_call": {
      const text = part.malformed ?? JSON.stringify(part.input);
      const deltas = say.stream.toolInput === "whole" ? fc.constant<string[]>([text]) : arbPieces(text);
      return deltas.map((pieces) => wrap(start({ type: "tool_call", id: part.id, name: part.name }), pieces));
    }
    case "opaque":
      return fc.constant(wrap(start({ type: "opaque", kind: part.kind }), []));
    case "image":
    case "file":
      return fc.constant(wrap(start({ type: part.type }), []));
    case "tool_result":
      return fc.constant([]);
  }
};

/** Puts queues together in any order that keeps each queue's own; part.start events stay in index order. */
function interleave(queues: ModelEvent[][], picks: number[]): ModelEvent[] {
  const rest = queues.map((queue) => [...queue]);
  const out: ModelEvent[] = [];
  let started = 0;
  for (let turn = 0; rest.some((queue) => queue.length > 0); turn++) {
    // Queues that have begun, and the next one that has not.
    const open = rest.slice(0, started + 1).flatMap((queue, i) => (queue.length > 0 ? [i] : []));
    const pick = open[(picks[turn % Math.max(1, picks.length)] ?? 0) % Math.max(1, open.length)] ?? started;
    const event = rest[pick]?.shift();
    if (event === undefined) break;
    out.push(event);
    if (event.type !== "part.start") continue;
    started = Math.min(started + 1, rest.length);
    // Blocks and media have no deltas: they come whole.
    const whole = event.part.type === "opaque" || event.part.type === "image" || event.part.type === "file";
    if (whole) out.push(...(rest[pick]?.splice(0) ?? []));
  }
  return out;
}

/**
 * A well-formed stream: `start`, parts (part.end agrees with its deltas), one `usage`, then `end` or `error`.
 * Unknown events, where the dialect has them, stand between the parts.
 */
export const arbEventStream = (say: Sayable): Arbitrary<ModelEvent[]> =>
  arbAnswer(say, "stream").chain((parts) => {
    const calls = parts.some((part) => part.type === "tool_call");
    const ends =
      say.stream.ends.length > 0 && !calls
        ? fc.constantFrom(...say.stream.ends)
        : fc.constant(say.stream.toolEnd);
    const terminal: Arbitrary<ModelEvent> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(ends, maybe("stopSequence", say.stream.stopSequence && !calls ? arbText : undefined))
          .map(
            ([end, stop]): ModelEvent => ({ type: "end", ...end, ...(end.reason === "stop" ? stop : {}) }),
          ),
      },
      { weight: 1, arbitrary: say.stream.errors.map((error): ModelEvent => ({ type: "error", error })) },
    );
    return fc
      .record({
        id: say.stream.responseId,
        queues: fc.tuple(...parts.map((part, index) => arbPartEvents(say, part, index))),
        picks: say.stream.interleaved
          ? fc.array(fc.nat(5), { minLength: 1, maxLength: 12 })
          : fc.constant<number[]>([]),
        unknown:
          say.stream.unknown === undefined ? fc.constant([]) : fc.array(say.stream.unknown, { maxLength: 2 }),
        usage: say.stream.usage,
        terminal,
      })
      .map(({ id, queues, picks, unknown, usage, terminal: last }): ModelEvent[] => [
        { type: "start", responseId: id, model: say.peer.model },
        ...unknown,
        ...(say.stream.interleaved ? interleave(queues, picks) : queues.flat()),
        { type: "usage", usage },
        last,
      ]);
  });
