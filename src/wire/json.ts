/** Reading JSON of unknown shape without a schema library: the stream path cannot afford one. */
import type { Json } from "../core/message.ts";
import { WireError } from "./codec.ts";

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** Whether a value is a JSON object (not null, not an array). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The array, or an empty one. */
export function arrayOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The string, if it is one. */
export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/**
 * A count as reported by a provider, whole (the ledger's columns and the published schema hold no other); anything but
 * a positive number is none, and one too large to be exact is none either.
 */
export function countOf(value: Json | undefined): number {
  const count = typeof value === "number" ? Math.round(value) : 0;
  return count > 0 && Number.isSafeInteger(count) ? count : 0;
}

/** The value of a JSON text; undefined when the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * The fields of an object that are not among `known` and say something: null and empty arrays are left out.
 * Undefined when nothing remains.
 */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: JsonObject | undefined;
  for (const key in object) {
    if (known.has(key)) continue;
    const value = object[key];
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    rest ??= {};
    rest[key] = value;
  }
  return rest;
}

/** All fields of an object that are not among `known`, whatever they say: for requests that pass through. */
export function fieldsBeyond(object: JsonObject, known: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !known.has(key)));
}

/** An object with the extra's fields over the computed ones, objects merged one level deep. */
export function withExtra(computed: JsonObject, extra: JsonObject): JsonObject {
  const merged: JsonObject = { ...computed };
  for (const [key, value] of Object.entries(extra)) {
    const own = merged[key];
    merged[key] = isObject(own) && isObject(value) ? { ...own, ...value } : value;
  }
  return merged;
}

/** @throws WireError when the value is not an object. */
export function expectObject(value: Json | undefined, path: string): JsonObject {
  if (!isObject(value)) throw new WireError(path, `expected an object, got ${kindOf(value)}`);
  return value;
}

/** @throws WireError when the value is not an array. */
export function expectArray(value: Json | undefined, path: string): Json[] {
  if (!Array.isArray(value)) throw new WireError(path, `expected an array, got ${kindOf(value)}`);
  return value;
}

/** @throws WireError when the value is not a string. */
export function expectString(value: Json | undefined, path: string): string {
  if (typeof value !== "string") throw new WireError(path, `expected a string, got ${kindOf(value)}`);
  return value;
}

/** @throws WireError when the value is not a number. */
export function expectNumber(value: Json | undefined, path: string): number {
  if (typeof value !== "number") throw new WireError(path, `expected a number, got ${kindOf(value)}`);
  return value;
}

/** @throws WireError when the value is not a boolean. */
export function expectBoolean(value: Json | undefined, path: string): boolean {
  if (typeof value !== "boolean") throw new WireError(path, `expected true or false, got ${kindOf(value)}`);
  return value;
}

/** The value read by `read` if it is there; null counts as absent, as both dialects allow. */
export function optional<Value>(
  value: Json | undefined,
  path: string,
  read: (value: Json | undefined, path: string) => Value,
): Value | undefined {
  return value === undefined || value === null ? undefined : read(value, path);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
