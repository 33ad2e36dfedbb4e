/**
 * The history of a conversation, made sayable to whoever answers next: another model, another provider, or the same
 * one after a crash. Pure, and a left-to-right pass, so that the request of turn n stays a prefix of that of turn n+1.
 */
import type { Message, Part, Role, TextPart, ToolCallPart, ToolResultPart } from "../core/message.ts";
import type { Peer } from "./codec.ts";
import { CallIds } from "./handover-ids.ts";

/** What the model that answers next can take. */
export type Abilities = {
  /** It sees pictures. */
  vision: boolean;
  /** It reads documents (PDF, audio). Default: yes. */
  documents?: boolean;
  /** Readable thoughts of other models may be sent to it as thoughts; without their signatures. Default: yes. */
  foreignThoughts?: boolean;
  /** What tool-call ids must match; a Chat Completions server's is in its compat entry. Default: 1 to 64 visible ASCII characters. */
  callIdPattern?: RegExp;
};

/** What stands for the result of a call that never got one: an abort, a crash, a steer in the middle. */
export const interruptedText = "Interrupted: this call did not finish, and its effects are unknown.";

/** Prepares the messages of one conversation, again and again as it grows. */
export type Preparer = (messages: readonly Message[]) => Message[];

/**
 * Makes messages such that `peer` can be sent them. After it:
 * - every tool call has exactly one result, in the tool message directly after it, in the order of the calls; calls
 *   without a result get an error that says they were interrupted, results without a call are dropped, the first of
 *   several results stands, and one that came late is moved to its call (law "pairing");
 * - tool-call ids are unique and match `callIdPattern`; a changed id changes in call and result alike, always to the same one;
 * - opaque data of other makers is gone, with the parts that were nothing else;
 * - pictures and documents the model cannot take are a line of text;
 * - no part is empty text and no message is empty.
 * Applied twice it changes nothing more, and a longer history gives a longer list that begins with the same messages,
 * unless what was added answers a call that had been waiting.
 *
 * What two requests in a row have in common is prepared once, so that a step costs what is new in it. Messages are
 * compared as objects and must not be changed.
 */
export function makePreparer(peer: Peer, can: Abilities): Preparer {
  let last: readonly Message[] = [];
  let kept = 0;
  let prepared: Message[] = [];
  let ids = new CallIds(can.callIdPattern);
  return (messages) => {
    const common = commonLength(last, messages);
    last = messages;
    if (common < kept) {
      kept = 0;
      prepared = [];
      ids = new CallIds(can.callIdPattern);
    }
    const until = answeredUntil(messages, kept, common);
    prepared.push(...prepare(messages.slice(kept, until), peer, can, ids));
    kept = until;
    const rest = prepare(messages.slice(until), peer, can, new CallIds(can.callIdPattern, ids));
    return [...prepared, ...rest];
  };
}

function commonLength(a: readonly Message[], b: readonly Message[]): number {
  const departs = a.findIndex((message, index) => message !== b[index]);
  return departs < 0 ? a.length : departs;
}

/** The last place up to `end` before which every call since `start` has its result: nothing after it can change what is before. */
function answeredUntil(messages: readonly Message[], start: number, end: number): number {
  const waiting = new Map<string, number>();
  let open = 0;
  let until = start;
  for (let index = start; index < end; index += 1) {
    const { role, parts } = messages[index] ?? { role: "user", parts: [] };
    for (const part of parts) {
      if (isCall(part, role)) {
        waiting.set(part.id, (waiting.get(part.id) ?? 0) + 1);
        open += 1;
      } else if (part.type === "tool_result") {
        const count = waiting.get(part.callId) ?? 0;
        if (count === 0) continue;
        waiting.set(part.callId, count - 1);
        open -= 1;
      }
    }
    if (open === 0) until = index + 1;
  }
  return until;
}

