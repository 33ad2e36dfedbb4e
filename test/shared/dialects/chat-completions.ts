import type { Json } from "../../../src/core/message.ts";
import {
  type Aspect,
  type Body,
  bodiesIn,
  type Exception,
  type Expectations,
  isBody,
  type Rule,
} from "./expectations.ts";

const rename = (body: Body, from: string, to: string): void => {
  if (body[from] !== undefined && body[to] === undefined) body[to] = body[from];
  delete body[from];
};

/** All messages, and all parts of their content arrays. */
const messagesOf = (body: Body): Body[] => bodiesIn(body.messages);

const parsed = (text: Json | undefined): Json => {
  if (typeof text !== "string") return text ?? {};
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
};

/** Content as a list of items: a string is one text, and texts without marks of their own say the same joined. */
const itemsOf = (content: Json | undefined): Body[] => {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const items = bodiesIn(content);
  const plain = items.every((item) => item.type === "text" && Object.keys(item).length === 2);
  return plain && items.length > 1
    ? [{ type: "text", text: items.map((item) => item.text).join("\n\n") }]
    : items;
};

const isEmpty = (message: Body): boolean =>
  message.role === "assistant" &&
  bodiesIn(message.content).length === 0 &&
  message.tool_calls === undefined &&
  message.function_call === undefined;

const rules: Rule[] = [
  {
    reason: "`developer` is the newer name of `system`, and some models refuse it",
    apply(body) {
      for (const message of messagesOf(body)) if (message.role === "developer") message.role = "system";
    },
  },
  {
    reason: "null is absence",
    apply(body) {
      for (const object of [body, ...messagesOf(body)]) {
        for (const [key, value] of Object.entries(object)) if (value === null) delete object[key];
      }
    },
  },
  {
    reason: "the cap on output has two names; the compat table knows which one a server takes",
    apply: (body) => rename(body, "max_completion_tokens", "max_tokens"),
  },
  {
    reason: "not streaming is the default; usage is always asked for; nothing is stored unless asked for",
    apply(body) {
      if (body.stream === false) delete body.stream;
      if (isBody(body.stream_options)) {
        delete body.stream_options.include_usage;
        if (Object.keys(body.stream_options).length === 0) delete body.stream_options;
      }
      if (body.store === false) delete body.store;
    },
  },
  {
    reason: "functions are tools under their old name",
    apply(body) {
      if (body.functions !== undefined) {
        body.tools = bodiesIn(body.functions).map((fn) => ({ type: "function", function: fn }));
        delete body.functions;
      }
      rename(body, "function_call", "tool_choice");
    },
  },
  {
    reason: "a tool without a type is a function, and its `strict` goes only to servers that know it",
    apply(body) {
      for (const tool of bodiesIn(body.tools)) {
        tool.type ??= "function";
        if (isBody(tool.function)) delete tool.function.strict;
      }
      // A choice among no tools says nothing.
      if (bodiesIn(body.tools).length === 0) {
        delete body.tools;
        delete body.tool_choice;
      }
      if (body.tool_choice === "any") body.tool_choice = "required";
      if (isBody(body.tool_choice) && isBody(body.tool_choice.function)) delete body.tool_choice.type;
    },
  },
  {
    reason: "one stop sequence may stand without a list",
    apply(body) {
      if (typeof body.stop === "string") body.stop = [body.stop];
    },
  },
  {
    reason: "effort is said in each server's own fields, which the compat table names",
    apply(body) {
      if (isBody(body.reasoning) && body.reasoning.effort !== undefined) {
        body.reasoning_effort ??= body.reasoning.effort;
        delete body.reasoning.effort;
        if (Object.keys(body.reasoning).length === 0) delete body.reasoning;
      }
      if (isBody(body.thinking) && body.thinking.type === "enabled") delete body.thinking.type;
      if (isBody(body.thinking) && Object.keys(body.thinking).length === 0) delete body.thinking;
      delete body.chat_template_kwargs;
    },
  },
  {
    reason: "a description of the output schema has no place in Tau's vocabulary",
    apply(body) {
      if (isBody(body.response_format) && isBody(body.response_format.json_schema)) {
        delete body.response_format.json_schema.description;
        if (body.response_format.json_schema.strict === null) delete body.response_format.json_schema.strict;
      }
    },
  },
  {
    reason: "names of speakers, Mistral's `prefix: false` and the index of a call in history say nothing",
    apply(body) {
      for (const message of messagesOf(body)) {
        delete message.name;
        if (message.prefix === false) delete message.prefix;
        for (const call of bodiesIn(message.tool_calls)) delete call.index;
        if (bodiesIn(message.tool_calls).length === 0) delete message.tool_calls;
      }
    },
  },
  {
    reason: "arguments are JSON; their spaces say nothing",
    apply(body) {
      for (const message of messagesOf(body)) {
        const calls = bodiesIn(message.tool_calls).map((call) => call.function);
        for (const fn of [...calls, message.function_call].filter(isBody))
          fn.arguments = parsed(fn.arguments);
      }
    },
  },
  {
    reason: "whether and where thoughts go back is decided by the compat table",
    apply(body) {
      for (const message of messagesOf(body)) {
        delete message.reasoning;
        delete message.reasoning_content;
        delete message.reasoning_details;
        if (!Array.isArray(message.content)) continue;
        message.content = message.content.filter((item) => !isBody(item) || item.type !== "thinking");
      }
    },
  },
  {
    reason: "a breakpoint on a message is one on its last part; five minutes is the default lifetime",
    apply(body) {
      for (const message of messagesOf(body)) {
        const items = itemsOf(message.content);
        const last = items.at(-1);
        if (message.cache_control !== undefined && last !== undefined) {
          last.cache_control = message.cache_control;
          delete message.cache_control;
        }
        for (const item of items) {
          if (isBody(item.cache_control) && item.cache_control.ttl === "5m") delete item.cache_control.ttl;
        }
        message.content = items;
      }
    },
  },
  {
    reason:
      "an answer that says nothing is left out; Mistral wants one between a tool's result and a user's word",
    apply(body) {
      body.messages = messagesOf(body).filter(
        (message) =>
          !isEmpty(message) &&
          !(message.role === "assistant" && itemsOf(message.content)[0]?.text === "Tool results received."),
      );
    },
  },
];

