/**
 * The event streams of the four dialects, written out by hand. Each yields the bytes of one frame at a time. Like the
 * vendors, they give thoughts, ciphertext and counts only to requests that ask for them.
 */
import { deltasOf, type FakeAnswer, usageOf } from "./script.ts";

type Frames = Generator<string>;
type Body = Record<string, unknown>;

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Body)[name] : undefined;

const event = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

/** Whether the stream ends here, without its terminal event. */
const failed = ({ fault }: FakeAnswer, here: "text" | "calls"): boolean =>
  fault !== undefined && (("after" in fault ? fault.after : undefined) ?? "text") === here;

/** The error object the stream ends in here, if it does. */
function* failure(answer: FakeAnswer, here: "text" | "calls", frame: () => string): Frames {
  if (answer.fault?.type === "error-in-stream" && failed(answer, here)) yield frame();
}

/** Anthropic Messages. Source: platform.claude.com/docs/en/build-with-claude/streaming. */
export function* messagesFrames(answer: FakeAnswer, model: string, id: string, body: Body): Frames {
  const usage = usageOf(answer);
  yield event("message_start", {
    message: {
      id: `msg_${id}`,
      type: "message",
      role: "assistant",
      model: answer.model ?? model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: usage.input,
        cache_creation_input_tokens: usage.written + usage.written1h,
        cache_read_input_tokens: usage.cached,
        cache_creation: {
          ephemeral_5m_input_tokens: usage.written,
          ephemeral_1h_input_tokens: usage.written1h,
        },
        output_tokens: 1,
      },
    },
  });
  let index = 0;
  const block = (start: object, deltas: Iterable<object>): Iterable<string> =>
    (function* () {
      yield event("content_block_start", { index, content_block: start });
      for (const delta of deltas) yield event("content_block_delta", { index, delta });
      yield event("content_block_stop", { index });
      index += 1;
    })();
  const thinks = field(body.thinking, "type");
  if (answer.thinking && (thinks === "enabled" || thinks === "adaptive")) {
    yield* block({ type: "thinking", thinking: "", signature: "" }, [
      { type: "thinking_delta", thinking: answer.thinking },
      { type: "signature_delta", signature: `sig-${id}` },
    ]);
  }
  yield 'event: ping\ndata: {"type": "ping"}\n\n';
  if (answer.text) {
    yield* block(
      { type: "text", text: "" },
      (function* () {
        for (const text of deltasOf(answer)) yield { type: "text_delta", text };
      })(),
    );
  }
  const broken = (): string =>
    event("error", { error: { type: "api_error", message: "Internal server error" } });
  yield* failure(answer, "text", broken);
  if (failed(answer, "text")) return;
  for (const call of answer.calls ?? []) {
    const json = JSON.stringify(call.input);
    const half = Math.ceil(json.length / 2);
    yield* block({ type: "tool_use", id: call.id, name: call.name, input: {} }, [
      { type: "input_json_delta", partial_json: "" },
      { type: "input_json_delta", partial_json: json.slice(0, half) },
      { type: "input_json_delta", partial_json: json.slice(half) },
    ]);
  }
  yield* failure(answer, "calls", broken);
  if (failed(answer, "calls")) return;
  const reason = answer.stop ?? (answer.calls?.length ? "calls" : "stop");
  yield event("message_delta", {
    delta: {
      stop_reason: { stop: "end_turn", calls: "tool_use", length: "max_tokens" }[reason],
      stop_sequence: null,
    },
    usage: {
      output_tokens: usage.output,
      output_tokens_details: { thinking_tokens: usage.reasoning },
    },
  });
  yield event("message_stop", {});
}

/**
 * OpenAI Chat Completions as OpenRouter serves it. Sources: platform.openai.com/docs/api-reference/chat-streaming,
 * openrouter.ai/docs/use-cases/reasoning-tokens and openrouter.ai/docs/use-cases/usage-accounting.
 */
