/**
 * Where the bytes of a request first depart from those of the request before it, of what a prompt cache is kept by.
 * Pure; asked only when the cache has missed, so it may look at all of both requests.
 */
import type { PrefixDeparture } from "../core/event.ts";
import type { Json } from "../core/message.ts";
import { excerpts } from "../providers/replay/divergence.ts";
import { isObject, type JsonObject } from "../wire/json.ts";

/** A departure, and the part of the prefix it is in: `tools`, `system`, `settings` or `messages[3]`, counted as in the body. */
export type Departure = PrefixDeparture & { part: string };

/** A place in a JSON value: keys and indexes from the root; `character` in the string that stands there. */
type Place = { path: readonly (string | number)[]; character: number };

/** The prompt's parts in the order caches are kept by, in all dialects' words; other fields are settings. */
const fixedFields = ["tools", "system", "instructions", "systemInstruction"];
const historyFields = ["messages", "input", "contents"];
/** Fields no cache is kept by: how much may be answered, how, and for whom. */
const looseFields = new Set([
  "max_tokens",
  "max_output_tokens",
  "max_completion_tokens",
  "maxOutputTokens",
  "stream",
  "stream_options",
  "metadata",
  "user",
  "session_id",
  "safety_identifier",
  "prompt_cache_key",
]);

/**
 * The first byte at which `now` departs from `before` (encoded bodies, as sent); null when it begins with all of it.
 * Cache marks move on with each request and are not compared. `clean` takes credential values out of excerpts.
 */
export function departureOf(
  before: string,
  now: string,
  clean: <T extends Json | undefined>(value: T) => T,
): Departure | null {
  const [old, body]: [Json, Json] = [JSON.parse(before), JSON.parse(now)];
  if (!isObject(old) || !isObject(body)) return null;
  const place = firstDifference(old, body);
  if (place === null) return null;
  const { recorded, now: after } = excerpts({
    path: "",
    recorded: clean(valueAt(old, place.path)),
    now: clean(valueAt(body, place.path)),
  });
  return {
    part: partOf(place.path),
    byte: byteAt(body, place),
    path: nameOf(place.path),
    source: sourceOf(body, old, place),
    before: recorded,
    now: after,
  };
}

function firstDifference(old: JsonObject, body: JsonObject): Place | null {
  const named = [...fixedFields, ...historyFields];
  const settings = [...new Set([...Object.keys(old), ...Object.keys(body)])].filter(
    (key) => !named.includes(key) && !looseFields.has(key),
  );
  for (const key of [...fixedFields, ...settings, ...historyFields]) {
    const found = difference(old[key], body[key], historyFields.includes(key));
    if (found) return { ...found, path: [key, ...found.path] };
  }
  return null;
}

/** `grows`: the second value may say more at its end. */
function difference(a: Json | undefined, b: Json | undefined, grows: boolean): Place | null {
  if (a === b) return null;
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = grows ? a.length : Math.max(a.length, b.length);
    return firstOf(Array(length).keys(), (index) =>
      difference(a[index], b[index], grows && index === a.length - 1),
    );
  }
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    const compared = [...keys].filter((key) => key !== "cache_control" && key !== "maxOutputTokens");
    return firstOf(compared, (key) => difference(a[key], b[key], grows));
  }
  if (typeof a !== "string" || typeof b !== "string") return { path: [], character: 0 };
  let character = 0;
  while (character < a.length && a[character] === b[character]) character++;
  return grows && character === a.length ? null : { path: [], character };
}

function firstOf<Key extends string | number>(
  keys: Iterable<Key>,
  differenceAt: (key: Key) => Place | null,
): Place | null {
  for (const key of keys) {
    const found = differenceAt(key);
    if (found) return { ...found, path: [key, ...found.path] };
  }
  return null;
}

const bytes = (value: Json | undefined): number => Buffer.byteLength(JSON.stringify(value) ?? "");