const exceptions: Exception[] = [];
const except = (aspect: Aspect, reason: string, ids: string[]): void => {
  for (const fixture of ids) exceptions.push({ fixture, aspect, reason });
};

except("usage", "Azure reports more cached tokens than prompt tokens: they stand beside each other", [
  "azure/chat-completions/ruby-llm__chat_basic_chat_functionality_azure_grok-4-1-fast-non-reasoning_successfully_uses_the_system_prompt",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_parallel_tool_calls__01",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_parallel_tool_calls__02",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_tools_without_parameters__01",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_tools_without_parameters__02",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_tools_without_parameters_in_multi-tu_c46e953a__02",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_tools_without_parameters_in_multi-tu_c46e953a__03",
  "azure/chat-completions/ruby-llm__chat_function_calling_azure_grok-4-1-fast-non-reasoning_can_use_tools_without_parameters_in_multi-tu_c46e953a__04",
  "azure/chat-completions/ruby-llm__chat_with_params_azure_grok-4-1-fast-non-reasoning_supports_response_format_param",
]);
except("calls", "two responses in one file: two calls, which the index joins into one", [
  "cerebras/chat-completions/vercel-ai__cererebras-structured-output-tools.1",
]);
except("calls", "cut off before the arguments began: kept as malformed, so that it is not run without them", [
  "deepseek/chat-completions/rig__truncation_matrix__streaming_budget_16_empty_arguments_are_dropped_on_length",
  "mistral/chat-completions/rig__tool_truncation_matrix__streaming_ministral_3b_low_agent",
  "mistral/chat-completions/rig__tool_truncation_matrix__streaming_mistral_small_low_agent",
]);
except("usage", "usage stands in x_groq only, where the second reading does not look", [
  "groq/chat-completions/pydantic-ai__test_groq__test_groq_model_web_search_tool_stream",
]);
except("echo", "the client sends the thoughts back as text", [
  "groq/chat-completions/pydantic-ai__test_groq__test_tool_use_failed_error__02",
  "groq/chat-completions/pydantic-ai__test_groq__test_tool_use_failed_error_streaming__02",
]);
except("echo", "the client makes a call of the error's failed_generation", [
  "groq/chat-completions/pydantic-ai__test_groq__test_tool_use_failed_error_streaming__01",
]);
except("file", "the client makes a call of the error's failed_generation", [
  "groq/chat-completions/pydantic-ai__test_groq__test_tool_use_failed_error_streaming__01",
]);
except("file", "the client takes `<think>` out of the text; this provider has no compat entry that says so", [
  "huggingface/chat-completions/pydantic-ai__test_huggingface__test_hf_model_instructions",
]);
except(
  "text",
  "the index joins the texts of all alternative answers; one answer is told, the others are kept as unknown",
  [
    "llamacpp/chat-completions/rig__response_shape_matrix__two_candidates_streaming",
    "mistral/chat-completions/rig__terminal_metadata_matrix__blocking_ministral_3b_roomy_plain_two",
    "mistral/chat-completions/rig__terminal_metadata_matrix__blocking_mistral_small_tiny_plain_two",
    "mistral/chat-completions/rig__terminal_metadata_matrix__streaming_ministral_3b_roomy_plain_two",
    "mistral/chat-completions/rig__terminal_metadata_matrix__streaming_ministral_3b_tiny_plain_two",
    "mistral/chat-completions/rig__terminal_metadata_matrix__streaming_mistral_small_roomy_plain_two",
    "openai/chat-completions/openai-py__a491adda08c3d4fde95f5b2ee3f60f7f745f1a56d82e62f58031cc2add502380",
    "openai/chat-completions/rig__chat_terminal_metadata_matrix__blocking_gpt_4o_mini_roomy_plain_two",
    "openai/chat-completions/rig__chat_terminal_metadata_matrix__blocking_gpt_4o_mini_tiny_plain_two",
    "openai/chat-completions/rig__chat_terminal_metadata_matrix__streaming_gpt_4_1_mini_roomy_plain_two",
    "openai/chat-completions/rig__chat_terminal_metadata_matrix__streaming_gpt_4_1_mini_tiny_plain_two",
  ],
);
except("usage", "voxtral leaves audio out of prompt_tokens; total_tokens counts it", [
  "mistral/chat-completions/rig__multimodal_content__blocking_agent_sends_audio",
]);
except("calls", "the index does not read function_call", [
  "openai/chat-completions/openllmetry__test_lcel__test_simple_lcel__01",
  "openai/chat-completions/openllmetry__test_lcel__test_simple_lcel__02",
  "openai/chat-completions/openllmetry__test_llms__test_openai_functions",
]);
except("usage", "Vercel leaves reasoning out of completion_tokens; its cost counts it", [
  "vercel-ai-gateway/chat-completions/fantasy__TestVercelCommon__gemini-2.5-flash__tool_streaming__01",
  "vercel-ai-gateway/chat-completions/fantasy__TestVercelCommon__gpt-5__multi_tool_streaming__01",
  "vercel-ai-gateway/chat-completions/fantasy__TestVercelCommon__gpt-5__simple",
  "vercel-ai-gateway/chat-completions/fantasy__TestVercelCommon__gpt-5__simple_streaming",
  "vercel-ai-gateway/chat-completions/fantasy__TestVercelThinking__gemini-3-pro-preview__thinking__01",
]);
except("usage", "xAI leaves reasoning out of completion_tokens; total_tokens counts it", [
  "xai/chat-completions/fantasy__TestOpenAICompatObjectGeneration__xai-grok-4-fast__simple_object",
  "xai/chat-completions/fantasy__TestOpenAICompatObjectGeneration__xai-grok-4-fast__simple_object_streaming",
  "xai/chat-completions/fantasy__TestOpenAICompatObjectGeneration__xai-grok-code-fast__complex_object_streaming",
  "xai/chat-completions/fantasy__TestOpenAICompatObjectGeneration__xai-grok-code-fast__simple_object_streaming",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-4-fast__multi_tool_streaming__01",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-4-fast__multi_tool_streaming__02",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-code-fast__multi_tool__01",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-code-fast__multi_tool__02",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-code-fast__tool__01",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-code-fast__tool__02",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-code-fast__tool_streaming__01",
  "xai/chat-completions/fantasy__TestOpenAICompatibleCommon__xai-grok-code-fast__tool_streaming__02",
  "xai/chat-completions/vercel-ai__xai-text",
  "xai/chat-completions/vercel-ai__xai-text~2",
]);

/** The written list of this dialect. */
export const expectations: Expectations = { rules, exceptions };
