/**
 * The prompt prefix as hashes: whether a request begins with the one before it, and if not, where it departs.
 * Incremental: messages already hashed are not hashed again.
 */
import { createHash } from "node:crypto";
import type { Message } from "../core/message.ts";
import type { ModelRequest, ToolSpec } from "../core/model.ts";

/** A request's prefix. */
export type Prefix = {
  /** Chained over system prompt, tools and every message. */
  hash: string;
  /** The first part that departs from the request before: `system`, `tools`, `settings`, `messages[3]`; null when none does. */
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

/** Settings of a request that some providers keep their cache of the messages by (Anthropic: tool choice, thinking). */
export type PrefixSettings = Pick<ModelRequest, "toolChoice" | "reasoning" | "output">;

/** What came before in the request, by the names people are told. */
type Head = { system: string; tools: readonly ToolSpec[]; settings: string };

/** Follows the requests of one session. */
export class PrefixTracker {
  #head: Head | null = null;
  /** Hash over `#head`'s system prompt and tools; these stay the same objects for a whole segment. */
  #headHash = "";
  #chain: { message: Message; digest: string; hash: string }[] = [];
  #chainHead = "";

  /** Takes in the next request. */
  track(
    system: string,
    tools: readonly ToolSpec[],
    settings: PrefixSettings,
    messages: readonly Message[],
  ): Prefix {
    const head: Head = { system, tools, settings: JSON.stringify(settings) };
    const before = this.#head;
    const changedHead = before === null ? null : firstDifference(before, head);
    if (before === null || changedHead === "system" || changedHead === "tools") {
      this.#headHash = segmentHash(system, tools);
    }
    this.#head = head;
    const changedMessage = this.#advance(messages);
    const hash = this.#chain.at(-1)?.hash ?? this.#headHash;
    return { hash, changed: changedHead ?? changedMessage };
  }

  /** Brings the chain up to date; the first message that departs from the one before, or null. */
  #advance(messages: readonly Message[]): string | null {
    const before = this.#chain;
    let changed: string | null = null;
    let hash = this.#headHash;
    const sameHead = this.#chainHead === hash;
    this.#chainHead = hash;
    this.#chain = messages.map((message, index) => {
      const known = before[index];
      if (sameHead && changed === null && known?.message === message) {
        hash = known.hash;
        return known;
      }
      const digest = known?.message === message ? known.digest : sha256(JSON.stringify(message));
      if (known && digest !== known.digest) changed ??= `messages[${index}]`;
      hash = sha256(hash, digest);
      return { message, digest, hash };
    });
    return changed ?? (messages.length < before.length ? `messages[${messages.length}]` : null);
  }
}

function firstDifference(before: Head, head: Head): string | null {
  if (before.system !== head.system) return "system";
  if (before.tools !== head.tools && JSON.stringify(before.tools) !== JSON.stringify(head.tools))
    return "tools";
  return before.settings === head.settings ? null : "settings";
}
