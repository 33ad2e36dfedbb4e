/** Reads the sources and merges them: limits and abilities from the models folder, prices from genai-prices where it names the model. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "@pydantic/genai-prices";
import { fromModelsDev, type ModelsDevModel } from "../../src/models/models-dev.ts";
import type { StoredModel, StoredPrice } from "../../src/models/stored.ts";
import { genaiPrice, genaiProviders } from "./genai-prices.ts";
import { fromPiAi, type PiFile, type PiModel, piModels } from "./pi-ai.ts";
import type { ProviderSources } from "./providers.ts";

export type SourceSet = { folder?: string; file?: string; source?: string; date?: string; licence?: string };

export type Sources = {
  modelsDev: { [provider: string]: { models: { [id: string]: ModelsDevModel } } };
  piAi: Map<string, Map<string, PiModel>>;
  genai: Provider[];
  sets: SourceSet[];
};

/** What each source says of one model, and what the catalogue makes of it. */
export type Merged = {
  id: string;
  modelsDev: StoredModel | null;
  piAi: StoredModel | null;
  genai: StoredPrice | null;
  result: StoredModel;
};

function json<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, "utf8")) as Shape;
}

/** Reads the models folder (its layout is in SOURCES.json) and the installed genai-prices. */
export async function readSources(folder: string): Promise<Sources> {
  const sets = json<{ sets: SourceSet[] }>(join(folder, "SOURCES.json")).sets;
  const piFolder = readdirSync(folder).find((name) => name.startsWith("pi-ai-"));
  if (piFolder === undefined) throw new Error(`${folder} has no pi-ai-* folder`);
  const piAi = new Map<string, Map<string, PiModel>>();
  for (const name of readdirSync(join(folder, piFolder))) {
    if (name === "manifest.json" || !name.endsWith(".json")) continue;
    piAi.set(name.slice(0, -".json".length), piModels(json<PiFile>(join(folder, piFolder, name))));
  }
  return {
    modelsDev: json(join(folder, "models.dev", "api.main-providers.json")),
    piAi,
    genai: await genaiProviders(),
    sets,
  };
}

/** Every model of a provider that any source describes, by name. */
export function mergeProvider(sources: Sources, provider: ProviderSources): Merged[] {
  const dev = new Map<string, StoredModel>();
  for (const name of provider.modelsDev) {
    for (const [id, model] of Object.entries(sources.modelsDev[name]?.models ?? {})) {
      const stored = fromModelsDev({ ...model, id });
      if (stored !== null && !dev.has(id)) dev.set(id, stored);
    }
  }
  const pi = new Map<string, StoredModel>();
  for (const name of provider.piAi) {
    for (const [id, model] of sources.piAi.get(name) ?? []) pi.set(id, fromPiAi(model));
  }
  const ids = [...new Set([...dev.keys(), ...pi.keys()])].sort();
  return ids.flatMap((id) => {
    const [modelsDev, piAi] = [dev.get(id) ?? null, pi.get(id) ?? null];
    const genai = genaiPrice(sources.genai, provider.genaiPrices, id);
    const described = describe(modelsDev, piAi);
    if (described === null) return [];
    const result = withVendorFacts(provider.id, id, withPrice(described, modelsDev, piAi, genai));
    return [{ id, modelsDev, piAi, genai, result }];
  });
}

/** Limits and abilities. pi-ai is the newer source, but its window is the cheap price tier's where there is one. */
function describe(modelsDev: StoredModel | null, piAi: StoredModel | null): StoredModel | null {
  if (modelsDev === null || piAi === null) return modelsDev ?? piAi;
  const cheapTier = tierStarts(modelsDev, piAi).has(piAi.window);
  const window = cheapTier ? Math.max(modelsDev.window, piAi.window) : piAi.window;
  const { maxInput, ...rest } = modelsDev;
  const steered = modelsDev.reasoning?.efforts !== undefined || modelsDev.reasoning?.budget !== undefined;
  const reasoning = steered ? modelsDev.reasoning : (piAi.reasoning ?? modelsDev.reasoning);
  return {
    ...rest,
    window,
    ...(maxInput !== undefined && maxInput < window && { maxInput }),
    output: Math.min(piAi.output, window),
    can: [...new Set(modelsDev.can + piAi.can.replace("h", ""))].join(""),
    ...(reasoning !== undefined && { reasoning }),
  };
}

export function tierStarts(...models: StoredModel[]): Set<number> {
  return new Set(models.flatMap((model) => (model.price?.tiers ?? []).map((tier) => tier.above)));
}

function withPrice(
  model: StoredModel,
  modelsDev: StoredModel | null,
  piAi: StoredModel | null,
  genai: StoredPrice | null,
): StoredModel {
  const { price: _, ...rest } = model;
  const price = genai ?? piAi?.price ?? modelsDev?.price;
  const service = modelsDev?.price?.service;
  return price === undefined
    ? rest
    : { ...rest, price: { ...price, ...(service !== undefined && { service }) } };
}

/**
 * What vendors document and the sources leave out: all Gemini and current Claude models constrain answers to a schema,
 * and every Claude, Gemini and GPT model of their own API that sees images also reads PDF
 * (platform.claude.com/docs "PDF support", "Structured outputs"; ai.google.dev/gemini-api/docs; platform.openai.com/docs).
 */
function withVendorFacts(provider: string, id: string, model: StoredModel): StoredModel {
  const own = provider === "anthropic" || provider === "openai" || provider === "google";
  const schema =
    (provider === "anthropic" && /^claude-(?:opus-4-1|\w+-4-[5-9]|\w+-[5-9])/.test(id)) ||
    (provider === "google" && id.startsWith("gemini-")) ||
    (provider === "openai" && /^(?:gpt-(?:4\.1|[5-9])|o[134]|chat-latest)/.test(id));
  const temperature = provider === "google" && id.startsWith("gemini-");
  const extra = [own && model.can.includes("v") && "f", schema && "s", temperature && "h"].filter(
    (x) => x !== false,
  );
  return { ...model, can: [...new Set([...model.can, ...extra])].sort().join("") };
}
