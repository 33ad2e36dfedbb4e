/** Prompt-cache breakpoints, as Anthropic and OpenRouter spell them. */
import type { CacheTtl } from "../../core/message.ts";
import type { Peer } from "../codec.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { ChatCompat } from "./compat.ts";

/** Who a request is written for. */
export type Target = {
  peer: Peer;
  compat: ChatCompat;
  /** Whether `cache_control` may be written. */
  caching: boolean;
};

/** The `cache_control` of a breakpoint; five minutes is the lifetime when none is named. */
export function cacheControl(target: Target, ttl: CacheTtl | undefined): JsonObject {
  if (ttl === undefined || !target.caching) return {};
  return { cache_control: ttl === "5m" ? { type: "ephemeral" } : { type: "ephemeral", ttl } };
}

/** The breakpoint after a part, by its `cache_control`. */
export function readCache(object: JsonObject): { cache?: CacheTtl } {
  if (!isObject(object.cache_control)) return {};
  return { cache: object.cache_control.ttl === "1h" ? "1h" : "5m" };
}
