/** The seam between the loop and whatever answers a model request. providers/ implements it; tests fake it. */

import type { ModelName } from "./event.ts";
import type { ModelError, ModelEvent, ModelRequest } from "./model.ts";

/**
 * One model behind one endpoint. `stream` never throws for an upstream's or the network's fault: it ends with an
 * `error` event. Aborting `signal` closes the socket and ends the stream with `error` code `aborted`.
 */
export type Upstream = {
  /** `provider/model`. */
  readonly name: ModelName;
  readonly provider: string;
  stream(request: ModelRequest, options: StreamOptions): AsyncIterable<ModelEvent>;
};

/** What a call brings beside its request. */
export type StreamOptions = {
  signal: AbortSignal;
  /** Is told the encoded body as it leaves, by an upstream that has one. */
  sending?: ((body: string) => void) | undefined;
};

/** What a call may do after an admission, or the refusal that stands instead. */
export type Admission<Refusal> =
  | { admitted: true; maxOutputTokens: number }
  | { admitted: false; refusal: Refusal };

/**
 * What a dispatch over retries and fallbacks yields: the model's events and, between attempts, what happened.
 * `attempt.started` precedes each attempt's events; `attempt.failed` follows a failed attempt that will be retried
 * or handed to the next upstream. A final failure is the attempt's own `error` event. A dispatch ends after one `end`,
 * `error` or `attempt.refused`.
 */
export type DispatchEvent<Refusal = never> =
  | ModelEvent
  | { type: "attempt.refused"; attempt: number; upstream: ModelName; refusal: Refusal }
  | { type: "attempt.started"; attempt: number; upstream: ModelName }
  | { type: "attempt.failed"; attempt: number; upstream: ModelName; error: ModelError }
  | { type: "retry.scheduled"; attempt: number; upstream: ModelName; delayMs: number; error: ModelError }
  | { type: "limit.waiting"; upstream: ModelName; resetsAt: number; remainingMs: number }
  | { type: "upstream.switched"; from: ModelName; to: ModelName; error: ModelError };
