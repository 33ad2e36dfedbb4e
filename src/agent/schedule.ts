/** Which calls of one message may run at the same time, and which must wait for others. */
import type { PreparedCall } from "./toolbox.ts";

/** Who let a call run: what a person answered overtakes what still waits for its answer. */
export type LetBy = "person" | "rules";

type Place = {
  call: PreparedCall;
  /** `asking` until it may run, `waiting` until those before it are done. */
  state: "asking" | "waiting" | "running" | "done";
  letBy: LetBy;
  begin: () => void;
};

/**
 * The order of one batch. Calls that conflict never run at the same time, and run in the order of the message; but a
 * call that a person allowed does not wait for one that nobody has answered yet. That one, once it may run, comes later:
 * calls of one message are independent by every vendor's contract, and the person saw both.
 */
export class Order {
  readonly #places: readonly Place[];

  /** @param calls in the order of the message */
  constructor(calls: readonly PreparedCall[]) {
    this.#places = calls.map((call) => ({ call, state: "asking", letBy: "rules", begin: () => undefined }));
  }

  /** Asks for the call at `index` to begin; null when it has begun, else resolves when it has. Never rejects. */
  enter(index: number, letBy: LetBy): Promise<void> | null {
    const place = this.#places[index];
    if (!place) return null;
    place.letBy = letBy;
    place.state = "waiting";
    if (!this.#blocked(place, index)) {
      place.state = "running";
      return null;
    }
    return new Promise((resolve) => {
      place.begin = resolve;
    });
  }

  /** The call at `index` is done, refused or given up: those that waited for it begin. */
  leave(index: number): void {
    const place = this.#places[index];
    if (place) place.state = "done";
    for (const [at, waiting] of this.#places.entries()) {
      if (waiting.state !== "waiting" || this.#blocked(waiting, at)) continue;
      waiting.state = "running";
      waiting.begin();
    }
  }

  #blocked({ call, letBy }: Place, index: number): boolean {
    const unanswered = this.#behindAnUnanswered();
    return this.#places.some((other, at) => {
      if (at === index || other.state === "done" || !conflict(other.call, call)) return false;
      if (other.state === "running") return true;
      return at < index && (letBy === "rules" || !unanswered[at]);
    });
  }

  /** For each call whether it is unanswered, or waits for one that is. */
  #behindAnUnanswered(): boolean[] {
    const behind: boolean[] = [];
    for (const { call, state, letBy } of this.#places) {
      const held = (): boolean =>
        behind.some((is, at) => {
          const other = this.#places[at];
          return is && other !== undefined && conflict(other.call, call);
        });
      behind.push(state === "asking" || (state === "waiting" && letBy === "rules" && held()));
    }
    return behind;
  }
}

/**
 * For each call the indexes of earlier calls it waits for. A command may touch anything, so it waits for all before
 * it and all after it wait for it; calls that touch one path wait when either changes it; everything else is parallel.
 */
export function dependencies(calls: readonly PreparedCall[]): number[][] {
  return calls.map((call, index) =>
    calls.slice(0, index).flatMap((earlier, position) => (conflict(earlier, call) ? [position] : [])),
  );
}

function conflict(a: PreparedCall, b: PreparedCall): boolean {
  if (a.effect === "execute" || b.effect === "execute") return true;
  if (a.effect !== "edit" && b.effect !== "edit") return false;
  return a.intent.paths.some((path) => b.intent.paths.some((other) => overlaps(path, other)));
}

/** A folder overlaps everything inside it: a search waits for an edit below it. */
function overlaps(a: string, b: string): boolean {
  return (
    a === b || a.startsWith(b.endsWith("/") ? b : `${b}/`) || b.startsWith(a.endsWith("/") ? a : `${a}/`)
  );
}
