/** Model events to the dialect's stream or whole body: what a server of the dialect sends. */
import type { Json, Part } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { Peer, StreamEncoder } from "../codec.ts";
import { isObject, type JsonObject, objectOf } from "../json.ts";
import { formatSse } from "../sse.ts";
import { errorBody } from "./errors.ts";
import { endReason, finishWord } from "./finish.ts";
import { writeUrl } from "./media.ts";
import { fieldsFor, writeDetails, writeExtra } from "./opaque.ts";
import { writeUsage } from "./usage.ts";

type End = ModelEvent & { type: "end" };

/** The finish word: the upstream's own if this dialect reads it the same way, else the standard one. */
function finishOf(event: End): string {
  const read = endReason({
    finish: event.raw,
    native: undefined,
    calledTools: event.reason === "tool_calls",
    refused: false,
  });
  return event.raw !== undefined && read.reason === event.reason ? event.raw : finishWord(event.reason);
}

/** Writes one stream. */
export function streamEncoder(peer: Peer): StreamEncoder {
  let id = "";
  let model = peer.model;
  let calls = 0;
  let failed = false;
  let usage: JsonObject | undefined;
  /** By part index: its call number, or how much of it has been written. */
  const callNumbers = new Map<number, number>();
  const written = new Map<number, { kind: Part["type"]; length: number }>();

  // No clock here, so `created` is 0: clients only pass it on.
  const chunk = (fields: JsonObject) =>
    formatSse(JSON.stringify({ id, object: "chat.completion.chunk", created: 0, model, ...fields }));
  const delta = (fields: JsonObject) =>
    chunk({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
  const callDelta = (part: number, fields: JsonObject) =>
    delta({ tool_calls: [{ index: callNumbers.get(part) ?? 0, ...fields }] });

  function piece(index: number, text: string): string {
    const open = written.get(index);
    if (open === undefined || text === "") return "";
    open.length += text.length;
    if (open.kind === "tool_call") return callDelta(index, { function: { arguments: text } });
    return delta(open.kind === "reasoning" ? { reasoning_content: text } : { content: text });
  }

  /** What a part's end adds to its deltas: text that never came as a delta, and opaque data. */
  function rest(index: number, part: Part): string {
    const whole =
      part.type === "tool_call"
        ? (part.malformed ?? JSON.stringify(part.input))
        : "text" in part
          ? part.text
          : "";
    const late = written.get(index)?.length === 0 ? piece(index, whole) : "";
    if (part.type === "reasoning" && part.opaque !== undefined) {
      return late + delta({ reasoning_details: writeDetails(part.opaque) });
    }
    if (part.type === "tool_call" && part.opaque !== undefined) {
      return late + callDelta(index, { extra_content: writeExtra(part.opaque) });
    }
    return late + own(part);
  }

  function own(part: Part): string {
    if (part.type === "image")
      return delta({ images: [{ type: "image_url", image_url: { url: writeUrl(part) } }] });
    const fields = fieldsFor(part, peer);
    if (fields === undefined) return "";
    if (Array.isArray(fields.annotations)) return delta({ annotations: fields.annotations });
    return part.type === "opaque" && isObject(fields.content) ? delta({ content: [fields.content] }) : "";
  }

  function unknown(event: ModelEvent & { type: "unknown" }): string {
    if (event.dialect !== "chat-completions") return "";
    const data = objectOf(event.data);
    if (event.name === "chunk") return chunk({ choices: [], ...data });
    if (event.name === "delta") return delta(data);
    return chunk({ choices: [{ delta: {}, finish_reason: null, ...data }] });
  }

  return {
    push(event) {
      switch (event.type) {
        case "start":
          id = event.responseId ?? "";
          model = event.model ?? peer.model;
          return delta({ role: "assistant", content: "" });
        case "part.start":
          written.set(event.index, { kind: event.part.type, length: 0 });
          if (event.part.type !== "tool_call") return "";
          callNumbers.set(event.index, calls++);
          return callDelta(event.index, {
            id: event.part.id,
            type: "function",
            function: { name: event.part.name, arguments: "" },
          });
        case "part.delta":
          return piece(event.index, event.delta);
        case "part.end":
          return rest(event.index, event.part);
        case "usage":
          // Told after the finish reason, as OpenAI does.
          usage = writeUsage(event.usage, event.cost);
          return "";
        case "unknown":
          return unknown(event);
        case "end": {
          const finish = chunk({ choices: [{ index: 0, delta: {}, finish_reason: finishOf(event) }] });
          return usage === undefined ? finish : finish + chunk({ choices: [], usage });
        }
        case "error": {
          failed = true;
          const told = usage === undefined ? "" : chunk({ choices: [], usage });
          return told + formatSse(JSON.stringify({ error: errorBody(event.error) }));
        }
      }
    },
    end: () => (failed ? "" : formatSse("[DONE]")),
  };
}

/** The whole body of an answer; the error object alone if it failed. */
export function encodeResponse(events: readonly ModelEvent[], peer: Peer): JsonObject {
  const start = events.find((event) => event.type === "start");
  const last = events.at(-1);
  const parts = events
    .filter((event) => event.type === "part.end")
    .sort((a, b) => a.index - b.index)
    .map((event) => event.part);
  const usage = events.findLast((event) => event.type === "usage");
  if (last?.type === "error") return { error: errorBody(last.error) };
  const unknown: { [place: string]: JsonObject } = {};
  for (const event of events) {
    if (event.type !== "unknown" || event.dialect !== "chat-completions") continue;
    const place = event.name ?? "chunk";
    unknown[place] = { ...unknown[place], ...objectOf(event.data) };
  }
  return {
    id: start?.responseId ?? "",
    object: "chat.completion",
    created: 0,
    model: start?.model ?? peer.model,
    choices: [
      {
        ...unknown.choice,
        index: 0,
        message: { ...writeMessage(parts, peer), ...unknown.delta },
        finish_reason: last?.type === "end" ? finishOf(last) : "stop",
      },
    ],
    ...(usage === undefined ? {} : { usage: writeUsage(usage.usage, usage.cost) }),
    ...unknown.chunk,
  };
}

function writeMessage(parts: Part[], peer: Peer): JsonObject {
  const texts = parts.filter((part) => part.type === "text");
  const said = texts.filter((part) => part.refusal !== true).map((part) => part.text);
  const refusal = texts.filter((part) => part.refusal === true).map((part) => part.text);
  const thoughts = parts.filter((part) => part.type === "reasoning");
  const thought = thoughts.map((part) => part.text).join("");
  const details = thoughts.flatMap((part) => (part.opaque === undefined ? [] : writeDetails(part.opaque)));
  const calls = parts.filter((part) => part.type === "tool_call");
  const fields = parts.map((part) => fieldsFor(part, peer)).filter((value) => value !== undefined);
  const annotations = fields.flatMap((value): Json[] =>
    Array.isArray(value.annotations) ? value.annotations : [],
  );
  const blocks = fields.map((value) => value.content).filter(isObject);
  const images = parts.filter((part) => part.type === "image");
  const text = said.join("");
  return {
    role: "assistant",
    content: blocks.length > 0 ? [...blocks, { type: "text", text }] : said.length > 0 ? text : null,
    refusal: refusal.length > 0 ? refusal.join("") : null,
    ...(thought === "" ? {} : { reasoning_content: thought }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(images.length === 0
      ? {}
      : { images: images.map((part) => ({ type: "image_url", image_url: { url: writeUrl(part) } })) }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: "function",
            function: { name: call.name, arguments: call.malformed ?? JSON.stringify(call.input) },
            ...(call.opaque === undefined ? {} : { extra_content: writeExtra(call.opaque) }),
          })),
        }),
  };
}
