/** Finish reasons, in every word that has been seen for them. */
import type { EndReason } from "../../core/model.ts";

/** A finish reason that is really a failure, and what kind. */
export type FinishFailure = "overloaded" | "unknown";

/**
 * Words for why a model stopped. Chat Completions defines the first five; the others leak through from what
 * stands behind a compatible endpoint.
 */
const words: { readonly [word: string]: EndReason } = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "refusal",
  // Text Generation Inference, llama.cpp, Together, Fireworks.
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  // OpenAI Responses, Anthropic and Gemini words passed on by gateways.
  completed: "stop",
  end_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  max_output_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
  safety: "refusal",
  prohibited_content: "refusal",
  blocklist: "refusal",
  spii: "refusal",
  recitation: "refusal",
  // Mistral: the model's own window was full.
  model_length: "length",
  // Z.ai: the content review intervened.
  sensitive: "refusal",
  // DashScope and Baidu: cut off because the text went in circles.
  repetition: "length",
  repetition_truncation: "length",
};

/** Words that mean the server gave up. */
const failures: { readonly [word: string]: FinishFailure } = {
  // OpenRouter, Mistral: an error after the stream had begun.
  error: "unknown",
  // DeepSeek: "interrupted due to insufficient resource of the inference system".
  insufficient_system_resource: "overloaded",
  // Z.ai: the inference failed.
  network_error: "overloaded",
  // vLLM and SGLang: the request was dropped by the server.
  abort: "overloaded",
};

/** What the failure word means, or undefined when the word is not one. */
export function finishFailure(word: string): FinishFailure | undefined {
  return Object.hasOwn(failures, word) ? failures[word] : undefined;
}

function lookUp(word: string | undefined): EndReason | undefined {
  const key = word?.toLowerCase();
  return key !== undefined && Object.hasOwn(words, key) ? words[key] : undefined;
}

/** What is known when a stream ends. */
export type Ending = {
  /** The server's word; undefined when it sent none. */
  finish: string | undefined;
  /** OpenRouter's `native_finish_reason`: the word of the provider behind it. */
  native: string | undefined;
  calledTools: boolean;
  refused: boolean;
};

/**
 * The end reason. Tool calls decide over the server's word, because Ollama, Gemini's endpoint and others say `stop`
 * when tools were called, and some say `tool_calls` when none were. `length` beats both: the last call may be cut off.
 */
export function endReason(ending: Ending): { reason: EndReason; raw?: string } {
  const { finish, native, calledTools, refused } = ending;
  // OpenRouter says `tool_calls` for a call that its provider cut off at the token limit.
  if (native !== undefined && lookUp(native) === "length") return { reason: "length", raw: native };
  const raw = finish === undefined ? {} : { raw: finish };
  const said = lookUp(finish) ?? "stop";
  if (said === "length" || said === "refusal") return { reason: said, ...raw };
  if (calledTools) return { reason: "tool_calls", ...raw };
  return { reason: refused ? "refusal" : "stop", ...raw };
}

/** The dialect's word for an end reason. It has none for `paused`. */
export function finishWord(reason: EndReason): string {
  switch (reason) {
    case "tool_calls":
      return "tool_calls";
    case "length":
      return "length";
    case "refusal":
      return "content_filter";
    case "stop":
    case "paused":
      return "stop";
  }
}
