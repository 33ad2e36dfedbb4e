/**
 * What differs between servers that speak Chat Completions, as data. One entry a provider; whatever is not in the
 * table gets `defaultCompat`, which sends nothing beyond the oldest common part of the API.
 * Sources: the vendor page named at each entry, and recorded traffic of that vendor.
 */
import type { Effort } from "../../core/model.ts";

/** How a server wants to be told how hard to think. */
export type EffortStyle =
  /** `reasoning_effort: "<level>"` (OpenAI and most others). */
  | "reasoning_effort"
  /** `reasoning: { effort | max_tokens, exclude }` (OpenRouter). */
  | "reasoning_object"
  /** `thinking: { type: "enabled" | "disabled" }`, with `reasoning_effort` beside it (DeepSeek). */
  | "thinking_type"
  /** `chat_template_kwargs: { enable_thinking }`, with `reasoning_effort` beside it (llama.cpp, vLLM). */
  | "template_kwargs"
  /** The server has no such field. */
  | "none";

/** Where a server wants the thoughts of earlier answers, or `none` when it must not be sent them. */
export type ReasoningReplay =
  /** Not sent: unknown message fields are refused, or thoughts would be paid for and ignored. */
  | "none"
  /** `reasoning_content` on assistant messages where there are thoughts. */
  | "reasoning_content"
  /** As above, and an empty one on every tool-calling message that has none: without it the request is refused. */
  | "reasoning_content_required"
  /** `reasoning` on assistant messages. */
  | "reasoning"
  /** The `reasoning_details` the server itself sent, unchanged (they carry signatures and ciphertext). */
  | "reasoning_details"
  /** `{ type: "thinking" }` chunks at the head of a content array (Mistral). */
  | "thinking_chunks";

/** The quirks of one server. Every field is read by the codec or, for ids, by the hand-over. */
export type ChatCompat = {
  /** The name of the output cap. */
  maxTokensField: "max_tokens" | "max_completion_tokens";
  /** `stream_options: { include_usage: true }` is understood; otherwise usage comes unasked or not at all. */
  streamUsage: boolean;
  /** Role of the system prompt. */
  systemRole: "system" | "developer";
  /** Text-only content may be an array of parts; otherwise parts are joined into one string. */
  contentArrays: boolean;
  /** Tool messages carry the tool's `name`. */
  toolResultName: boolean;
  /** A user message may not follow a tool message directly; an assistant message is put between. */
  assistantAfterToolResult: boolean;
  /** `function.strict` is understood. */
  strictTools: boolean;
  /** How `reasoning.effort` is said. */
  effortStyle: EffortStyle;
  /** The server's word for each level; null: say nothing and leave the server its default. */
  efforts: { readonly [level in Effort]: string | null };
  /** How earlier thoughts go back. */
  reasoningReplay: ReasoningReplay;
  /** Text may begin with `<think>...</think>`, which is then reasoning. */
  thinkTags: boolean;
  /**
   * `included`: `completion_tokens` counts thinking. `beside`: it does not. `by_total`: it does not exactly when
   * `total_tokens` says so.
   */
  reasoningTokens: "included" | "beside" | "by_total";
  /** What tool-call ids must match; the hand-over renames those that do not. */
  toolCallIdPattern: RegExp;
  /** `tools` must be present, if empty, when the history holds tool calls. */
  toolsArrayWithHistory: boolean;
  /** Content of an assistant message that only calls tools. */
  emptyContent: "null" | "empty_string";
  /** `refusal` is a field of assistant messages; otherwise a refusal is sent as content. */
  refusalField: boolean;
  /** `store: false` is sent, so that the vendor keeps no copy for its dashboard. */
  storeField: boolean;
  /** `prompt_cache_key` is understood. */
  promptCacheKey: boolean;
  /** Model-name prefixes for which parts carry `cache_control`. */
  cacheControlModels: readonly string[];
  /** `annotations` may be sent back on assistant messages (parsed files need not be parsed again). */
  annotationsReplay: boolean;
  /** How a document goes into user content. */
  documents: "file" | "document_url";
};

