/** Tool calls of one answer, from deltas to parts. */
import type { Json, ToolCallPart } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { isObject, type JsonObject, objectOf, parseJson } from "../json.ts";
import { readExtra } from "./opaque.ts";
import { numberOr, textOr } from "./values.ts";

type Call = {
  /** The part's index; undefined until the call has a name. */
  index: number | undefined;
  /** The id as the server sent it; "" when it sent none. */
  sentId: string;
  /** The id inside Tau: unique within the answer. */
  id: string;
  name: string;
  args: string;
  extra: JsonObject | undefined;
  ended: boolean;
};

/**
 * Calls are told apart by `index` and by `id`, because either may be missing or wrong: Mistral sends no index,
 * Gemini's endpoint no id, Ollama numbers every call 0, old vLLM makes up a new id for every delta, Kimi repeats id and name.
 */
export class ToolCalls {
  readonly #emit: (event: ModelEvent) => void;
  readonly #nextIndex: () => number;
  readonly #peer: Peer;
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();

  constructor(emit: (event: ModelEvent) => void, nextIndex: () => number, peer: Peer) {
    this.#emit = emit;
    this.#nextIndex = nextIndex;
    this.#peer = peer;
  }

  /** Whether any call was made. */
  get any(): boolean {
    return this.#calls.length > 0;
  }

  /**
   * One entry of `delta.tool_calls`.
   * @param fallbackId id of a call that comes without one; must be the same for the same bytes.
   * @returns false when the entry says nothing this can use, so that the caller keeps it as unknown.
   */
  add(entry: JsonObject, fallbackId: (position: number) => string): boolean {
    const fn = objectOf(entry.function);
    const id = textOr(entry.id) ?? "";
    const name = textOr(fn.name) ?? "";
    const args = argumentText(fn.arguments);
    const index = numberOr(entry.index);
    const found = this.#find(index, id, name, args);
    if (found === undefined && id === "" && name === "" && args === "") return false;
    const call = found ?? this.#open(index, id, fallbackId);
    if (call.ended) return args === "";
    if (isObject(entry.extra_content)) call.extra = entry.extra_content;
    if (call.name === "") call.name = name;
    // The whole call again, as some servers send it with their last delta.
    if (found !== undefined && name !== "" && args !== "" && args === call.args) return true;
    call.args += args;
    if (call.index === undefined) {
      if (call.name !== "") this.#start(call);
    } else if (args !== "") {
      this.#emit({ type: "part.delta", index: call.index, delta: args });
    }
    return true;
  }

  /** Ends the calls whose arguments are complete; something else has begun, so no more of them is to come. */
  settle(): void {
    for (const call of this.#calls) {
      if (!call.ended && call.index !== undefined && isComplete(call.args)) this.#end(call, false);
    }
  }

  /**
   * Ends all calls.
   * @param cut the answer was cut off: a call whose arguments never began is then not a call without arguments.
   */
  close(cut: boolean): void {
    for (const call of this.#calls) {
      if (call.ended) continue;
      if (call.index === undefined) this.#start(call);
      this.#end(call, cut && call === this.#calls.at(-1));
    }
  }

  #find(index: number | undefined, id: string, name: string, args: string): Call | undefined {
    const last = this.#calls.at(-1);
    const call =
      index !== undefined
        ? this.#byIndex.get(index)
        : id !== ""
          ? this.#calls.findLast((known) => known.sentId === id)
          : last;
    if (call === undefined || name === "" || call.name === "") return call;
    // From here on the delta names a function, as did the call: the same one again, or the next one.
    if (id !== "" && call.sentId !== "" && id !== call.sentId) return undefined;
    if (args === "" || !isComplete(call.args)) return call;
    return id !== "" && args === call.args ? call : undefined;
  }

  #open(index: number | undefined, sentId: string, fallbackId: (position: number) => string): Call {
    this.settle();
    const wanted = sentId === "" ? fallbackId(this.#calls.length) : sentId;
    const taken = this.#calls.filter((call) => call.sentId === sentId && sentId !== "").length;
    const id = taken === 0 ? wanted : `${wanted}_${taken + 1}`;
    const call: Call = { index: undefined, sentId, id, name: "", args: "", extra: undefined, ended: false };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }

  #start(call: Call): void {
    call.index = this.#nextIndex();
    this.#emit({
      type: "part.start",
      index: call.index,
      part: { type: "tool_call", id: call.id, name: call.name },
    });
    if (call.args !== "") this.#emit({ type: "part.delta", index: call.index, delta: call.args });
  }

  #end(call: Call, cut: boolean): void {
    call.ended = true;
    const part: ToolCallPart = {
      type: "tool_call",
      id: call.id,
      name: call.name,
      ...readArguments(call.args, cut),
    };
    if (call.extra !== undefined) part.opaque = readExtra(call.extra, this.#peer);
    this.#emit({ type: "part.end", index: call.index ?? 0, part });
  }
}

/** Arguments are a string by the specification; Ollama's native shape leaks through as an object. */
function argumentText(value: Json | undefined): string {
  if (typeof value === "string") return value;
  return isObject(value) ? JSON.stringify(value) : "";
}

/** Complete means: a JSON value that is there. Arguments still missing may be to come. */
function isComplete(args: string): boolean {
  return args.trim() !== "" && parseJson(args) !== undefined;
}

/**
 * The input of a call by its argument text. No text, or `null`, is how several servers say "no arguments".
 * @param cut whether missing text may mean that the answer was cut off before it.
 */
export function readArguments(args: string, cut: boolean): Pick<ToolCallPart, "input" | "malformed"> {
  if (args.trim() === "") return cut ? { input: {}, malformed: args } : { input: {} };
  const input = parseJson(args);
  if (input === undefined) return { input: {}, malformed: args };
  return { input: input === null ? {} : input };
}
