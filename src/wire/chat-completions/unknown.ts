/** Fields of a chunk this codec has no word for: kept as `unknown` events, once for each value they take. */
import type { Json } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { JsonObject } from "../json.ts";

/** Where in a chunk a field stood; the `name` of its event. */
export type Place = "chunk" | "choice" | "delta";

/** Known fields of each place, and fields that say nothing (padding against traffic analysis). */
const known: { readonly [place in Place]: ReadonlySet<string> } = {
  chunk: new Set(["id", "object", "created", "model", "choices", "usage", "error", "obfuscation", "p"]),
  choice: new Set(["index", "delta", "message", "finish_reason", "native_finish_reason", "usage", "error"]),
  delta: new Set([
    "role",
    "content",
    "refusal",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "annotations",
    "images",
    "tool_calls",
    "function_call",
    "padding",
    "obfuscation",
    "index",
  ]),
};

function isEmpty(value: NonNullable<Json>): boolean {
  return value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

/**
 * Finds what is unknown in chunks. Servers repeat many fields in every chunk (OpenRouter its provider, Perplexity
 * all search results), so a value is given once and again only when it changes.
 */
export class UnknownFields {
  readonly #last: { readonly [place in Place]: Map<string, string | number | boolean> } = {
    chunk: new Map(),
    choice: new Map(),
    delta: new Map(),
  };

  /** The event for the new unknown fields of `object`, if it has any. */
  find(place: Place, object: JsonObject): (ModelEvent & { type: "unknown" }) | undefined {
    let data: JsonObject | undefined;
    const names = known[place];
    for (const key in object) {
      if (names.has(key)) continue;
      const value = object[key];
      if (value === undefined || value === null || isEmpty(value)) continue;
      if (!isNew(this.#last[place], key, value)) continue;
      data ??= {};
      data[key] = value;
    }
    return data && { type: "unknown", dialect: "chat-completions", name: place, data };
  }
}

function isNew(last: Map<string, string | number | boolean>, key: string, value: NonNullable<Json>): boolean {
  const print = typeof value === "object" ? JSON.stringify(value) : value;
  if (last.get(key) === print) return false;
  last.set(key, print);
  return true;
}
