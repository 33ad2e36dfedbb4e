/** What vendors call their errors, as data. */
import type { ModelErrorCode } from "../../core/model.ts";

/** Sentences by which a prompt that does not fit is known, lower case, with where each was seen. */
const overflow: readonly RegExp[] = [
  // OpenAI, Azure, vLLM, LiteLLM, OpenRouter: "maximum context length is 128000 tokens".
  /maximum context length/,
  // OpenAI (newer): "Your input exceeds the context window of this model".
  /exceeds? the (?:model's )?(?:available )?context (?:window|size|length|limit)/,
  // OpenAI, Azure, Fireworks: the code word in the text.
  /context[_ ]length[_ ]exceeded/,
  // Anthropic behind a gateway: "prompt is too long: 210000 tokens > 200000 maximum"; Ollama cloud: "prompt too long".
  /prompt (?:is )?too long/,
  // Gemini behind a gateway: "The input token count (1200000) exceeds the maximum number of tokens allowed".
  /input token count.*exceeds the maximum/,
  // Groq: "Please reduce the length of the messages or completion."
  /reduce the length of (?:the messages|your (?:prompt|input|messages)|either one)/,
  // Mistral: "Prompt contains 200000 tokens ... too large for model with 131072 maximum context length".
  /too large for model with \d+ maximum context/,
  // xAI: "This model's maximum prompt length is 131072 but the request contains 200000 tokens".
  /maximum prompt length is \d+/,
  // llama.cpp: "the request exceeds the available context size" (type exceed_context_size_error).
  /exceed_context_size_error/,
  // LM Studio: "tokens to keep from the initial prompt is greater than the context length"; "not enough context".
  /greater than the context length|exceeds? the context length|trying to keep the first \d+ tokens/,
  // Ollama: "exceeded max context length".
  /exceeded? max(?:imum)? context length/,
  // DashScope: "Range of input length should be [1, 129024]".
  /range of input length should be/,
  // Moonshot: "Your request exceeded model token limit: 262144".
  /exceeded model token limit/,
  // Cerebras: "Please reduce the length"; Together: "inputs tokens + max_new_tokens must be <= 8193".
  /(?:inputs? tokens|input length).*must (?:be|have) (?:<=|less than)/,
  // Z.ai: "Prompt exceeds max length".
  /prompt exceeds max length/,
  // MiniMax: "context window exceeds limit".
  /context window exceeds limit/,
  // GitHub Copilot: "prompt token count of 150000 exceeds the limit of 128000".
  /prompt token count of \d+ exceeds the limit/,
];

/** Sentences that mean: no money or allowance left, so that waiting a minute will not help. */
const quota: readonly RegExp[] = [
  // OpenAI: "You exceeded your current quota, please check your plan and billing details".
  /exceeded your current quota/,
  // OpenRouter: "Insufficient credits"; DeepSeek: "Insufficient Balance"; Together, xAI: credits used up.
  /insufficient (?:credits?|balance|funds|quota)/,
  /(?:credit|balance|spending|spend|budget|usage|monthly) (?:limit|cap|quota|balance|allocation)[^.]*(?:exceeded|reached|exhausted|too low|used up)/,
  /used all available credits/,
  // Z.ai, Moonshot: arrears.
  /account is in arrears|please recharge/,
  /billing hard limit/,
  // Ollama cloud, z.ai coding plan: "you have reached your weekly usage limit".
  /reached your (?:hourly|session|daily|weekly|monthly|usage) (?:usage )?limit/,
];

/** Sentences of a server that has no room, whatever its status. */
const overloaded: readonly RegExp[] = [
  /overloaded/,
  /over capacity|at capacity|no capacity/,
  /server (?:is )?busy/,
  /model is (?:currently )?loading/,
];

/** Sentences of a refusal by a filter before any answer. */
const refused: readonly RegExp[] = [
  /content management policy/,
  /flagged (?:by|for|as).*(?:moderation|policy|violat)/,
  /requires moderation/,
];

/** Words in `error.code` or `error.type`, lower case. */
const words: { readonly [word: string]: ModelErrorCode } = {
  context_length_exceeded: "context_overflow",
  exceed_context_size_error: "context_overflow",
  string_above_max_length: "context_overflow",
  request_too_large: "context_overflow",
  insufficient_quota: "quota",
  billing_hard_limit_reached: "quota",
  billing_not_active: "quota",
  payment_required: "quota",
  rate_limit_exceeded: "rate_limited",
  rate_limit_error: "rate_limited",
  ratelimitreached: "rate_limited",
  rate_limited: "rate_limited",
  too_many_requests: "rate_limited",
  resource_exhausted: "rate_limited",
  invalid_api_key: "auth",
  authentication_error: "auth",
  invalid_authentication_error: "auth",
  permission_denied: "auth",
  permission_error: "auth",
  unauthenticated: "auth",
  content_policy_violation: "refused",
  content_filter: "refused",
  responsibleaipolicyviolation: "refused",
  overloaded: "overloaded",
  overloaded_error: "overloaded",
  over_capacity: "overloaded",
  service_unavailable: "overloaded",
  unavailable: "overloaded",
  server_overloaded: "overloaded",
  timeout: "timeout",
  // Tau's own words, for failures it reports as a server.
  network: "network",
  stalled: "stalled",
  truncated: "truncated",
  oversized: "oversized",
  aborted: "aborted",
  unknown: "unknown",
  model_not_found: "invalid_request",
  tool_use_failed: "invalid_request",
  invalid_request_error: "invalid_request",
  server_error: "overloaded",
  internal_server_error: "overloaded",
};

/**
 * The code a sentence gives away, for those the status and the code words do not tell apart: vendors send overflow
 * as 400, 413, 422, 429 or 500, and an empty account as 400, 402, 403 or 429.
 */
export function codeByText(message: string, status: number | undefined): ModelErrorCode | undefined {
  const text = message.toLowerCase();
  const says = (patterns: readonly RegExp[]) => patterns.some((pattern) => pattern.test(text));
  if (status !== 401 && says(overflow)) {
    // Groq and OpenAI word their token-per-minute limit alike, but it passes with time.
    return status === 429 && /per min|tpm|rate limit/.test(text) ? "rate_limited" : "context_overflow";
  }
  if (says(quota)) return "quota";
  if (status !== undefined && status < 500 && status !== 429) return says(refused) ? "refused" : undefined;
  return says(overloaded) ? "overloaded" : undefined;
}

/** The code of the first word that has one; the general `invalid_request_error` only if no other has. */
export function codeByWord(all: readonly string[]): ModelErrorCode | undefined {
  const codes = all
    .map((word) => word.toLowerCase())
    .filter((word) => Object.hasOwn(words, word))
    .map((word) => words[word]);
  return codes.find((code) => code !== "invalid_request") ?? codes[0];
}
