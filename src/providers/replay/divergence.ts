/** Where two JSON values first differ. Pure. */
import type { Json } from "../../core/message.ts";

/**
 * Ids that a new run draws anew and that change nothing about the answer: cache keys and user ids.
 * They are not compared.
 */
const volatile = new Set(["prompt_cache_key", "metadata.user_id", "session_id", "user", "safety_identifier"]);

/** The first difference: a path such as `messages[2].content[0].text`, and both values (undefined: not there). */
export type Divergence = { path: string; recorded: Json | undefined; now: Json | undefined };

/** Compares two requests; null when they are the same for the purpose of a replay. */
export function divergence(recorded: Json | undefined, now: Json | undefined, path = ""): Divergence | null {
  if (recorded === now || volatile.has(path)) return null;
  if (Array.isArray(recorded) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(recorded.length, now.length); index++) {
      const found = divergence(recorded[index], now[index], `${path}[${index}]`);
      if (found !== null) return found;
    }
    return null;
  }
  if (isObject(recorded) && isObject(now)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(now)])) {
      const found = divergence(recorded[key], now[key], path === "" ? key : `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return { path: path === "" ? "the whole body" : path, recorded, now };
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value for a sentence: around the first difference when both are text. */
export function excerpts({ recorded, now }: Divergence): { recorded: string; now: string } {
  if (typeof recorded !== "string" || typeof now !== "string") {
    return { recorded: shortened(JSON.stringify(recorded)), now: shortened(JSON.stringify(now)) };
  }
  let at = 0;
  while (at < recorded.length && recorded[at] === now[at]) at++;
  const from = Math.max(0, at - 20);
  const cut = (text: string) => shortened(JSON.stringify(text.slice(from)));
  return { recorded: cut(recorded), now: cut(now) };
}

function shortened(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