export function* chatFrames(answer: FakeAnswer, model: string, id: string, body: Body): Frames {
  const usage = usageOf(answer);
  const chunk = (delta: object, finish: string | null = null): string =>
    data({
      id: `chatcmpl-${id}`,
      object: "chat.completion.chunk",
      created: 1_790_000_000,
      model: answer.model ?? model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  yield chunk({ role: "assistant", content: "" });
  if (answer.thinking && body.reasoning !== undefined) {
    const detail = { type: "reasoning.text", format: "anthropic-claude-v1", index: 0 };
    yield chunk({ reasoning: answer.thinking, reasoning_details: [{ ...detail, text: answer.thinking }] });
    yield chunk({ reasoning_details: [{ ...detail, signature: `sig-${id}` }] });
  }
  for (const text of deltasOf(answer)) yield chunk({ content: text });
  const broken = (): string =>
    data({ error: { message: "Internal server error", type: "server_error", code: 500 } });
  yield* failure(answer, "text", broken);
  if (failed(answer, "text")) return;
  for (const [index, call] of (answer.calls ?? []).entries()) {
    const json = JSON.stringify(call.input);
    const half = Math.ceil(json.length / 2);
    yield chunk({
      tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: "" } }],
    });
    yield chunk({ tool_calls: [{ index, function: { arguments: json.slice(0, half) } }] });
    yield chunk({ tool_calls: [{ index, function: { arguments: json.slice(half) } }] });
  }
  yield* failure(answer, "calls", broken);
  if (failed(answer, "calls")) return;
  const reason = answer.stop ?? (answer.calls?.length ? "calls" : "stop");
  yield chunk({}, { stop: "stop", calls: "tool_calls", length: "length" }[reason]);
  const accounting = field(body.usage, "include") === true;
  if (!accounting && field(body.stream_options, "include_usage") !== true) {
    yield "data: [DONE]\n\n";
    return;
  }
  yield data({
    id: `chatcmpl-${id}`,
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: answer.model ?? model,
    choices: [],
    usage: {
      prompt_tokens: usage.input + usage.cached + usage.written,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.cached + usage.written + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: usage.written },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
      ...(accounting && usage.charged !== null && { cost: usage.charged }),
    },
  });
  yield "data: [DONE]\n\n";
}

