/** What the API takes depends on the model's generation, which only its name tells. */

/**
 * Whether a model is of Gemini's third generation or later, which thinks by level, gives tool calls ids, refuses calls
 * without a thought signature, and takes media inside function responses. Names without a number (aliases such as
 * `gemini-flash-latest`) point at the newest.
 * https://ai.google.dev/gemini-api/docs/gemini-3
 */
export function isThirdGeneration(model: string): boolean {
  const generation = /gemini-(\d+)/.exec(model)?.[1];
  if (generation !== undefined) return Number(generation) >= 3;
  return /gemini-(?:pro|flash)[a-z-]*-latest/.test(model);
}
