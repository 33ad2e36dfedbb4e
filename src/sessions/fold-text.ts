/** The words the fold puts into the conversation itself. Fixed, because they are part of cached prefixes. */
import type { Part, ToolCallPart, ToolResultPart } from "../core/message.ts";
import { headOf } from "../core/text.ts";
import type { Access } from "../core/tool.ts";

/** Characters a pruned tool result keeps of its head. */
export const prunedHead = 200;

/** What the model is told of a call that was running when the process died. */
export function interruptedText(call: { summary: string; access: Access }): string {
  if (call.access === "read")
    return `Interrupted: "${call.summary}" was cut off before it answered. It changes nothing; call it again if you still need it.`;
  return (
    `Interrupted: "${call.summary}" had started when the session was cut off, and how far it came is not known. ` +
    "It may have had effects. It was not run again; look at the state it leaves before you repeat it."
  );
}

/** What the model is told of a call that never started. */
export function notRunText(call: ToolCallPart): string {
  if (call.malformed !== undefined)
    return "Not run: the arguments of this call were cut off. Nothing was done; call it again with complete arguments.";
  return "Not run: the turn was interrupted before this call started. Nothing was done; call it again if it is still needed.";
}

/** How a compaction's summary opens the conversation. */
export function summaryText(summary: string): string {
  return `The earlier part of this conversation was replaced by this summary of it:\n\n${summary}`;
}

/** What opens the conversation when a compaction dropped its beginning without a summary. */
export const droppedText = "The earlier part of this conversation was dropped to fit the context window.";

/** What stands in place of a piece that a person took out of the window. */
export function evictedText(
  content: readonly Part[],
  seq: number,
  { isResult, recallable }: { isResult: boolean; recallable: boolean },
): string {
  const characters = content.reduce((sum, part) => sum + (part.type === "text" ? part.text.length : 0), 0);
  const others = content.filter((part) => part.type !== "text").length;
  const what = [
    characters > 0 ? `${characters} characters` : "",
    others > 0 ? `${others} ${others === 1 ? "image or file" : "images or files"}` : "",
  ].filter((words) => words !== "");
  const back = recallable
    ? `recall with from ${seq} and to ${seq} reads it again`
    : isResult
      ? "run the call again if you need it"
      : "ask for it if you need it";
  return `[The user took this out of the conversation to free context: ${what.join(" and ") || "nothing"}. ${back[0]?.toUpperCase()}${back.slice(1)}.]`;
}

/** A pruned result: its head, and how much is gone. A result no longer than the head is left as it is. */
export function shortenResult(result: ToolResultPart): ToolResultPart {
  const text = result.content.map((part) => (part.type === "text" ? part.text : "")).join("");
  const images = result.content.filter((part) => part.type === "image").length;
  if (images === 0 && text.length <= prunedHead) return result;
  const head = headOf(text, prunedHead);
  const gone = [
    text.length > head.length ? `${text.length - head.length} characters` : "",
    images > 0 ? `${images} ${images === 1 ? "image" : "images"}` : "",
  ].filter((words) => words !== "");
  const note = `[${gone.join(" and ")} removed to free context; run the call again if you need them]`;
  const shortened: ToolResultPart = {
    type: "tool_result",
    callId: result.callId,
    content: [{ type: "text", text: head === "" ? note : `${head}\n${note}` }],
  };
  return result.isError === true ? { ...shortened, isError: true } : shortened;
}
