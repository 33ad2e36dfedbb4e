/** What a person says while the agent works: steering goes in after the next tool batch, follow-ups after its stop. */
import type { Part } from "../core/message.ts";

/** Messages of each kind that may wait. */
export const queueBound = 100;

/** Waiting messages of one session. */
export class InputQueue {
  #steering: Part[][] = [];
  #followUps: Part[][] = [];

  /** Adds a message for the running turn. False when the queue is full. */
  steer(parts: Part[]): boolean {
    return add(this.#steering, parts);
  }

  /** Adds a message for after the agent's stop. False when the queue is full. */
  followUp(parts: Part[]): boolean {
    return add(this.#followUps, parts);
  }

  /** Whether a message for the running turn waits. */
  get hasSteering(): boolean {
    return this.#steering.length > 0;
  }

  /** Takes all waiting steering messages, oldest first. */
  takeSteering(): Part[][] {
    return this.#steering.splice(0);
  }

  /** Takes the oldest follow-up; steering that came too late for its turn counts as one. */
  takeFollowUp(): Part[] | null {
    return this.#steering.shift() ?? this.#followUps.shift() ?? null;
  }

  /** Takes everything back, for a composer to restore after an interrupt. */
  takeAll(): Part[][] {
    return [...this.#steering.splice(0), ...this.#followUps.splice(0)];
  }
}

function add(queue: Part[][], parts: Part[]): boolean {
  if (queue.length >= queueBound) return false;
  queue.push(parts);
  return true;
}
