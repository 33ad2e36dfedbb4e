/** What a person may have meant by a name that is no model's. */
import type { TauPaths } from "../config/paths.ts";
import { TauError } from "../core/errors.ts";
import { likeness, nearestNames } from "../core/likeness.ts";
import type { ProviderCatalogue } from "../models/catalogue.ts";
import type { ModelInfo } from "../models/model-info.ts";
import { providers } from "../providers/registry.ts";
import { openCatalogue } from "./catalogue.ts";

/** How many names are offered, and how alike they must be at least. */
const offered = 3;
const likeEnough = 0.75;

/**
 * The refusal of a name without its provider: with the models of that name, or else of the most similar ones, in the
 * order of the providers.
 */
export async function refuseBareName(name: string, paths: TauPaths): Promise<TauError> {
  const near = await modelsLike(name, paths);
  const hint =
    near.length === 0
      ? "write provider/model, such as openai/gpt-5; tau models lists what is known"
      : `did you mean ${near.join(", ")}?`;
  return new TauError("usage", `"${name}" is not a model name: it lacks its provider`, hint);
}

/**
 * A sentence on a model its provider's catalogue does not have, with the nearest it has; null where there is no
 * catalogue to be in (local servers, own hosts).
 */
export function unknownModel(name: string, info: ModelInfo, { models }: ProviderCatalogue): string | null {
  const known = Object.keys(models);
  if (known.length === 0) return null;
  const near = nearestNames(info.id, known).map((model) => `${info.provider}/${model}`);
  return [
    `The catalogue does not know ${name}: default limits hold${info.price === null ? ", and its cost is unknown" : ""}.`,
    ...(near.length > 0 ? [`Did you mean ${near.join(" or ")}?`] : []),
  ].join(" ");
}

/** `provider/model` of the known models whose own name is like this one; all that bear it, if any does. */
export async function modelsLike(name: string, paths: TauPaths): Promise<string[]> {
  const known = await Promise.all(
    providers.map(async ({ id }) => {
      const { models } = await openCatalogue(id, paths);
      return Object.keys(models).map((model) => ({ model: `${id}/${model}`, score: likeness(name, model) }));
    }),
  );
  const scored = known.flat();
  const best = Math.max(likeEnough, ...scored.map(({ score }) => score));
  return scored
    .filter(({ score }) => (best === 1 ? score === 1 : score >= likeEnough))
    .sort((a, b) => b.score - a.score)
    .slice(0, offered)
    .map(({ model }) => model);
}
