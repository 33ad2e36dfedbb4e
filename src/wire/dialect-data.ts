/** How a codec keeps what only its own dialect can say: inside `Opaque.data`, under the dialect's name. */
import type { Opaque } from "../core/message.ts";
import type { Dialect } from "../core/model.ts";
import type { Peer } from "./codec.ts";
import { isObject, type JsonObject } from "./json.ts";

/**
 * Fields of a block or part that have no word in Tau's vocabulary. The dialect is part of the data because one
 * provider may serve the same model in several dialects, and the fields of one mean nothing in another.
 */
export function opaqueFields(peer: Peer, dialect: Dialect, fields: JsonObject): Opaque {
  return { provider: peer.provider, model: peer.model, data: { dialect, fields } };
}

/** The fields, if they may be sent to this peer: they came from the same provider, model and dialect. */
export function replayable(opaque: Opaque | undefined, peer: Peer, dialect: Dialect): JsonObject | undefined {
  if (opaque === undefined || opaque.provider !== peer.provider || opaque.model !== peer.model)
    return undefined;
  if (!isObject(opaque.data) || opaque.data.dialect !== dialect) return undefined;
  return isObject(opaque.data.fields) ? opaque.data.fields : undefined;
}
