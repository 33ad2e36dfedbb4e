/**
 * What upstreams report teaches the estimate. One small state for each model: the ratio of reported to estimated
 * tokens, and how far calibrated estimates have been off. Pure functions; the ledger keeps the state between sessions.
 */
import type { Calibration } from "../core/store.ts";

/**
 * Families by tokenizer, and what one of our estimated tokens (fitted to o200k_base) is in theirs before anything has
 * been reported. The ratios were measured on answers whose billed tokens are known; Claude's newer tokenizer is
 * documented to give up to 1.35 times the tokens of the one before (platform.claude.com/docs, "What's new in Claude Opus 4.7").
 */
const families: readonly { family: string; names: RegExp; ratio: number }[] = [
  { family: "claude-2026", names: /claude-(?:\w+-4[.-][789]|\w+-[5-9]|[5-9])/, ratio: 1.45 },
  { family: "claude", names: /claude/, ratio: 1.12 },
  { family: "openai", names: /(?:^|[/.])(?:gpt-|chatgpt|o[134](?:-|$)|codex)/, ratio: 1.02 },
  { family: "gemini", names: /gemini|gemma/, ratio: 1.02 },
  { family: "grok", names: /grok/, ratio: 1 },
  { family: "deepseek", names: /deepseek/, ratio: 1.02 },
  { family: "mistral", names: /mistral|ministral|magistral|codestral|devstral|voxtral|mixtral/, ratio: 1.05 },
  { family: "llama", names: /llama/, ratio: 1.04 },
  { family: "qwen", names: /qwen|qwq|qvq/, ratio: 1.06 },
  { family: "kimi", names: /kimi|moonshot/, ratio: 1.05 },
  { family: "glm", names: /glm/, ratio: 1.05 },
];

/** Nothing is known of the tokenizer: a guess on the high side. */
const otherFamily = { family: "other", ratio: 1.1 };

/** The tokenizer family of a model, under whichever provider. */
export function familyOf(model: string): string {
  return familyEntry(model.toLowerCase()).family;
}

function familyEntry(model: string): { family: string; ratio: number } {
  return families.find(({ names }) => names.test(model)) ?? otherFamily;
}

/** What is known of a family before its upstream has said anything. */
export function startingCalibration(family: string): Calibration {
  const entry = families.find((candidate) => candidate.family === family) ?? otherFamily;
  return { ratio: entry.ratio, weight: 0, error: 0.15 };
}

/** How far what other sessions learned may move the family's starting ratio, as factors. */
const mostMoved = { down: 1 / 1.5, up: 2 } as const;
/** Whole observations that other sessions' evidence counts for at most: this session's own outweighs it soon. */
const mostKeptWeight = 4;
/** The doubt that is left however sure other sessions were: this one may hold text of another kind. */
const leastKeptError = 0.05;

/** What a session begins with: what the ledger kept of its model, within bounds, else its family's start. */
export function calibrationFor(kept: Calibration | null, model: string): Calibration {
  const start = startingCalibration(familyOf(model));
  if (kept === null || !Object.values(kept).every((value) => Number.isFinite(value) && value >= 0))
    return start;
  const { down, up } = mostMoved;
  return {
    ratio: Math.min(Math.max(kept.ratio, start.ratio * down), start.ratio * up),
    weight: Math.min(kept.weight, mostKeptWeight),
    error: Math.min(Math.max(kept.error, leastKeptError), 1),
  };
}

/** A ratio outside this is a caching quirk, hidden server-side content or a broken count, not a tokenizer. */
const plausible = { low: 0.5, high: 3 } as const;
/** One observation moves the ratio at most this far, as a factor. */
const largestStep = 1.25;
/** A request of this many tokens counts as one whole observation; smaller ones by their share. */
const wholeObservation = 4_000;
/** Evidence kept: about this many whole observations, so that a changed tokenizer is learned within as many steps. */
const memory = 12;

/**
 * Learns from one call. `estimated` is what `estimateTokens` and kin gave, uncalibrated, for exactly the content
 * `reported` covers: a whole prompt, or what was added since the last report.
 */
export function observe(before: Calibration, estimated: number, reported: number): Calibration {
  if (!(estimated >= 1) || !(reported >= 1)) return before;
  const raw = reported / estimated;
  const error = Math.abs((estimated * before.ratio) / reported - 1);
  const size = Math.min(1, reported / wholeObservation);
  if (raw < plausible.low || raw > plausible.high) {
    // Not a tokenizer's doing, but the estimate was off all the same.
    return { ...before, error: blend(before.error, Math.min(error, 1), size / memory) };
  }
  const share = size / Math.min(before.weight + size, memory);
  const target = Math.min(Math.max(raw, before.ratio / largestStep), before.ratio * largestStep);
  return {
    ratio: blend(before.ratio, target, share),
    weight: Math.min(before.weight + size, memory),
    error: blend(before.error, Math.min(error, 1), Math.min(share, 0.5)),
  };
}

function blend(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** An estimate in the family's own tokens, a whole number. */
export function calibrated(estimated: number, calibration: Calibration): number {
  return Math.ceil(estimated * calibration.ratio);
}

/**
 * A count the true one will hardly pass, for reservations: the calibrated estimate plus three times its usual error,
 * at least 5 %.
 */
export function upperEstimate(estimated: number, calibration: Calibration): number {
  return Math.ceil(estimated * calibration.ratio * (1 + Math.max(0.05, 3 * calibration.error)));
}
