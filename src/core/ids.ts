/** Branded identifiers. A brand stops a turn id from being passed where a session id is meant. */
type Brand<Name extends string> = string & { readonly __brand: Name };

/** A session: UUIDv7, so that ids sort by creation time. */
export type SessionId = Brand<"SessionId">;
/** A turn: from one user message to the agent's stop. */
export type TurnId = Brand<"TurnId">;
/** A durable entry of the ledger's tree. */
export type EntryId = Brand<"EntryId">;

/** Who acts in a session: `main`, and `main/…` for agents it starts. */
export type AgentPath = string;
/** The agent a person or script talks to. */
export const mainAgent: AgentPath = "main";

/** Milliseconds since the Unix epoch; the only clock below the front ends. */
export type Clock = () => number;
/** Fills and returns `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/**
 * Makes UUIDv7 strings (RFC 9562 5.7) that never go backwards within one source, even when the clock does:
 * the 12 bits after the timestamp count up inside one millisecond.
 */
export function uuidv7Source(now: Clock, random: RandomBytes): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      counter = 0;
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    const time = lastMs.toString(16).padStart(12, "0");
    const rest = Array.from(random(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const variant = (8 + (Number.parseInt(rest.slice(0, 1), 16) & 3)).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${variant}${rest.slice(1, 4)}-${rest.slice(4)}`;
  };
}

/** Makes ids of each kind from one source of unique strings. */
export type Ids = { session(): SessionId; turn(): TurnId; entry(): EntryId };

/** Ids of each kind over UUIDv7. */
export function idSource(now: Clock, random: RandomBytes): Ids {
  const next = uuidv7Source(now, random);
  return {
    session: () => next() as SessionId,
    turn: () => next() as TurnId,
    entry: () => next() as EntryId,
  };
}
