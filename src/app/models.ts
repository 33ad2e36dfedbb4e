/** The models of a session: which there are to choose from, and making one callable. */
import { openCatalogue } from "../agent/catalogue.ts";
import type { Seat } from "../agent/lineup.ts";
import type { Target } from "../agent/run.ts";
import { openTargets } from "../agent/target.ts";
import { type FixedPrefix, Window } from "../agent/window.ts";
import { TauError } from "../core/errors.ts";
import type { ModelName } from "../core/event.ts";
import { findModel } from "../models/catalogue.ts";
import { usdPerMtok } from "../models/rates.ts";
import { shippedProviders } from "../models/shipped.ts";
import { findKey } from "../providers/connection.ts";
import { providerEntry, providers } from "../providers/registry.ts";
import type { ModelChoice } from "./contract.ts";
import { learnedOf } from "./opening.ts";
import type { Parts } from "./parts.ts";

/** The model and the fallbacks of the settings, callable. */
export function targetsOf(parts: Parts, model: ModelName): Promise<[Target, ...Target[]]> {
  const { options, credentials, paths, transport, redact } = parts;
  const { settings } = parts.settings;
  const fallbacks = (settings.fallback ?? []).filter((name) => name !== model);
  return openTargets([model, ...fallbacks], {
    env: options.env,
    credentials,
    settings,
    paths,
    fetch: transport.fetch,
    networkTimeoutMs: options.networkTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs,
    now: options.now,
    redact: redact.text,
  });
}

/** The models with the window of the first, by what earlier sessions learned of it. */
export async function seatOf(
  parts: Parts,
  targets: readonly [Target, ...Target[]],
  prefix: FixedPrefix,
): Promise<Seat> {
  const [{ dialect, info, upstream }] = targets;
  const learned = await learnedOf(parts, upstream.name);
  return { targets, window: new Window({ dialect, model: info.id }, info, prefix, learned) };
}

/**
 * A model that is chosen while a session is open.
 * @throws TauError when it cannot be called, or when nobody knows its price under a cap on money
 */
export async function chosenTargets(parts: Parts, model: ModelName): Promise<[Target, ...Target[]]> {
  const targets = await targetsOf(parts, model);
  const [{ info, upstream }] = targets;
  const capped = Object.values(parts.settings.settings.budgets ?? {}).some(
    (budget) => budget?.usd !== undefined,
  );
  if (info.price === null && capped)
    throw new TauError(
      "budget",
      `nobody knows what ${upstream.name} costs, and there is a budget in dollars`,
      "give its price in the settings under models, or choose one with a price",
    );
  return targets;
}

/** The catalogue's models of every provider there is a key for: those that take tools and are not at their end. */
export async function callableModels({
  options,
  credentials,
  paths,
  settings,
}: Parts): Promise<ModelChoice[]> {
  const own = settings.settings.providers ?? {};
  const shipped = new Set(shippedProviders);
  const withKey = providers.filter(
    ({ id }) => shipped.has(id) && findKey(providerEntry(id, own), options.env, credentials) !== null,
  );
  const catalogues = await Promise.all(withKey.map(({ id }) => openCatalogue(id, paths)));
  return catalogues.flatMap((catalogue) =>
    Object.keys(catalogue.models).flatMap((id) => {
      const info = findModel(catalogue, id, settings.settings.models ?? {});
      if (info.deprecated || !info.capabilities.tools) return [];
      const { price, contextWindow, reasoning } = info;
      return [
        {
          name: `${info.provider}/${info.id}`,
          contextWindow,
          price: price && { input: usdPerMtok(price.rates.input), output: usdPerMtok(price.rates.output) },
          efforts: reasoning?.efforts ?? [],
        },
      ];
    }),
  );
}
