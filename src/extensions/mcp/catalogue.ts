/** What one server has, as it told of it last: read when it starts, and read anew when it says that it changed. */
import { messageOf } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import type { Connection, KnownOffers, Offers } from "./connection.ts";

/** Readings at once after a server says that it changed; a server that says so with each of them waits. */
const burst = 20;
/** The time in which so many are made at once, ms. */
const burstMs = 60_000;

/** What a catalogue needs of the world. */
export type CatalogueWorld = {
  now: Clock;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** It is known now, or is another than before. */
  known(known: KnownOffers): void;
  /** A list could not be read, in words. */
  failed(text: string): void;
};

const kinds = ["tools", "resources", "prompts"] as const;

/** A list that is being read. */
type Following = {
  /** It changed since the reading began. */
  again: boolean;
  /** It waits because the server changes too often. */
  waits: boolean;
  done: Promise<void>;
};

/** Knows what a server has. */
export class Catalogue {
  readonly #world: CatalogueWorld;
  #offers: Offers | null;
  /** Kinds that were never read. */
  readonly #unread: Set<keyof Offers>;
  readonly #followed = new Map<keyof Offers, Following>();
  #readings = { since: 0, count: 0 };

  /** @param kept what it told of last; null when it never did */
  constructor(kept: KnownOffers | null, world: CatalogueWorld) {
    this.#offers = kept?.offers ?? null;
    this.#unread = new Set(kept?.whole ? [] : ["tools", "resources", "prompts"]);
    this.#world = world;
  }

  /** Null before it was ever asked. */
  get offers(): Offers | null {
    return this.#offers;
  }

  /** Settles when a list that is being read is known; null when it is not, or waits its turn. */
  catchingUp(kind: keyof Offers): Promise<void> | null {
    const following = this.#followed.get(kind);
    return following === undefined || following.waits ? null : following.done;
  }

  /**
   * Reads the tools of a new connection, and everything else behind them, for which nobody waits.
   * @returns how many tools could not be understood
   */
  async open(connection: Connection, signal: AbortSignal): Promise<number> {
    const { tools, unusable } = await connection.tools();
    this.#know({ tools });
    this.changed("resources", connection, signal);
    this.changed("prompts", connection, signal);
    return unusable;
  }

  /** The server says that it has others. One reading at a time, and however often it says so meanwhile, one more. */
  changed(kind: keyof Offers, connection: Connection, signal: AbortSignal): void {
    const before = this.#followed.get(kind);
    if (before !== undefined) {
      before.again = true;
      return;
    }
    const following: Following = { again: true, waits: false, done: Promise.resolve() };
    this.#followed.set(kind, following);
    following.done = this.#follow(kind, following, connection, signal).finally(() =>
      this.#followed.delete(kind),
    );
  }

  async #follow(
    kind: keyof Offers,
    following: Following,
    connection: Connection,
    signal: AbortSignal,
  ): Promise<void> {
    while (following.again && !signal.aborted) {
      following.again = false;
      try {
        await this.#turn(following, signal);
        const listed = kind === "tools" ? (await connection.tools()).tools : await connection[kind]();
        if (!signal.aborted) this.#know({ [kind]: listed });
      } catch (error) {
        if (!signal.aborted) this.#world.failed(`its ${kind} could not be listed: ${messageOf(error)}`);
      }
    }
  }

  /** Waits where a server changes so often that reading it would be all there is to do. */
  async #turn(following: Following, signal: AbortSignal): Promise<void> {
    const now = this.#world.now();
    const age = now - this.#readings.since;
    if (age >= burstMs || age < 0) this.#readings = { since: now, count: 0 };
    this.#readings.count += 1;
    if (this.#readings.count <= burst) return;
    following.waits = true;
    try {
      await this.#world.sleep(burstMs - age, signal);
    } finally {
      following.waits = false;
    }
  }

  #know(news: Partial<Offers>): void {
    const before = this.#offers ?? { tools: [], resources: [], prompts: [] };
    this.#offers = { ...before, ...news };
    for (const kind of kinds) if (kind in news) this.#unread.delete(kind);
    this.#world.known({ offers: this.#offers, whole: this.#unread.size === 0 });
  }
}