const openAiEfforts = {
  none: "none",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "xhigh",
} as const;

/** Servers that know the three classic levels, and `none` to switch thinking off. */
const threeEfforts = { ...openAiEfforts, minimal: "low", xhigh: "high", max: "high" } as const;

/** OpenAI refuses ids above 40 characters ("string too long. Expected a string with maximum length 40"). */
const openAiIds = /^[\x21-\x7e]{1,40}$/;

/**
 * For hosts nobody has described: the fields every server has taken since 2023, `stream_options` (ignored where
 * unknown, and without it usage is lost), and no thoughts sent back.
 */
export const defaultCompat: ChatCompat = {
  maxTokensField: "max_tokens",
  streamUsage: true,
  systemRole: "system",
  contentArrays: false,
  toolResultName: false,
  assistantAfterToolResult: false,
  strictTools: false,
  effortStyle: "reasoning_effort",
  efforts: threeEfforts,
  reasoningReplay: "none",
  thinkTags: false,
  reasoningTokens: "by_total",
  toolCallIdPattern: openAiIds,
  toolsArrayWithHistory: false,
  emptyContent: "null",
  refusalField: false,
  storeField: false,
  promptCacheKey: false,
  cacheControlModels: [],
  annotationsReplay: false,
  documents: "file",
};

/** https://platform.openai.com/docs/api-reference/chat/create */
const openai: ChatCompat = {
  ...defaultCompat,
  // Reasoning models refuse max_tokens; max_completion_tokens is taken by all.
  maxTokensField: "max_completion_tokens",
  // `system` is turned into `developer` by the server for reasoning models, but o1-mini refuses `developer`.
  systemRole: "system",
  contentArrays: true,
  strictTools: true,
  efforts: openAiEfforts,
  refusalField: true,
  storeField: true,
  promptCacheKey: true,
};

