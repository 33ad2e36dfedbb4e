/** `reasoning` of a request in each server's own fields, and back. */
import type { Effort, ModelRequest } from "../../core/model.ts";
import { isObject, type JsonObject, objectOf } from "../json.ts";
import type { ChatCompat } from "./compat.ts";
import { numberOr, textOr } from "./values.ts";

const levels: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

function levelOf(word: string | undefined): Effort | undefined {
  return levels.find((level) => level === word);
}

/** The request fields that say how hard to think. */
export function writeEffort(reasoning: ModelRequest["reasoning"], compat: ChatCompat): JsonObject {
  if (reasoning === undefined) return {};
  const { effort, budgetTokens, visible } = reasoning;
  const word = effort === undefined ? null : compat.efforts[effort];
  const field = word === null ? {} : { reasoning_effort: word };
  const thinks = effort !== undefined && effort !== "none";
  switch (compat.effortStyle) {
    case "reasoning_effort":
      return field;
    case "reasoning_object": {
      const object: JsonObject = {
        ...(word === null ? {} : { effort: word }),
        // "One of the following (not both)": the finer one wins.
        ...(budgetTokens === undefined || word !== null ? {} : { max_tokens: budgetTokens }),
        ...(visible === undefined ? {} : { exclude: !visible }),
      };
      return Object.keys(object).length > 0 ? { reasoning: object } : {};
    }
    case "thinking_type":
      return effort === undefined ? {} : { thinking: { type: thinks ? "enabled" : "disabled" }, ...field };
    case "template_kwargs":
      return effort === undefined
        ? {}
        : { chat_template_kwargs: { enable_thinking: thinks }, ...(thinks ? field : {}) };
    case "none":
      return {};
  }
}

/**
 * The reasoning fields of a request body and what of them this vocabulary cannot hold, to be kept as it came.
 * `thinking: { type: "disabled" }` is effort `none`; `enabled` says nothing that is not the default.
 */
export function readEffort(body: JsonObject): { reasoning: ModelRequest["reasoning"]; rest: JsonObject } {
  const rest: JsonObject = {};
  const object = objectOf(body.reasoning);
  const thinking = objectOf(body.thinking);
  const effort =
    levelOf(textOr(body.reasoning_effort)) ??
    levelOf(textOr(object.effort)) ??
    (thinking.type === "disabled" ? "none" : undefined);
  const budgetTokens = numberOr(object.max_tokens);
  const visible = typeof object.exclude === "boolean" ? !object.exclude : undefined;

  if (textOr(body.reasoning_effort) !== undefined && levelOf(textOr(body.reasoning_effort)) === undefined) {
    rest.reasoning_effort = body.reasoning_effort ?? null;
  }
  const { effort: word, max_tokens: _budget, exclude: _exclude, ...others } = object;
  if (word !== undefined && levelOf(textOr(word)) === undefined) others.effort = word;
  if (Object.keys(others).length > 0) rest.reasoning = others;
  if (isObject(body.thinking) && (thinking.type !== "disabled" || Object.keys(thinking).length > 1)) {
    rest.thinking = body.thinking;
  }

  const reasoning = {
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(visible === undefined ? {} : { visible }),
  };
  return { reasoning: Object.keys(reasoning).length > 0 ? reasoning : undefined, rest };
}
