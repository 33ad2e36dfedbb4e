/** Parts of a stream that have begun and not ended: what events name them by, and what is known of them. */
import type { Json, Part } from "../../core/message.ts";
import type { PartHeader } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { type JsonObject, objectOf, stringOf } from "../json.ts";
import { partsOfItem } from "./parts.ts";

/** A part whose end has not come. `text` is what its deltas say so far. */
export type OpenPart = { index: number; header: PartHeader; text: string };

/**
 * The open part that a finished one goes on from: the one in its slot, else one that said the beginning of the same.
 * (Bedrock's gpt-oss counts `content_index` from 1 in deltas and from 0 in the finished item.)
 */
export function takePart(parts: Map<number, OpenPart>, slot: number, part: Part): OpenPart | undefined {
  for (const at of [slot, ...parts.keys()]) {
    const begun = parts.get(at);
    if (begun === undefined || begun.header.type !== part.type) continue;
    if (at !== slot && !(part.type === "text" && part.text.startsWith(begun.text))) continue;
    parts.delete(at);
    return begun;
  }
  return undefined;
}

/** What names the item an event speaks of: its place in the output, or its id on servers that count none. */
export function keyOf(data: JsonObject): string {
  return typeof data.output_index === "number"
    ? String(data.output_index)
    : String(data.item_id ?? objectOf(data.item).id);
}

/** The content index an event speaks of; 0 where the server says none. */
export function slotOf(data: JsonObject): number {
  return typeof data.content_index === "number" ? data.content_index : 0;
}

/** Whether a content part is text of the answer. */
export function isTextContent(part: Json | undefined): boolean {
  const type = objectOf(part).type;
  return type === "output_text" || type === "refusal";
}

/** The header of the one part of an item; a message's parts begin with their content, a nameless call with its end. */
export function headerOf(item: JsonObject): PartHeader | undefined {
  switch (item.type) {
    case "message":
      return undefined;
    case "reasoning":
      return { type: "reasoning" };
    case "function_call":
    case "custom_tool_call": {
      const id = stringOf(item.call_id) ?? stringOf(item.id);
      const name = stringOf(item.name);
      return id === undefined || name === undefined ? undefined : { type: "tool_call", id, name };
    }
    default:
      return typeof item.type === "string" ? { type: "opaque", kind: item.type } : undefined;
  }
}

/** The header that a finished part would have begun with. @throws for kinds no output item becomes. */
export function headerOfPart(part: Part): PartHeader {
  switch (part.type) {
    case "tool_call":
      return { type: "tool_call", id: part.id, name: part.name };
    case "opaque":
      return { type: "opaque", kind: part.kind };
    case "text":
    case "reasoning":
      return { type: part.type };
    default:
      throw new Error(`an output item gave a ${part.type} part`);
  }
}

/** What can be said of a part that never ended. */
export function partial(begun: OpenPart, item: JsonObject, peer: Peer): Part {
  switch (begun.header.type) {
    case "text":
      return { type: "text", text: begun.text };
    case "reasoning":
      return { type: "reasoning", text: begun.text };
    case "tool_call":
      return {
        type: "tool_call",
        id: begun.header.id,
        name: begun.header.name,
        input: {},
        malformed: begun.text,
      };
    default: {
      const [only] = partsOfItem(item, peer);
      return only?.part ?? { type: "text", text: begun.text };
    }
  }
}
