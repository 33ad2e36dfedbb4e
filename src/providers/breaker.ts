/** Circuit breakers: an upstream that keeps failing is left alone for a while, then tried by one request. */
import type { ModelName } from "../core/event.ts";
import type { Clock } from "../core/ids.ts";
import type { ModelError } from "../core/model.ts";

/** `half-open`: the pause is over and one probe decides. */
export type BreakerState = "closed" | "open" | "half-open";

type Circuit = { failures: number; openedAt: number; probing: boolean; error: ModelError };

/** The breakers of all upstreams of one process. */
export class Breakers {
  readonly #circuits = new Map<ModelName, Circuit>();
  readonly #now: Clock;
  readonly #threshold: number;
  readonly #pauseMs: number;

  /**
   * @param threshold failures in a row that open a breaker
   * @param pauseMs how long it stays open
   */
  constructor(now: Clock, threshold = 5, pauseMs = 60_000) {
    this.#now = now;
    this.#threshold = threshold;
    this.#pauseMs = pauseMs;
  }

  /** The state an attempt would meet now. */
  state(upstream: ModelName): BreakerState {
    const circuit = this.#circuits.get(upstream);
    if (circuit === undefined || circuit.failures < this.#threshold) return "closed";
    return this.#now() - circuit.openedAt < this.#pauseMs ? "open" : "half-open";
  }

  /** Why attempts are turned away now (open, or half-open with a probe under way); null when one may go ahead. */
  refusal(upstream: ModelName): ModelError | null {
    const circuit = this.#circuits.get(upstream);
    if (circuit === undefined) return null;
    const state = this.state(upstream);
    return state === "open" || (state === "half-open" && circuit.probing) ? circuit.error : null;
  }

  /** An attempt begins; in half-open it is the probe, and every other is turned away until it ends. */
  began(upstream: ModelName): void {
    const circuit = this.#circuits.get(upstream);
    if (circuit !== undefined && this.state(upstream) === "half-open") circuit.probing = true;
  }

  /** The upstream works, whatever it said. */
  succeeded(upstream: ModelName): void {
    this.#circuits.delete(upstream);
  }

  /** The upstream failed in a way that is its own. */
  failed(upstream: ModelName, error: ModelError): void {
    const failures = (this.#circuits.get(upstream)?.failures ?? 0) + 1;
    this.#circuits.set(upstream, { failures, openedAt: this.#now(), probing: false, error });
  }

  /** The attempt ended without a verdict (the user stopped it). */
  abandoned(upstream: ModelName): void {
    const circuit = this.#circuits.get(upstream);
    if (circuit !== undefined) circuit.probing = false;
  }
}
