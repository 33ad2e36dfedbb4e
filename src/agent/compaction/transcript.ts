/** A conversation told as one text with long pieces cut: what a summary is made from when the conversation itself does not fit. */
import type { Message, Part } from "../../core/message.ts";
import { headOf, tailOf } from "../../core/text.ts";

/** Characters of one piece, from generous to what still tells that something was said. */
const pieceCharacters = [4_000, 2_000, 1_000, 500, 250, 120] as const;

/** The longest transcript of at most `characters`; of a conversation too long even so, its end. */
export function transcript(messages: readonly Message[], characters: number): string {
  for (const limit of pieceCharacters) {
    const text = render(messages, limit);
    if (text.length <= characters) return text;
  }
  return `[the beginning is left out]\n${tailOf(render(messages, 120), characters)}`;
}

function render(messages: readonly Message[], limit: number): string {
  return messages
    .map(({ role, parts }) =>
      parts.flatMap((part) => line(role === "assistant" ? "agent" : role, part, limit)).join("\n"),
    )
    .filter((text) => text !== "")
    .join("\n\n");
}

function line(who: string, part: Part, limit: number): string[] {
  switch (part.type) {
    case "text":
      return part.text.trim() === "" ? [] : [`${who}: ${cut(part.text, limit)}`];
    case "tool_call":
      return [`agent calls ${part.name} ${cut(part.malformed ?? JSON.stringify(part.input), limit)}`];
    case "tool_result": {
      const text = part.content
        .map((piece) => (piece.type === "text" ? piece.text : `[${piece.type}]`))
        .join("");
      return [`${part.isError ? "it failed" : "it gave"}: ${cut(text, limit)}`];
    }
    case "image":
    case "file":
      return [`${who}: [${part.type}]`];
    case "reasoning":
    case "opaque":
      return [];
  }
}

/** Head and tail: errors stand at the end of an output. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${headOf(text, half)} [...] ${tailOf(text, half)}`;
}