/** The byte the place begins at in the encoded value; of something that is not there, where it would have to be. */
function byteAt(value: Json | undefined, { path, character }: Place): number {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (typeof value !== "string") return 0;
    // No half of a pair: it would be encoded as an escape.
    const split = /[\ud800-\udbff]$/.test(value.slice(0, character)) ? 1 : 0;
    return bytes(value.slice(0, character - split)) - 1;
  }
  const isList = Array.isArray(value);
  const fields: [string | number, Json][] = isList
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  const index = fields.findIndex(([name]) => name === key);
  const named = (name: string | number): number => (isList ? 0 : bytes(name) + 1);
  const before = fields
    .slice(0, index < 0 ? undefined : index)
    .reduce((sum, [name, field]) => sum + named(name) + bytes(field) + 1, 1);
  // After the last field stands no comma.
  if (index < 0) return fields.length === 0 ? 1 : before - 1;
  return before + named(key) + byteAt(fields[index]?.[1], { path: rest, character });
}

function valueAt(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => {
    if (Array.isArray(at)) return at[Number(key)];
    return isObject(at) ? at[key] : undefined;
  }, value);
}

function nameOf(path: readonly (string | number)[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join("");
}

function partOf([field, index]: readonly (string | number)[]): string {
  if (field === "tools") return "tools";
  if (fixedFields.includes(String(field))) return "system";
  return historyFields.includes(String(field)) ? `messages[${index ?? 0}]` : "settings";
}

/** Whose words they are, for people. What is gone is looked up where it was. */
function sourceOf(body: JsonObject, old: JsonObject, { path, character }: Place): string {
  const along = (root: JsonObject): JsonObject[] =>
    path.flatMap((_, depth) => {
      const value = valueAt(root, path.slice(0, depth + 1));
      return isObject(value) ? [value] : [];
    });
  const inNow = along(body);
  const objects = inNow.length > 0 ? inNow : along(old);
  const tool = objects.flatMap((object) => toolNameOf(object) ?? []).at(-1);
  switch (partOf(path)) {
    case "tools":
      return tool === undefined ? "the tool list" : `tool ${tool}`;
    case "system":
      return `system prompt${headingBefore(valueAt(body, path), character)}`;
    case "settings":
      return `setting ${path[0]}`;
    default: {
      const [message] = objects;
      const role = message?.role ?? message?.type;
      const who = typeof role === "string" ? ` (${role})` : "";
      return `message ${Number(path[1] ?? 0) + 1}${who}${workOf(objects, tool, body)}`;
    }
  }
}

/** The call or result a place in the history is in, if it is in one. */
function workOf(objects: readonly JsonObject[], tool: string | undefined, body: JsonObject): string {
  for (const object of objects.toReversed()) {
    const id =
      object.tool_use_id ?? object.tool_call_id ?? (object.type === "function_call_output" && object.call_id);
    if (typeof id === "string") return `, result of ${callNamed(body, id) ?? id}`;
    if ("functionResponse" in object) return `, result of ${tool ?? "a call"}`;
  }
  return tool === undefined ? "" : `, call of ${tool}`;
}

function toolNameOf(object: JsonObject): string | undefined {
  const inner = object.function ?? object.functionCall ?? object.functionResponse;
  const name = object.name ?? (isObject(inner) ? inner.name : undefined);
  return typeof name === "string" ? name : undefined;
}

/** The tool a call of this id is of. */
function callNamed(value: Json, id: string): string | undefined {
  if (isObject(value) && (value.id === id || value.call_id === id) && toolNameOf(value))
    return toolNameOf(value);
  if (typeof value !== "object" || value === null) return undefined;
  for (const inner of Object.values(value)) {
    const found = callNamed(inner, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The heading a place in the system prompt stands under: sections and context files are headed by their names. */
function headingBefore(text: Json | undefined, character: number): string {
  if (typeof text !== "string") return "";
  const end = text.indexOf("\n", character);
  const headings = text.slice(0, end < 0 ? undefined : end).match(/^#{1,2} .*$/gm);
  const last = headings?.at(-1);
  return last === undefined ? "" : `, under "${last.slice(0, 80)}"`;
}
