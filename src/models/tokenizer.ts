/**
 * Exact counts where a vendor's encoding is public (OpenAI's). Loading one costs about 0.4 s of processor time and
 * 80 MB, so nothing on the way to an answer needs it: `estimateTokens` serves there, and this serves who asks for exactness.
 */
import { estimateTokens } from "./estimate.ts";

/** The public encodings tiktoken has ranks for. */
export type Encoding = "r50k_base" | "p50k_base" | "p50k_edit" | "cl100k_base" | "o200k_base";

/** Counts the tokens of a text. */
export type CountText = (text: string) => number;

/**
 * The encoding of a model, under whichever provider; null where the vendor keeps it to itself.
 * @see https://github.com/openai/tiktoken/blob/main/tiktoken/model.py
 */
export function encodingOf(model: string): Encoding | null {
  const name = model.slice(model.lastIndexOf("/") + 1).replace(/^openai\./, "");
  if (/^(?:gpt-(?:4o|4\.[15]|[5-9]|oss|daybreak)|chatgpt-|chat-latest|o[134](?:-|$)|codex-mini)/.test(name)) {
    return "o200k_base";
  }
  return /^gpt-(?:4|3\.5|35)(?:-|$)/.test(name) ? "cl100k_base" : null;
}

/**
 * Loads an encoding; the first call in a process pays for it. The counter is exact, save that runs of 2,000
 * characters without a space (or of spaces) are estimated: merging a run takes time by its length squared.
 * Special tokens in the text count as the plain text they are.
 */
export async function loadCounter(encoding: Encoding): Promise<CountText> {
  const [{ Tiktoken }, { default: ranks }] = await Promise.all([
    import("tiktoken/lite"),
    rankLoaders[encoding](),
  ]);
  const tokenizer = new Tiktoken(ranks.bpe_ranks, ranks.special_tokens, ranks.pat_str);
  const exact: CountText = (text) => (text === "" ? 0 : tokenizer.encode(text, [], []).length);
  return (text) => {
    let tokens = 0;
    let from = 0;
    for (const run of text.matchAll(/\S{2000,}|\s{2000,}/g)) {
      tokens += exact(text.slice(from, run.index)) + estimateTokens(run[0]);
      from = run.index + run[0].length;
    }
    return tokens + exact(text.slice(from));
  };
}

type Ranks = { bpe_ranks: string; special_tokens: { [token: string]: number }; pat_str: string };

const rankLoaders: { [Name in Encoding]: () => Promise<{ default: Ranks }> } = {
  r50k_base: () => import("tiktoken/encoders/r50k_base"),
  p50k_base: () => import("tiktoken/encoders/p50k_base"),
  p50k_edit: () => import("tiktoken/encoders/p50k_edit"),
  cl100k_base: () => import("tiktoken/encoders/cl100k_base"),
  o200k_base: () => import("tiktoken/encoders/o200k_base"),
};
