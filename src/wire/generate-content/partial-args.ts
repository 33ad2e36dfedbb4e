/**
 * Arguments that arrive in pieces (`streamFunctionCallArguments` of Vertex): each piece names a place by a JSON path
 * and adds to it. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling
 */
import type { Json } from "../../core/message.ts";
import { isObject, type JsonObject, stringOf } from "../json.ts";

/** A path deeper than this is not arguments. */
const maxDepth = 64;

/** Puts one `partialArgs` entry into `args`. An entry whose path cannot be read is left out. */
export function applyPartialArg(args: JsonObject, piece: JsonObject): void {
  const path = readPath(stringOf(piece.jsonPath) ?? "");
  if (path.length === 0 || path.length > maxDepth) return;
  let place: JsonObject | Json[] = args;
  for (const [at, key] of path.slice(0, -1).entries()) {
    const before = get(place, key);
    const next: JsonObject | Json[] =
      isObject(before) || Array.isArray(before) ? before : typeof path[at + 1] === "number" ? [] : {};
    set(place, key, next);
    place = next;
  }
  const last = path.at(-1) ?? "";
  const before = get(place, last);
  const value = givenValue(piece);
  set(place, last, typeof before === "string" && typeof value === "string" ? before + value : value);
}

/** `$.a["b c"][0]` as its steps. */
function readPath(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\]/g)) {
    const [, name, index, double, single] = match;
    steps.push(index === undefined ? (name ?? double ?? single ?? "") : Number(index));
  }
  return steps;
}

function givenValue(piece: JsonObject): Json {
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue ?? null;
}

function get(place: JsonObject | Json[], key: string | number): Json | undefined {
  if (Array.isArray(place)) return place[Number(key)];
  return Object.hasOwn(place, key) ? place[key] : undefined;
}

function set(place: JsonObject | Json[], key: string | number, value: Json): void {
  // An index beyond the end appends: arrays grow in order, and a wild index must not reserve memory.
  if (Array.isArray(place)) place[Math.min(Number(key) || 0, place.length)] = value;
  else Object.defineProperty(place, key, { value, enumerable: true, configurable: true, writable: true });
}
