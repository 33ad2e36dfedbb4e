/** What the settings say about a run, over what holds without them. */
import type { Settings } from "../config/settings.ts";
import type { RetryPolicy } from "../providers/retry.ts";
import { defaultRunSettings, type RunSettings } from "./run.ts";

/** The limits and habits of a session's runs. */
export function runSettings(settings: Settings): RunSettings {
  const { limits, cacheTtl, compactAt, onLimit, fallback, evidence } = settings;
  return {
    ...defaultRunSettings,
    ...(limits?.steps !== undefined && { maxSteps: limits.steps }),
    ...(limits?.turnSeconds !== undefined && { maxTurnMs: limits.turnSeconds * 1000 }),
    ...(cacheTtl && { cacheTtl }),
    ...(compactAt !== undefined && { compactAt }),
    onLimit: onLimit ?? (fallback?.length ? "fallback" : "exit"),
    ...(evidence && { evidence }),
    retry: { ...defaultRunSettings.retry, ...retryOf(settings) },
  };
}

function retryOf({ retry }: Settings): Partial<RetryPolicy> {
  return {
    ...(retry?.attempts !== undefined && { maxAttempts: retry.attempts }),
    ...(retry?.baseDelaySeconds !== undefined && { baseDelayMs: retry.baseDelaySeconds * 1000 }),
    ...(retry?.maxSeconds !== undefined && { maxElapsedMs: retry.maxSeconds * 1000 }),
  };
}
