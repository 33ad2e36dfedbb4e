/** Ids for tool calls of models that give none (Gemini before version 3, and Vertex). */

const marker = "tau-call-";

/**
 * An id that depends only on where the call stands: `scope` names the answer (its response id, or the message's place
 * in a request), `ordinal` counts the calls in it. Kept within what every dialect takes as an id.
 */
export function madeUpId(scope: string, ordinal: number): string {
  return `${marker}${scope.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 40)}-${ordinal}`;
}

/** Whether the id is one of ours, which the API has never seen and must not be sent. */
export function isMadeUpId(id: string): boolean {
  return id.startsWith(marker);
}

/** A short name for an answer without a response id, from the first text of its stream (FNV-1a). */
export function scopeOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(36);
}
