/** The framing of OpenAI's chat requests around what `renderFunctions` writes: with it, counts must be exact. */
import { type FunctionSpec, renderFunctions } from "../../src/models/chat-format.ts";
import type { CountText } from "../../src/models/tokenizer.ts";

/** The part of a Chat Completions body that becomes prompt tokens, in its `functions` form. */
export type ChatPrompt = {
  messages: {
    role: string;
    content: string | null;
    name?: string | undefined;
    function_call?: { name: string; arguments: string } | undefined;
  }[];
  functions?: FunctionSpec[] | undefined;
  function_call?: "none" | "auto" | { name: string } | undefined;
};

/** Prompt tokens of a Chat Completions request, exact with an exact `count` of the model's encoding. */
export function countChatPrompt(prompt: ChatPrompt, count: CountText): number {
  const { messages, functions, function_call: choice } = prompt;
  const firstSystem = messages.findIndex((message) => message.role === "system");
  // The function list is appended to the first system message, or makes one of its own.
  const texts = messages.map(({ content }, index) =>
    functions !== undefined && index === firstSystem ? `${content ?? ""}\n` : (content ?? ""),
  );
  let tokens = 3;
  messages.forEach((message, index) => {
    tokens += 3 + count(message.role) + count(texts[index] ?? "");
    if (message.name !== undefined) tokens += count(message.name) + 1;
    if (message.role === "function") tokens -= 2;
    const call = message.function_call;
    if (call !== undefined) tokens += count(call.name) + count(call.arguments) + 3;
  });
  if (functions !== undefined) tokens += count(renderFunctions(functions)) + (firstSystem < 0 ? 9 : 5);
  if (choice === "none") tokens += 1;
  else if (typeof choice === "object") tokens += count(choice.name) + 4;
  return tokens;
}
