/** The opaque data this codec makes and understands, and how foreign opaque data rides through the dialect. */
import type { Json, Opaque, Part } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { opaqueFields, replayable } from "../dialect-data.ts";
import { isObject, type JsonObject, parseJson, stringOf } from "../json.ts";
import { textOr } from "./values.ts";

const dialect = "chat-completions";

/**
 * `format` of a `reasoning_details` entry that carries opaque data of another dialect to a Chat Completions client,
 * which sends reasoning details back unread. OpenRouter's own formats name vendors (`anthropic-claude-v1`).
 */
const carrierFormat = "tau-v1";

/** Stamps this dialect's own fields with their maker. */
export function stamp(peer: Peer, fields: JsonObject): Opaque {
  return opaqueFields(peer, dialect, fields);
}

/** This dialect's own fields of a part, if `peer` made them. */
export function fieldsFor(part: Part, peer: Peer): JsonObject | undefined {
  return part.type === "tool_result" ? undefined : replayable(part.opaque, peer, dialect);
}

/** One `reasoning_details` list as opaque data: unwrapped if it is a carrier. */
export function readDetails(details: JsonObject[], peer: Peer): Opaque {
  const carrier = details.find((entry) => entry.format === carrierFormat);
  const carried = carrier === undefined ? undefined : parseJson(stringOf(carrier.data) ?? "");
  return carried === undefined
    ? stamp(peer, { reasoning_details: details })
    : { provider: peer.provider, model: peer.model, data: carried };
}

/** Opaque data of a reasoning part as `reasoning_details`: as they came, or in a carrier. */
export function writeDetails(opaque: Opaque): Json[] {
  const own = ownFields(opaque);
  if (own !== undefined && Array.isArray(own.reasoning_details)) return own.reasoning_details;
  return [
    { type: "reasoning.encrypted", format: carrierFormat, data: JSON.stringify(opaque.data), index: 0 },
  ];
}

/** `extra_content` of a tool call (Gemini's thought signatures) as opaque data; another dialect's is unwrapped. */
export function readExtra(extra: JsonObject, peer: Peer): Opaque {
  return "tau" in extra
    ? { provider: peer.provider, model: peer.model, data: extra.tau ?? null }
    : stamp(peer, { extra_content: extra });
}

/** Opaque data of a tool call as `extra_content`. */
export function writeExtra(opaque: Opaque): Json {
  const own = ownFields(opaque);
  return own !== undefined && isObject(own.extra_content) ? own.extra_content : { tau: opaque.data };
}

function ownFields(opaque: Opaque): JsonObject | undefined {
  return replayable(opaque, opaque, dialect);
}

/**
 * Adds the entries of one delta to the list so far. OpenRouter streams an entry's text in pieces that share `type`
 * and `index`; the signature comes with the last one.
 */
export function mergeDetails(list: JsonObject[], pieces: JsonObject[]): void {
  for (const piece of pieces) {
    const last = list.at(-1);
    const field = textField(piece);
    if (last === undefined || field === undefined || last.type !== piece.type || last.index !== piece.index) {
      list.push({ ...piece });
      continue;
    }
    const joined = (stringOf(last[field]) ?? "") + (stringOf(piece[field]) ?? "");
    for (const [key, value] of Object.entries(piece)) {
      if (value !== null && value !== "") last[key] = value;
    }
    last[field] = joined;
  }
}

function textField(piece: JsonObject): "text" | "summary" | undefined {
  if (piece.type === "reasoning.text") return "text";
  return piece.type === "reasoning.summary" ? "summary" : undefined;
}

/** The readable text of details. */
export function detailsText(details: JsonObject[]): string {
  return details.map((entry) => textOr(entry.text) ?? textOr(entry.summary) ?? "").join("");
}
