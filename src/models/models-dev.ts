/** models.dev's `api.json` to Tau's stored form: one source of the shipped catalogue, and what `refresh` accepts. */
import type { Effort } from "../core/model.ts";
import type { UsdCard, UsdPerMtok } from "./rates.ts";
import { abilityLetters, type StoredModel, type StoredPrice } from "./stored.ts";

type Cost = {
  input?: number | undefined;
  output?: number | undefined;
  cache_read?: number | undefined;
  cache_write?: number | undefined;
};

/** A model as models.dev's api.json has it (its repository's README describes the fields); only those Tau reads. */
export type ModelsDevModel = {
  id: string;
  name?: string | undefined;
  reasoning?: boolean | undefined;
  temperature?: boolean | undefined;
  tool_call?: boolean | undefined;
  structured_output?: boolean | undefined;
  knowledge?: string | undefined;
  status?: string | undefined;
  family?: string | undefined;
  cost?:
    | (Cost & { tiers?: (Cost & { tier?: { size?: number | undefined } | undefined })[] | undefined })
    | undefined;
  limit?:
    | { context?: number | undefined; input?: number | undefined; output?: number | undefined }
    | undefined;
  modalities?: { input?: string[] | undefined; output?: string[] | undefined } | undefined;
  reasoning_options?:
    | {
        type: string;
        values?: string[] | undefined;
        min?: number | undefined;
        max?: number | undefined;
      }[]
    | undefined;
  experimental?:
    | { modes?: { [mode: string]: { cost?: Cost | undefined; provider?: unknown } } | undefined }
    | undefined;
};

/** Effort words of core, weakest first. */
export const effortOrder: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/**
 * The stored form, or null for what Tau does not drive: embedding models, models without limits, and models that make
 * pictures or speech, whose output tokens have several prices.
 */
export function fromModelsDev(model: ModelsDevModel): StoredModel | null {
  const { context = 0, output = 0, input } = model.limit ?? {};
  const embedding = /(^|[-/])embed/i.test(model.id);
  const textOnly = (model.modalities?.output ?? ["text"]).every((kind) => kind === "text");
  if (!textOnly || context <= 1 || output <= 1 || embedding) return null;
  const accepts = model.modalities?.input ?? ["text"];
  return {
    name: model.name ?? model.id,
    window: context,
    ...(input !== undefined && input > 0 && input < context && { maxInput: input }),
    output: Math.min(output, context),
    can: abilityLetters({
      vision: accepts.includes("image"),
      files: accepts.includes("pdf"),
      tools: model.tool_call === true,
      structuredOutput: model.structured_output === true,
      temperature: model.temperature === true,
    }),
    ...(model.reasoning === true && { reasoning: reasoningOf(model.reasoning_options ?? []) }),
    ...(model.knowledge !== undefined && { knowledge: model.knowledge }),
    ...(model.status === "deprecated" && { deprecated: true as const }),
    ...priceField(model),
  };
}

function reasoningOf(options: NonNullable<ModelsDevModel["reasoning_options"]>): StoredModel["reasoning"] {
  const words = options.find((option) => option.type === "effort")?.values ?? [];
  const efforts = effortOrder.filter((effort) => words.includes(effort));
  const budget = options.find((option) => option.type === "budget_tokens");
  return {
    ...(efforts.length > 0 && { efforts }),
    ...(budget !== undefined && {
      budget: { min: Math.max(budget.min ?? 0, 0), ...(budget.max !== undefined && { max: budget.max }) },
    }),
  };
}

function priceField(model: ModelsDevModel): { price?: StoredPrice } {
  const base = usdPrice(model.cost, model.id);
  if (base === null) return {};
  const tiers = (model.cost?.tiers ?? []).flatMap((tier) => {
    const price = usdPrice(tier, model.id);
    return price === null || tier.tier?.size === undefined ? [] : [{ above: tier.tier.size, ...price }];
  });
  const service = serviceCards(model);
  return {
    price: {
      ...base,
      ...(tiers.length > 0 && { tiers }),
      ...(service !== null && { service }),
      source: "models.dev",
    },
  };
}

/** The fast modes models.dev lists: OpenAI's priority processing and Anthropic's fast mode. */
function serviceCards(model: ModelsDevModel): { priority?: UsdCard; fast?: UsdCard } | null {
  const mode = model.experimental?.modes?.fast;
  const card = usdPrice(mode?.cost, model.id);
  if (mode === undefined || card === null) return null;
  const asPriority = JSON.stringify(mode.provider ?? {}).includes('"service_tier":"priority"');
  return asPriority ? { priority: card } : { fast: card };
}

/**
 * A stated price. Sources write 0 both for "free" and for "we do not know", so an all-zero price counts only where
 * the name says free; a zero for cache reads or writes beside a real input price means "no price of its own".
 */
export function usdPrice(cost: Cost | undefined, id: string): UsdPerMtok | null {
  const { input, output, cache_read: read, cache_write: write } = cost ?? {};
  if (input === undefined || output === undefined || input < 0 || output < 0) return null;
  if (input === 0 && output === 0 && !saysFree(id)) return null;
  return {
    input,
    output,
    ...(read !== undefined && read > 0 && { cacheRead: read }),
    ...(write !== undefined && write > 0 && { cacheWrite5m: write }),
  };
}

/** `:free` is OpenRouter's documented variant that is never billed; hosts that copy it write `-free`. */
export function saysFree(id: string): boolean {
  return /[:-]free$/.test(id);
}
