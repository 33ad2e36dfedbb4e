import type { Json } from "../../../src/core/message.ts";
import { type Body, bodiesIn, type Exception, type Expectations, isBody, type Rule } from "./expectations.ts";

const items = (body: Body): Body[] => bodiesIn(body.input);

/** Removes nulls and empty lists everywhere: the API takes a field without a value as one that is not there. */
function withoutNothing(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (!isBody(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]): [string, Json] => [key, withoutNothing(inner)])
      .filter(
        ([key, inner]) => inner !== null && !(Array.isArray(inner) && inner.length === 0 && key !== "output"),
      ),
  );
}

const rules: Rule[] = [
  {
    reason: "`stream: false` is the default and not written",
    apply: (body) => {
      if (body.stream === false) delete body.stream;
    },
  },
  {
    reason: "`store` is always written; absent it means true",
    apply: (body) => {
      body.store ??= true;
    },
  },
  {
    reason: "an input string is one user message",
    apply: (body) => {
      if (typeof body.input === "string")
        body.input = [{ type: "message", role: "user", content: body.input }];
    },
  },
  {
    reason: "message items always say their type, and content is a list",
    apply: (body) => {
      for (const item of items(body)) {
        if (item.role === undefined || (item.type !== undefined && item.type !== "message")) continue;
        item.type = "message";
        if (typeof item.content !== "string") continue;
        item.content = [
          { type: item.role === "assistant" ? "output_text" : "input_text", text: item.content },
        ];
      }
    },
  },
  {
    reason:
      "`status: completed` says nothing about an item of the past; results and user messages have no id of use",
    apply: (body) => {
      for (const item of items(body)) {
        if (item.status === "completed") delete item.status;
        if (String(item.type).endsWith("call_output") || item.role === "user") delete item.id;
      }
    },
  },
  {
    reason: "`detail: auto` is an image's default and always written",
    apply: (body) => {
      for (const item of items(body)) {
        for (const part of [...bodiesIn(item.content), ...bodiesIn(item.output)]) {
          if (part.type === "input_image") part.detail ??= "auto";
        }
      }
    },
  },
  {
    reason: "a result that is one text is written as a string, and an empty one as an empty string",
    apply: (body) => {
      for (const item of items(body)) {
        if (!Array.isArray(item.output)) continue;
        const [only] = bodiesIn(item.output);
        if (item.output.length === 0) item.output = "";
        else if (item.output.length === 1 && only?.type === "input_text") item.output = only.text ?? "";
      }
    },
  },
  {
    reason: "functions always say description and strict, and stand before tools of other kinds",
    apply: (body) => {
      const tools = bodiesIn(body.tools);
      for (const tool of tools) {
        if (tool.type !== "function") continue;
        tool.description ??= "";
        tool.strict ??= false;
        tool.parameters ??= {};
      }
      const functions = tools.filter((tool) => tool.type === "function");
      body.tools = [...functions, ...tools.filter((tool) => tool.type !== "function")];
    },
  },
  {
    reason: "plain text is the default format",
    apply: (body) => {
      if (isBody(body.text) && isBody(body.text.format) && body.text.format.type === "text")
        delete body.text.format;
      if (isBody(body.text) && Object.keys(body.text).length === 0) delete body.text;
    },
  },
  {
    reason: "nulls, empty lists and an empty reasoning object are not written",
    apply: (body) => {
      const rest = withoutNothing(body);
      for (const key of Object.keys(body)) delete body[key];
      if (isBody(rest)) Object.assign(body, rest);
      if (isBody(body.reasoning) && Object.keys(body.reasoning).length === 0) delete body.reasoning;
    },
  },
];

const openai = "openai/responses/pydantic-ai__test_openai_responses__test_";
const twoResponses = "openai/responses/vercel-ai__openai-reasoning-encrypted-content.1";
const exceptions: Exception[] = [
  {
    fixture: `${openai}background_mode_reasoning_vcr__01`,
    aspect: "file",
    reason: "the answer is polled for in a later exchange; this one says `queued`",
  },
  {
    fixture: `${openai}background_mode_vcr__01`,
    aspect: "file",
    reason: "the answer is polled for in a later exchange; this one says `queued`",
  },
  {
    fixture: `${openai}openai_responses_stream__01`,
    aspect: "file",
    reason: "the snapshot holds the answer of the second exchange only",
  },
  {
    fixture: `${openai}openai_responses_thinking_with_modified_history__01`,
    aspect: "echo",
    reason: "the source's test changes the text on purpose before it sends it back",
  },
  {
    fixture: "openai/responses/vercel-ai__openai-custom-tool.1~2",
    aspect: "calls",
    reason: "the indexing script does not read custom_tool_call items",
  },
  ...(["text", "usage", "file"] as const).map((aspect) => ({
    fixture: twoResponses,
    aspect,
    reason: "the file holds several responses one after the other; a stream is one, the first",
  })),
];

/** The written list of OpenAI Responses. */
export const expectations: Expectations = { rules, exceptions };
