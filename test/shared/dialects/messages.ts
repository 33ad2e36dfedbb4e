import type { Json } from "../../../src/core/message.ts";
import { type Body, bodiesIn, type Exception, type Expectations, isBody, type Rule } from "./expectations.ts";

const messagesOf = (body: Body): Body[] => bodiesIn(body.messages);

/** Every object below, the body itself first, but not inside tool inputs and schemas: those are the client's own. */
function* objectsIn(value: Json): Generator<Body> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  if (!isBody(value)) return;
  yield value;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== "input" && key !== "input_schema" && key !== "schema") yield* objectsIn(inner);
  }
}

const asBlocks = (content: Json | undefined): Json | undefined =>
  typeof content === "string" ? (content === "" ? [] : [{ type: "text", text: content }]) : content;

const isBlank = (block: Body): boolean => block.type === "text" && String(block.text).trim() === "";

const rules: Rule[] = [
  {
    reason: "`stream: false` is the default and not written",
    apply(body) {
      if (body.stream === false) delete body.stream;
    },
  },
  {
    reason:
      "null and an empty description say nothing; five minutes is the default of a breakpoint; `is_error: false` too",
    apply(body) {
      for (const object of objectsIn(body)) {
        for (const [key, value] of Object.entries(object)) if (value === null) delete object[key];
        if (object.input_schema !== undefined && object.description === "") delete object.description;
        if (object.type === "ephemeral" && object.ttl === "5m") delete object.ttl;
        if (object.is_error === false) delete object.is_error;
      }
    },
  },
  {
    reason: "content given as a string is one text block",
    apply(body) {
      body.system = asBlocks(body.system) ?? [];
      for (const message of messagesOf(body)) {
        message.content = asBlocks(message.content) ?? [];
        for (const block of bodiesIn(message.content)) {
          if (block.type === "tool_result") block.content = asBlocks(block.content) ?? [];
        }
      }
      if (Array.isArray(body.system) && body.system.length === 0) delete body.system;
    },
  },
  {
    reason: "the API refuses blank text, so it is not sent",
    apply(body) {
      for (const message of messagesOf(body)) {
        if (Array.isArray(message.content)) {
          message.content = message.content.filter((block) => !isBody(block) || !isBlank(block));
        }
      }
    },
  },
  {
    reason: "results and what the user adds after them are messages of their own; the API joins them again",
    apply(body) {
      body.messages = messagesOf(body).flatMap((message): Body[] => {
        if (message.role !== "user") return [message];
        const groups: Body[] = [];
        for (const block of bodiesIn(message.content)) {
          const last = groups.at(-1);
          const result = block.type === "tool_result";
          if (last !== undefined && last.result === result && Array.isArray(last.content))
            last.content.push(block);
          else groups.push({ role: "user", result, content: [block] });
        }
        return groups.map(({ role, content }) => ({ role: role ?? null, content: content ?? null }));
      });
    },
  },
  {
    reason: "tools without a word in Tau follow the others",
    apply(body) {
      if (!Array.isArray(body.tools)) return;
      const tools = bodiesIn(body.tools);
      const plain = (tool: Body): boolean => tool.input_schema !== undefined;
      body.tools = [...tools.filter(plain), ...tools.filter((tool) => !plain(tool))];
    },
  },
  {
    reason: "the beta's `output_format` is `output_config.format` now",
    apply(body) {
      if (body.output_format === undefined) return;
      body.output_config = {
        ...(isBody(body.output_config) ? body.output_config : {}),
        format: body.output_format,
      };
      delete body.output_format;
    },
  },
  {
    reason: "Vertex and Bedrock name the model in the URL",
    apply(body) {
      if (body.anthropic_version !== undefined) delete body.model;
    },
  },
];

const compaction =
  "the provider bills its compaction pass but leaves it out of the totals; Tau counts it, as the source's own tests do";
const severalMessages =
  "the source put several whole messages one after another into this file; only the first is an answer";

const exceptions: Exception[] = [
  {
    fixture: "anthropic/messages/pydantic-ai__test_anthropic__test_anthropic_compaction_usage_with_cache",
    aspect: "usage",
    reason: compaction,
  },
  {
    fixture:
      "anthropic/messages/ruby-llm__chat_anthropic_claude-sonnet-4-6_compacts_a_long_conversation_and_bills_the_summarization_pass",
    aspect: "usage",
    reason: compaction,
  },
  { fixture: "anthropic/messages/vercel-ai__anthropic-compaction.1", aspect: "usage", reason: compaction },
  {
    fixture: "anthropic/messages/vercel-ai__anthropic-tool-search-regex.1",
    aspect: "file",
    reason: severalMessages,
  },
  {
    fixture: "anthropic/messages/rig__strict_schema_matrix__boolean_root_schema_is_rejected_for_tool_input",
    aspect: "request",
    reason: "the input schema is `true`; the API refused it, and so does the decoder",
  },
  ...(["text", "calls", "usage"] as const).map(
    (aspect): Exception => ({
      fixture: "anthropic/messages/vercel-ai__anthropic-tool-search-deferred-bm25",
      aspect,
      reason: severalMessages,
    }),
  ),
  ...(["text", "usage"] as const).map(
    (aspect): Exception => ({
      fixture: "anthropic/messages/vercel-ai__anthropic-tool-search-regex.1",
      aspect,
      reason: severalMessages,
    }),
  ),
];

/** The written list of this dialect. */
export const expectations: Expectations = { rules, exceptions };
