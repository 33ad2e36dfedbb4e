/** The calls of a run between their question and their answer: results do not repeat what was asked. */
import type { Json } from "../../../core/message.ts";
import { type TextPart, toolCallsOf } from "../../../core/message.ts";
import type { EventOf } from "./mapper.ts";

/** The named arguments of a call. */
export type Fields = { [name: string]: Json };

/** One call as the model asked for it. */
export type Call = {
  id: string;
  name: string;
  input: Fields;
  step: number;
  /** For people; the tool's name until the tool has said it. */
  summary: string;
  /** Unix ms; null for a call that never ran. */
  startedAt: number | null;
};

/** Remembers calls by id, in the order they were asked for. */
export class OpenCalls {
  readonly #calls = new Map<string, Call>();

  /** Takes in the calls of an answer and returns them. */
  ask({ parts, step }: EventOf<"assistant.message">): Call[] {
    return toolCallsOf(parts).map(({ id, name, input }) => {
      const call = { id, name, input: fieldsOf(input), step, summary: name, startedAt: null };
      this.#calls.set(id, call);
      return call;
    });
  }

  /** Notes that a call runs. */
  start({ callId: id, name, input, step, summary, at }: EventOf<"tool.started">): Call {
    const call = { id, name, input: fieldsOf(input), step, summary, startedAt: at };
    this.#calls.set(id, call);
    return call;
  }

  /** Gives back a call that is answered. */
  finish({ callId: id, name, step }: EventOf<"tool.finished">): Call {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call ?? { id, name, input: {}, step, summary: name, startedAt: null };
  }

  /** Gives back what was never answered: the run ended first. */
  drain(): Call[] {
    const left = [...this.#calls.values()];
    this.#calls.clear();
    return left;
  }
}

/** Arguments as an object; whatever else a model may send is kept under one name. */
export function fieldsOf(input: Json): Fields {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  return { input };
}

/** The fields under the names another tool has for them, in the same order. */
export function renamed(fields: Fields, names: { readonly [name: string]: string }): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
}

/** A field that is an array of objects, or null. */
export function listIn(fields: Fields, name: string): Fields[] | null {
  const list = fields[name];
  return Array.isArray(list) ? list.map(fieldsOf) : null;
}

/** What the model saw of a result, as one text; pictures are named. */
export function outputText({ output }: Pick<EventOf<"tool.finished">, "output">): string {
  return output.map(wordsOf).join("\n");
}

const wordsOf = (part: TextPart | { type: "image"; mediaType: string; name?: string }): string =>
  part.type === "text" ? part.text : `[${part.name ?? "image"}: ${part.mediaType}]`;

/** What a command printed; of any other call what the model saw. */
export function printedBy(event: EventOf<"tool.finished">): string {
  const terminal = event.display.find((display) => display.type === "terminal");
  return terminal ? terminal.output : outputText(event);
}

/** Why a call that was asked for has no result. */
export const neverRan = "The run ended before this call was made.";