/** OpenAI Responses. Source: platform.openai.com/docs/api-reference/responses-streaming. */
export function* responsesFrames(answer: FakeAnswer, model: string, id: string, body: Body): Frames {
  const usage = usageOf(answer);
  let sequence = 0;
  let outputIndex = 0;
  const output: object[] = [];
  const send = (type: string, fields: object): string =>
    event(type, { sequence_number: sequence++, ...fields });
  const response = (status: string, extra: object = {}): object => ({
    id: `resp_${id}`,
    object: "response",
    created_at: 1_790_000_000,
    status,
    model: answer.model ?? model,
    output: [...output],
    error: null,
    incomplete_details: null,
    ...extra,
  });
  const broken = (): string =>
    send("response.failed", {
      response: response("failed", { error: { code: "server_error", message: "Internal server error" } }),
    });
  yield send("response.created", { response: response("in_progress") });
  yield send("response.in_progress", { response: response("in_progress") });
  if (answer.thinking) {
    const item = {
      id: `rs_${id}`,
      type: "reasoning",
      summary: [] as object[],
      ...(Array.isArray(body.include) &&
        body.include.includes("reasoning.encrypted_content") && { encrypted_content: `enc-${id}` }),
    };
    yield send("response.output_item.added", { output_index: outputIndex, item });
    const at = { item_id: item.id, output_index: outputIndex, summary_index: 0 };
    yield send("response.reasoning_summary_part.added", { ...at, part: { type: "summary_text", text: "" } });
    yield send("response.reasoning_summary_text.delta", { ...at, delta: answer.thinking });
    yield send("response.reasoning_summary_text.done", { ...at, text: answer.thinking });
    yield send("response.reasoning_summary_part.done", {
      ...at,
      part: { type: "summary_text", text: answer.thinking },
    });
    const done = { ...item, summary: [{ type: "summary_text", text: answer.thinking }] };
    yield send("response.output_item.done", { output_index: outputIndex++, item: done });
    output.push(done);
  }
  if (answer.text) {
    const item = {
      id: `msg_${id}`,
      type: "message",
      status: "in_progress",
      role: "assistant",
      content: [] as object[],
    };
    yield send("response.output_item.added", { output_index: outputIndex, item });
    const at = { item_id: item.id, output_index: outputIndex, content_index: 0 };
    yield send("response.content_part.added", {
      ...at,
      part: { type: "output_text", text: "", annotations: [] },
    });
    for (const delta of deltasOf(answer))
      yield send("response.output_text.delta", { ...at, delta, logprobs: [] });
    yield* failure(answer, "text", broken);
    if (failed(answer, "text")) return;
    const part = { type: "output_text", text: answer.text, annotations: [] };
    yield send("response.output_text.done", { ...at, text: answer.text, logprobs: [] });
    yield send("response.content_part.done", { ...at, part });
    const done = { ...item, status: "completed", content: [part] };
    yield send("response.output_item.done", { output_index: outputIndex++, item: done });
    output.push(done);
  }
  if (failed(answer, "text")) return;
  for (const call of answer.calls ?? []) {
    const json = JSON.stringify(call.input);
    const item = {
      id: `fc_${call.id}`,
      type: "function_call",
      status: "in_progress",
      call_id: call.id,
      name: call.name,
      arguments: "",
    };
    yield send("response.output_item.added", { output_index: outputIndex, item });
    const half = Math.ceil(json.length / 2);
    for (const delta of [json.slice(0, half), json.slice(half)]) {
      yield send("response.function_call_arguments.delta", {
        item_id: item.id,
        output_index: outputIndex,
        delta,
      });
    }
    yield send("response.function_call_arguments.done", {
      item_id: item.id,
      output_index: outputIndex,
      arguments: json,
    });
    const done = { ...item, status: "completed", arguments: json };
    yield send("response.output_item.done", { output_index: outputIndex++, item: done });
    output.push(done);
  }
  yield* failure(answer, "calls", broken);
  if (failed(answer, "calls")) return;
  const counts = {
    usage: {
      input_tokens: usage.input + usage.cached,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: usage.input + usage.cached + usage.output,
    },
  };
  if (answer.stop === "length") {
    yield send("response.incomplete", {
      response: response("incomplete", { ...counts, incomplete_details: { reason: "max_output_tokens" } }),
    });
  } else {
    yield send("response.completed", { response: response("completed", counts) });
  }
}

/** Gemini streamGenerateContent with alt=sse. Source: ai.google.dev/api/generate-content. */
export function* generateContentFrames(answer: FakeAnswer, model: string, id: string, body: Body): Frames {
  const usage = usageOf(answer);
  const chunk = (parts: object[], finish?: string): string =>
    `data: ${JSON.stringify({
      candidates: [{ content: { parts, role: "model" }, ...(finish && { finishReason: finish }), index: 0 }],
      usageMetadata: {
        promptTokenCount: usage.input + usage.cached,
        cachedContentTokenCount: usage.cached,
        candidatesTokenCount: usage.output - usage.reasoning,
        thoughtsTokenCount: usage.reasoning,
        totalTokenCount: usage.input + usage.cached + usage.output,
      },
      modelVersion: answer.model ?? model,
      responseId: id,
    })}\r\n\r\n`;
  const shown = field(field(body.generationConfig, "thinkingConfig"), "includeThoughts") === true;
  if (answer.thinking && shown) yield chunk([{ text: answer.thinking, thought: true }]);
  for (const text of deltasOf(answer)) yield chunk([{ text }]);
  const broken = (): string =>
    `data: ${JSON.stringify({ error: { code: 500, message: "Internal error", status: "INTERNAL" } })}\r\n\r\n`;
  yield* failure(answer, "text", broken);
  if (failed(answer, "text")) return;
  for (const [index, call] of (answer.calls ?? []).entries()) {
    yield chunk([
      {
        functionCall: { name: call.name, args: call.input },
        ...(index === 0 &&
          answer.thinking && { thoughtSignature: Buffer.from(`sig-${id}`).toString("base64") }),
      },
    ]);
  }
  yield* failure(answer, "calls", broken);
  if (failed(answer, "calls")) return;
  yield chunk([{ text: "" }], answer.stop === "length" ? "MAX_TOKENS" : "STOP");
}
