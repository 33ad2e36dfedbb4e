/** Prompt-cache breakpoints (docs.anthropic.com, "Prompt caching"). */
import type { CacheTtl, Json } from "../../core/message.ts";
import { isObject, type JsonObject } from "../json.ts";

/** `cache_control` for a breakpoint. Five minutes is the API's default and not spelled out: some hosts know no `ttl`. */
export function encodeCache(cache: CacheTtl | undefined): JsonObject {
  if (cache === undefined) return {};
  return { cache_control: cache === "1h" ? { type: "ephemeral", ttl: "1h" } : { type: "ephemeral" } };
}

/** The breakpoint a `cache_control` stands for. */
export function decodeCache(control: Json | undefined): { cache?: CacheTtl } {
  if (!isObject(control)) return {};
  return { cache: control.ttl === "1h" ? "1h" : "5m" };
}