function prepare(messages: readonly Message[], peer: Peer, can: Abilities, ids: CallIds): Message[] {
  const answers = matchResults(messages);
  const prepared: Message[] = [];
  let calls = 0;
  for (const { role, parts } of messages) {
    const said: Part[] = [];
    const results: ToolResultPart[] = [];
    for (const part of parts) {
      if (!isCall(part, role)) {
        said.push(...keepFor(part, role, peer, can));
        continue;
      }
      const id = ids.next(part.id);
      said.push({ ...ownOnly(part, peer), id });
      results.push(resultFor(id, answers[calls++], peer, can));
    }
    // Only results belong into a tool message; whatever else stood there was said to the model.
    if (said.length > 0) prepared.push({ role: role === "tool" ? "user" : role, parts: said });
    if (results.length > 0) prepared.push({ role: "tool", parts: results });
  }
  return prepared;
}

/** Only answers call tools. */
function isCall(part: Part, role: Role): part is ToolCallPart {
  return part.type === "tool_call" && role === "assistant";
}

/**
 * The result of each call, by the call's position among all calls. A result belongs to the latest answer that has an
 * open call of its id, because ids may repeat from answer to answer.
 */
function matchResults(messages: readonly Message[]): (ToolResultPart | undefined)[] {
  const matched: (ToolResultPart | undefined)[] = [];
  /** Positions of open calls by id: a queue for each answer that has any. */
  const open = new Map<string, number[][]>();
  for (const { role, parts } of messages) {
    const fresh = new Map<string, number[]>();
    for (const part of parts) {
      if (isCall(part, role)) {
        const queue = fresh.get(part.id) ?? [];
        const queues = open.get(part.id) ?? [];
        if (queue.length === 0) queues.push(queue);
        open.set(part.id, queues);
        fresh.set(part.id, queue);
        queue.push(matched.length);
        matched.push(undefined);
      } else if (part.type === "tool_result") {
        const queues = open.get(part.callId);
        const at = queues?.at(-1)?.shift();
        if (at !== undefined) matched[at] = part;
        if (queues?.at(-1)?.length === 0) queues.pop();
      }
    }
  }
  return matched;
}

function resultFor(
  callId: string,
  result: ToolResultPart | undefined,
  peer: Peer,
  can: Abilities,
): ToolResultPart {
  if (result === undefined) {
    return {
      type: "tool_result",
      callId,
      content: [{ type: "text", text: interruptedText }],
      isError: true,
    };
  }
  const content = result.content
    .flatMap((part) => keepFor(part, "tool", peer, can))
    .filter((part) => part.type === "text" || part.type === "image");
  return { ...result, callId, content };
}

/** The part as the peer may have it: unchanged, changed, or none. */
function keepFor(part: Part, role: Role, peer: Peer, can: Abilities): Part[] {
  switch (part.type) {
    case "tool_call":
    case "tool_result":
      // A result goes to its call; a call outside an answer is nobody's.
      return [];
    case "reasoning": {
      if (role !== "assistant") return [];
      if (isForeign(part, peer) && (part.redacted === true || can.foreignThoughts === false)) return [];
      const kept = ownOnly(part, peer);
      return kept.text === "" && kept.opaque === undefined ? [] : [kept];
    }
    case "text": {
      const kept = ownOnly(part, peer);
      return kept.text === "" && kept.opaque === undefined ? [] : [kept];
    }
    case "image":
      return can.vision
        ? [ownOnly(part, peer)]
        : [placeholder("image", part, "this model cannot see images")];
    case "file":
      return can.documents === false
        ? [placeholder("file", part, "this model cannot read files")]
        : [ownOnly(part, peer)];
    case "opaque":
      return isForeign(part, peer) ? [] : [part];
  }
}

function isForeign(part: Exclude<Part, ToolResultPart>, peer: Peer): boolean {
  return (
    part.opaque !== undefined && (part.opaque.provider !== peer.provider || part.opaque.model !== peer.model)
  );
}

/** The part without opaque data another maker put on it. */
function ownOnly<P extends Exclude<Part, ToolResultPart | { type: "opaque" }>>(part: P, peer: Peer): P {
  if (!isForeign(part, peer)) return part;
  const { opaque: _foreign, ...rest } = part;
  return rest as P;
}

/** What stands for media: enough to know that something was there, and its breakpoint. */
function placeholder(what: string, part: Part & { type: "image" | "file" }, why: string): TextPart {
  const name = part.name === undefined ? "" : ` "${part.name}"`;
  return {
    type: "text",
    text: `[${what}${name} (${part.mediaType}) left out: ${why}]`,
    ...(part.cache === undefined ? {} : { cache: part.cache }),
  };
}
