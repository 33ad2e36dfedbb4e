/** Which models a session calls, how hard they think, and how full the window is. Changes between two steps only. */
import type { ModelName } from "../core/event.ts";
import type { Effort, ToolSpec } from "../core/model.ts";
import type { SessionState } from "../sessions/fold.ts";
import type { Target } from "./run.ts";
import type { Window } from "./window.ts";

/** A chosen model with its fallbacks behind it, and its window. */
export type Seat = { targets: readonly [Target, ...Target[]]; window: Window };

/** What is wished for waits here until a step may begin with it. */
export class Lineup {
  #seat: Seat;
  #effort: Effort | null;
  #wished: { seat: Seat; effort: Effort | null } | null = null;

  constructor(seat: Seat, effort: Effort | null) {
    this.#seat = seat;
    this.#effort = effort;
  }

  /** The chosen model, then its fallbacks. */
  get targets(): readonly [Target, ...Target[]] {
    return this.#seat.targets;
  }

  /** The window of the chosen model. */
  get window(): Window {
    return this.#seat.window;
  }

  /** What is asked of it; null: as it likes. */
  get effort(): Effort | null {
    return this.#effort;
  }

  /** What the next step will have. */
  get next(): { target: Target; effort: Effort | null } {
    const { seat, effort } = this.#wished ?? { seat: this.#seat, effort: this.#effort };
    return { target: seat.targets[0], effort };
  }

  /** Another model, from the next step on. */
  wish(seat: Seat): void {
    this.#wished = { seat, effort: this.next.effort };
  }

  /** Another effort, from the next step on. */
  wishEffort(effort: Effort | null): void {
    this.#wished = { seat: this.#wished?.seat ?? this.#seat, effort };
  }

  /**
   * A step begins: what was wished for holds now.
   * @param tools what the session offers by now
   * @param measured what the model before counted, which another one counts otherwise
   * @returns the model and effort, where one of them is another than before
   */
  change(
    tools: readonly ToolSpec[],
    measured: SessionState["measured"],
  ): { model: ModelName; effort: Effort | null } | null {
    const wished = this.#wished;
    if (wished === null) return null;
    this.#wished = null;
    const before = { model: this.targets[0].upstream.name, effort: this.#effort };
    const after = { model: wished.seat.targets[0].upstream.name, effort: wished.effort };
    if (after.model !== before.model) {
      wished.seat.window.offer(tools);
      wished.seat.window.distrust(measured);
      this.#seat = wished.seat;
    }
    this.#effort = after.effort;
    return after.model === before.model && after.effort === before.effort ? null : after;
  }
}