/** The table. Keys are provider ids. */
export const chatCompat: { readonly [provider: string]: ChatCompat } = {
  openai,
  /**
   * https://learn.microsoft.com/azure/ai-foundry/openai/latest: the same API, but `store` belongs to stored
   * completions, which a resource may have switched off.
   */
  azure: { ...openai, storeField: false },
  /**
   * https://api-docs.deepseek.com/guides/thinking_mode: thinking is on unless `thinking.type` says `disabled`;
   * levels are low, high and max; once tools are in play every earlier `reasoning_content` must be sent back.
   * Images and files are refused ("unknown variant `image_url`, expected `text`").
   */
  deepseek: {
    ...defaultCompat,
    contentArrays: true,
    effortStyle: "thinking_type",
    efforts: {
      none: null,
      minimal: "low",
      low: "low",
      medium: "high",
      high: "high",
      xhigh: "high",
      max: "max",
    },
    reasoningReplay: "reasoning_content_required",
    emptyContent: "empty_string",
  },
  /**
   * https://console.groq.com/docs/reasoning: qwen models leave `<think>` in the text unless told otherwise; usage
   * comes in `x_groq` as well. Thoughts sent back as `reasoning` are taken for gpt-oss only, so they are not sent.
   */
  groq: {
    ...defaultCompat,
    maxTokensField: "max_completion_tokens",
    contentArrays: true,
    thinkTags: true,
  },
  /**
   * https://docs.x.ai/docs/api-reference: `completion_tokens` leaves reasoning out and `total_tokens` counts it;
   * most models think unasked and refuse `reasoning_effort`, which the catalogue must know.
   */
  xai: {
    ...defaultCompat,
    maxTokensField: "max_completion_tokens",
    contentArrays: true,
    strictTools: true,
    // The models that take it know low and high only.
    efforts: { ...threeEfforts, none: null, medium: "high" },
    emptyContent: "empty_string",
  },
  /**
   * https://docs.mistral.ai/api: ids are exactly nine letters or digits ("must be a-z, A-Z, 0-9, with a length of
   * 9"); "Unexpected role 'user' after role 'tool'" (code 3230); unknown fields are refused (422), so no
   * stream_options (usage is in the last chunk unasked); thoughts are chunks of the content array.
   */
  mistral: {
    ...defaultCompat,
    streamUsage: false,
    contentArrays: true,
    toolResultName: true,
    assistantAfterToolResult: true,
    strictTools: true,
    efforts: {
      none: "none",
      minimal: "high",
      low: "high",
      medium: "high",
      high: "high",
      xhigh: "high",
      max: "high",
    },
    reasoningReplay: "thinking_chunks",
    toolCallIdPattern: /^[A-Za-z0-9]{9}$/,
    emptyContent: "empty_string",
    promptCacheKey: true,
    documents: "document_url",
  },
  /**
   * https://openrouter.ai/docs/use-cases/reasoning-tokens (effort or max_tokens, `exclude`, `reasoning_details` to
   * be sent back unchanged) and /features/prompt-caching (`cache_control` for Anthropic models). Reasoning is
   * counted in `completion_tokens` with the model's own tokenizer.
   */
  openrouter: {
    ...defaultCompat,
    contentArrays: true,
    strictTools: true,
    effortStyle: "reasoning_object",
    efforts: openAiEfforts,
    reasoningReplay: "reasoning_details",
    reasoningTokens: "included",
    toolCallIdPattern: /^[A-Za-z0-9_.:-]{1,40}$/,
    promptCacheKey: true,
    cacheControlModels: ["anthropic/", "~anthropic/"],
    annotationsReplay: true,
  },
  /**
   * https://vercel.com/docs/ai-gateway/openai-compat: OpenRouter's shapes, but the bill shows that reasoning is not
   * in `completion_tokens` (gpt-5: 93 + 64 reasoning tokens priced as 157).
   */
  "vercel-ai-gateway": {
    ...defaultCompat,
    contentArrays: true,
    strictTools: true,
    effortStyle: "reasoning_object",
    efforts: openAiEfforts,
    reasoningReplay: "reasoning_details",
    reasoningTokens: "beside",
    cacheControlModels: ["anthropic/"],
  },
  /**
   * https://docs.litellm.ai: for Anthropic models the proxy refuses tool history without a tool list
   * ("Anthropic expects the `tools=` param to be passed in").
   */
  litellm: { ...defaultCompat, contentArrays: true, strictTools: true, toolsArrayWithHistory: true },
  /** https://docs.ollama.com/api/openai-compatibility: `reasoning_effort` with high, medium, low, none. */
  ollama: { ...defaultCompat, reasoningReplay: "reasoning", emptyContent: "empty_string" },
  /**
   * https://github.com/ggml-org/llama.cpp/tree/master/tools/server: thoughts come and go as `reasoning_content`;
   * the template decides about thinking.
   */
  llamacpp: {
    ...defaultCompat,
    effortStyle: "template_kwargs",
    reasoningReplay: "reasoning_content",
  },
  /** https://docs.vllm.ai/en/latest/features/reasoning_outputs.html: without a reasoning parser, tags stay in the text. */
  vllm: {
    ...defaultCompat,
    effortStyle: "template_kwargs",
    reasoningReplay: "reasoning",
    thinkTags: true,
  },
  /** https://lmstudio.ai/docs/app/api/endpoints/openai: separating thoughts from text is a setting of the user's. */
  lmstudio: { ...defaultCompat, thinkTags: true },
};

/** The entry of a provider, or the default one. */
export function compatFor(provider: string): ChatCompat {
  return Object.hasOwn(chatCompat, provider) ? (chatCompat[provider] ?? defaultCompat) : defaultCompat;
}
