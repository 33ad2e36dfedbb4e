/** Requests as bodies of `POST /responses`. https://platform.openai.com/docs/api-reference/responses/create */

import type { Json } from "../../core/message.ts";
import type { Effort, ModelRequest, ToolChoice, ToolSpec } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import { arrayOf, isObject, type JsonObject, withExtra } from "../json.ts";
import { encodeHistory, encodeSystemItems } from "./history-encoder.ts";
import { fieldsOf } from "./items.ts";

/** What has to be asked for when the provider keeps nothing: without it reasoning could not be replayed. */
export const encryptedReasoning = "reasoning.encrypted_content";

/**
 * The body. `store` is false unless `extra` says otherwise: the ledger is Tau's, and the provider need keep no copy.
 * `input` is the last field, so that the body of a longer conversation begins like that of a shorter one.
 */
export function encodeRequest(request: ModelRequest, peer: Peer): JsonObject {
  const extra = request.extra?.dialect === "responses" ? request.extra.fields : {};
  const { tools: extraTools, input: _, ...extraFields } = extra;
  const stored = extra.store !== undefined && extra.store !== false;
  const tools = encodeTools(request.tools, arrayOf(extraTools));
  const instructions = request.system.filter((part) => fieldsOf(part, peer).role === undefined);
  const include = defaultInclude(request, stored);
  const computed: JsonObject = {
    model: request.model,
    ...(instructions.length === 0
      ? {}
      : { instructions: instructions.map((part) => part.text).join("\n\n") }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(request.toolChoice === undefined ? {} : { tool_choice: encodeToolChoice(request.toolChoice) }),
    ...(request.parallelToolCalls === undefined ? {} : { parallel_tool_calls: request.parallelToolCalls }),
    ...(request.maxOutputTokens === undefined ? {} : { max_output_tokens: request.maxOutputTokens }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...encodeReasoning(request.reasoning),
    ...(request.output === undefined ? {} : { text: { format: encodeFormat(request.output) } }),
    ...(request.cacheKey === undefined ? {} : { prompt_cache_key: request.cacheKey }),
    store: false,
    ...(include.length === 0 ? {} : { include }),
    ...(request.stream ? { stream: true } : {}),
  };
  const body = withExtra(computed, extraFields);
  if (Array.isArray(body.include) && body.include.length === 0) delete body.include;
  const input = [
    ...encodeSystemItems(request.system, peer),
    ...encodeHistory(request.messages, { peer, stored }),
  ];
  return { ...body, input };
}

/** What `include` says when nobody says otherwise. Models that do not reason refuse to be asked for ciphertext. */
export function defaultInclude(request: Pick<ModelRequest, "reasoning">, stored: boolean): string[] {
  const reasons = request.reasoning !== undefined && request.reasoning.effort !== "none";
  return reasons && !stored ? [encryptedReasoning] : [];
}

/**
 * Functions first, then tools of other kinds. An extra entry that names one of the functions adds its fields to it.
 * `strict` is always said: without it the API takes a schema as strict, and most schemas do not fit its rules.
 */
function encodeTools(tools: readonly ToolSpec[], extra: readonly Json[]): JsonObject[] {
  const added = new Map<string, JsonObject>();
  const others: JsonObject[] = [];
  for (const tool of extra) {
    if (!isObject(tool)) continue;
    const named = tool.type === "function" && tools.some((own) => own.name === tool.name);
    if (named) added.set(String(tool.name), tool);
    else others.push(tool);
  }
  const functions = tools.map((tool) => ({
    type: "function",
    name: tool.name,
    description: tool.description,
    parameters: tool.inputSchema,
    strict: tool.strict ?? false,
    ...added.get(tool.name),
  }));
  return [...functions, ...others];
}

function encodeToolChoice(choice: ToolChoice): Json {
  return typeof choice === "string" ? choice : { type: "function", name: choice.name };
}

function encodeReasoning(reasoning: ModelRequest["reasoning"]): { reasoning?: JsonObject } {
  if (reasoning === undefined) return {};
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens);
  const fields = {
    ...(effort === undefined ? {} : { effort }),
    ...(reasoning.visible === true ? { summary: "auto" } : {}),
  };
  return Object.keys(fields).length === 0 ? {} : { reasoning: fields };
}

/** The dialect counts no thinking tokens; the level whose usual spending is nearest to the budget. */
function effortOf(budgetTokens: number | undefined): Effort | undefined {
  if (budgetTokens === undefined) return undefined;
  if (budgetTokens <= 4096) return "low";
  return budgetTokens <= 16_384 ? "medium" : "high";
}

function encodeFormat(output: NonNullable<ModelRequest["output"]>): JsonObject {
  return {
    type: "json_schema",
    name: output.name,
    schema: output.schema,
    ...(output.strict === undefined ? {} : { strict: output.strict }),
  };
}
