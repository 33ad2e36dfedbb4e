/** Waiting and time limits over abort signals. */
import { setMaxListeners } from "node:events";
import type { StopReason } from "./run.ts";

/** A signal that also fires, with reason `timeout`, after `timeoutMs`. */
export function deadline(
  signal: AbortSignal,
  timeoutMs: number | undefined,
): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => controller.abort("timeout" satisfies StopReason), timeoutMs);
  const either = AbortSignal.any([signal, controller.signal]);
  // Every running call listens, and a batch may hold many.
  setMaxListeners(0, either);
  return { signal: either, clear: () => clearTimeout(timer) };
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it fires. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
