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

/** Where names are the client's own and not the API's. */
const foreign = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
]);
/** Tools without a word in Tau are kept as they came, names included. */
const untouched = new Set(["fileSearch", "file_search", "mcpServers", "computerUse"]);

function camel(value: Json): Json {
  if (Array.isArray(value)) return value.map(camel);
  if (!isBody(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
      if (inner === null || (key === "thought" && inner === false)) return [];
      const name = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [[name, foreign.has(name) || untouched.has(key) ? inner : camel(inner)]];
    }),
  );
}

/** The API's own schemas say types in upper case and `nullable` beside them. */
function jsonSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(jsonSchema);
  if (!isBody(schema)) return schema;
  const { nullable, propertyOrdering: _, ...rest } = schema;
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]): [string, Json] => {
      if (key === "type" && typeof value === "string") {
        return [key, nullable === true ? [value.toLowerCase(), "null"] : value.toLowerCase()];
      }
      return [key, key === "enum" || key === "required" || key === "description" ? value : jsonSchema(value)];
    }),
  );
}

const contentsOf = (body: Body): Body[] => bodiesIn(body.contents);
const partsOf = (body: Body): Body[] => contentsOf(body).flatMap((content) => bodiesIn(content.parts));
const declarationsOf = (body: Body): Body[] =>
  bodiesIn(body.tools).flatMap((tool) => bodiesIn(tool.functionDeclarations));

const rules: Rule[] = [
  {
    reason: "field names in snake case are the same fields; null and `thought: false` say nothing",
    apply(body) {
      const renamed = camel(body);
      for (const key of Object.keys(body)) delete body[key];
      if (isBody(renamed)) Object.assign(body, renamed);
    },
  },
  {
    reason:
      "a system instruction has no role, a content without one is the user's, `function` is an older word for it",
    apply(body) {
      if (typeof body.systemInstruction === "string")
        body.systemInstruction = { parts: [{ text: body.systemInstruction }] };
      if (isBody(body.systemInstruction)) delete body.systemInstruction.role;
      for (const content of contentsOf(body)) if (content.role !== "model") content.role = "user";
    },
  },
  {
    reason: "an empty configuration and an empty description say nothing; levels are written in upper case",
    apply(body) {
      const config = body.generationConfig;
      if (isBody(config)) {
        const thinking = config.thinkingConfig;
        if (isBody(thinking) && typeof thinking.thinkingLevel === "string") {
          thinking.thinkingLevel = thinking.thinkingLevel.toUpperCase();
        }
        if (Object.keys(config).length === 0) delete body.generationConfig;
      }
      for (const declaration of declarationsOf(body))
        if (declaration.description === "") delete declaration.description;
    },
  },
  {
    reason:
      "schemas in the API's own language become JSON Schema; no parameters are an object without properties",
    apply(body) {
      for (const declaration of declarationsOf(body)) {
        declaration.parametersJsonSchema ??=
          declaration.parameters === undefined || declaration.parameters === null
            ? { type: "object", properties: {} }
            : jsonSchema(declaration.parameters);
        delete declaration.parameters;
      }
      const config = body.generationConfig;
      if (isBody(config) && config.responseSchema !== undefined) {
        config.responseJsonSchema ??= jsonSchema(config.responseSchema);
        delete config.responseSchema;
      }
    },
  },
  {
    reason: "functions stand in one tool before the tools without a word in Tau",
    apply(body) {
      if (!Array.isArray(body.tools)) return;
      const others = bodiesIn(body.tools)
        .map(({ functionDeclarations: _, ...rest }) => rest)
        .filter((tool) => Object.keys(tool).length > 0);
      const functionDeclarations = declarationsOf(body);
      body.tools = [...(functionDeclarations.length === 0 ? [] : [{ functionDeclarations }]), ...others];
      if (body.tools.length === 0) delete body.tools;
    },
  },
  {
    reason: "empty texts and thoughts without a signature are not sent back",
    apply(body) {
      for (const content of contentsOf(body)) {
        if (!Array.isArray(content.parts)) continue;
        content.parts = content.parts.filter(
          (part) =>
            !isBody(part) ||
            part.thoughtSignature !== undefined ||
            (part.text !== "" && !(part.thought === true && part.text !== undefined)),
        );
      }
      if (Array.isArray(body.contents)) {
        body.contents = body.contents.filter(
          (content) => !isBody(content) || bodiesIn(content.parts).length > 0,
        );
      }
    },
  },
  {
    reason: "calls always say their arguments; the first call of an answer says if it has no signature",
    apply(body) {
      for (const part of partsOf(body)) {
        if (isBody(part.functionCall)) part.functionCall.args ??= {};
        if (part.thoughtSignature === "skip_thought_signature_validator") delete part.thoughtSignature;
      }
    },
  },
];

const pieces = "the index counts every piece of a call whose arguments arrive in pieces";
const arrayBody = "the body is an array of chunks, which the index did not read";
const own = "google-vertex/generate-content";
const streamed = [
  `${own}/js-genai__Client_Tests_generateContentStream_partial_function_calling_Vertex_AI_should_stream_generate_content_3f4b4ddc`,
  `${own}/js-genai__MCP_related_client_Tests_generateContentStream_with_streamFunctionCallingArguments_enabled_Vertex_AI_89cc0de4`,
  "google/generate-content/vercel-ai__google-stream-no-args-tool-call",
  "google/generate-content/vercel-ai__google-stream-tool-call-arguments",
];
const arrays: readonly (readonly [string, Aspect])[] = [
  ["google/generate-content/llm-gemini__test_gemini__test_prompt", "text"],
  [
    "google/generate-content/llm-gemini__test_gemini__test_tools_with_gemini_3_thought_signatures__01",
    "calls",
  ],
  [
    "google/generate-content/llm-gemini__test_gemini__test_tools_with_gemini_3_thought_signatures__02",
    "text",
  ],
];

const exceptions: Exception[] = [
  ...streamed.map((fixture): Exception => ({ fixture, aspect: "calls", reason: pieces })),
  ...arrays.flatMap(([fixture, aspect]): Exception[] => [
    { fixture, aspect, reason: arrayBody },
    { fixture, aspect: "usage", reason: arrayBody },
  ]),
  {
    fixture: `${own}/otel-contrib__test_generate_content_invalid_role`,
    aspect: "request",
    reason: "the role is one the API refused, and so does the decoder",
  },
  {
    fixture: `${own}/pydantic-ai__test_google__test_google_model_armor_prompt_template_text_gets_blocked__02`,
    aspect: "usage",
    reason: "the usage block names the traffic type and counts nothing",
  },
  {
    fixture: "google/generate-content/rig__agent_run_streamed__streamed_repair_continues_the_same_stream__01",
    aspect: "echo",
    reason: "the source's own test renames the call before it sends it back",
  },
  {
    fixture:
      "google/generate-content/ruby-llm__batch_with_gemini_gemini-2_5-flash_answers_staged_chats_and_appends_the_answers_to_their_conversations__01",
    aspect: "all",
    reason: "the receipt of a batch is no answer of generateContent",
  },
];

/** The written list of this dialect. */
export const expectations: Expectations = { rules, exceptions };
