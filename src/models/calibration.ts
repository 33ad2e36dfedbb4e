/**
 * What upstreams report teaches the estimate. One small state for each model family: the ratio of reported to
 * estimated tokens, and how far calibrated estimates have been off. Pure functions; the caller keeps the state.
 */

/** What has been learned of one family. Plain JSON, to be kept between runs. */
export type Calibration = {
  /** Tokens reported for each token estimated. */
  ratio: number;
  /** How much evidence stands behind the ratio: 0 is the family's starting guess, 1 a full-size request. */
  weight: number;
  /** Mean of |calibrated estimate / reported - 1|, of recent observations. */
  error: number;
};

/** Calibrations by family; a family never seen has none. */
export type Calibrations = { [family: string]: Calibration };

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

/** The calibration to use for a model. */
export function calibrationFor(calibrations: Calibrations, model: string): Calibration {
  const family = familyOf(model);
  const known = Object.hasOwn(calibrations, family) ? calibrations[family] : undefined;
  return known ?? startingCalibration(family);
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

/** `calibrations` after one call of a model. */
export function learn(
  calibrations: Calibrations,
  model: string,
  estimated: number,
  reported: number,
): Calibrations {
  const after = observe(calibrationFor(calibrations, model), estimated, reported);
  return { ...calibrations, [familyOf(model)]: after };
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

/** What an upstream said of the last call of this conversation. */
export type Reported = {
  /** Every prompt token, cached or not. */
  promptTokens: number;
  /** Answer tokens that come back as part of the next prompt. */
  keptOutputTokens: number;
};

/**
 * The next prompt: what the upstream counted, and the calibrated estimate of only what was added since. `added` is
 * uncalibrated. Without a report, `added` is the whole prompt.
 */
export function promptEstimate(reported: Reported | null, added: number, calibration: Calibration): number {
  const base = reported === null ? 0 : reported.promptTokens + reported.keptOutputTokens;
  return base + calibrated(added, calibration);
}
