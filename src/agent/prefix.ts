/**
 * The prompt prefix as hashes: whether a request begins with the one before it, and if not, where it departs.
 * Incremental: messages already hashed are not hashed again.
 */
import { createHash } from "node:crypto";
import type { Message } from "../core/message.ts";
import type { ToolSpec } from "../core/model.ts";

/** A request's prefix. */
export type Prefix = {
  /** Chained over system prompt, tools and every message. */
  hash: string;
  /** The first part that departs from the request before: `system`, `tools`, `messages[3]`; null when none does. */
  changed: string | null;
};

const sha256 = (...texts: string[]): string => {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
};

/** The hash of what is fixed in a segment. */
export function segmentHash(system: string, tools: readonly ToolSpec[]): string {
  return sha256(system, "\0", JSON.stringify(tools));
}

/** Follows the requests of one session. */
export class PrefixTracker {
  #system: string | null = null;
  #tools: string | null = null;
  #chain: { message: Message; digest: string; hash: string }[] = [];

  /** Takes in the next request. */
  track(system: string, tools: readonly ToolSpec[], messages: readonly Message[]): Prefix {
    const systemHash = sha256(system);
    const toolsHash = sha256(JSON.stringify(tools));
    const first = this.#system === null;
    let changed: string | null = null;
    if (!first && systemHash !== this.#system) changed = "system";
    else if (!first && toolsHash !== this.#tools) changed = "tools";
    let hash = sha256(systemHash, toolsHash);
    const before = changed === null ? this.#chain : [];
    let intact = changed === null;
    const chain = messages.map((message, index) => {
      const known = before[index];
      if (intact && known?.message === message) {
        hash = known.hash;
        return known;
      }
      const digest = sha256(JSON.stringify(message));
      if (known && digest !== known.digest) {
        if (intact && changed === null) changed = `messages[${index}]`;
        intact = false;
      }
      hash = sha256(hash, digest);
      return { message, digest, hash };
    });
    if (changed === null && chain.length < before.length) changed = `messages[${chain.length}]`;
    this.#system = systemHash;
    this.#tools = toolsHash;
    this.#chain = chain;
    return { hash, changed };
  }
}
