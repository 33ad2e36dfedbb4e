/** Tool results of one answer, for dialects that want them in one message. */
import type { Message } from "../core/message.ts";

/**
 * The messages with tool messages that follow one another joined. Anthropic advises it (results spread over messages
 * teach the model not to call in parallel), Gemini demands it (as many responses as there were calls).
 */
export function joinToolMessages(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === "tool" && last?.role === "tool") {
      joined[joined.length - 1] = { role: "tool", parts: [...last.parts, ...message.parts] };
    } else {
      joined.push(message);
    }
  }
  return joined;
}
