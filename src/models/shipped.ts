/** The shipped catalogue: each provider's file is loaded when that provider is first asked for, and no other. */
import type { ProviderCatalogue } from "./catalogue.ts";
import { catalogueName } from "./hosts.ts";
import type { StoredProvider } from "./stored.ts";

type Loaders = { [provider: string]: () => Promise<{ default: unknown }> };

/** Literal paths, so that the bundler sees them and makes each file a chunk of its own. */
const loaders: Loaders = {
  alibaba: () => import("./data/alibaba.json", { with: { type: "json" } }),
  "amazon-bedrock": () => import("./data/amazon-bedrock.json", { with: { type: "json" } }),
  anthropic: () => import("./data/anthropic.json", { with: { type: "json" } }),
  azure: () => import("./data/azure.json", { with: { type: "json" } }),
  baseten: () => import("./data/baseten.json", { with: { type: "json" } }),
  cerebras: () => import("./data/cerebras.json", { with: { type: "json" } }),
  deepinfra: () => import("./data/deepinfra.json", { with: { type: "json" } }),
  deepseek: () => import("./data/deepseek.json", { with: { type: "json" } }),
  fireworks: () => import("./data/fireworks.json", { with: { type: "json" } }),
  "github-copilot": () => import("./data/github-copilot.json", { with: { type: "json" } }),
  "google-vertex": () => import("./data/google-vertex.json", { with: { type: "json" } }),
  google: () => import("./data/google.json", { with: { type: "json" } }),
  groq: () => import("./data/groq.json", { with: { type: "json" } }),
  huggingface: () => import("./data/huggingface.json", { with: { type: "json" } }),
  minimax: () => import("./data/minimax.json", { with: { type: "json" } }),
  mistral: () => import("./data/mistral.json", { with: { type: "json" } }),
  moonshotai: () => import("./data/moonshotai.json", { with: { type: "json" } }),
  nvidia: () => import("./data/nvidia.json", { with: { type: "json" } }),
  "ollama-cloud": () => import("./data/ollama-cloud.json", { with: { type: "json" } }),
  openai: () => import("./data/openai.json", { with: { type: "json" } }),
  opencode: () => import("./data/opencode.json", { with: { type: "json" } }),
  openrouter: () => import("./data/openrouter.json", { with: { type: "json" } }),
  perplexity: () => import("./data/perplexity.json", { with: { type: "json" } }),
  together: () => import("./data/together.json", { with: { type: "json" } }),
  vercel: () => import("./data/vercel.json", { with: { type: "json" } }),
  xai: () => import("./data/xai.json", { with: { type: "json" } }),
  zai: () => import("./data/zai.json", { with: { type: "json" } }),
};

/** Providers that have a shipped file. */
export const shippedProviders: readonly string[] = Object.keys(loaders);

/** The shipped catalogue of a provider; an empty one for a provider it does not cover (local servers, own hosts). */
export async function loadShipped(provider: string): Promise<ProviderCatalogue> {
  const name = catalogueName(provider);
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (load === undefined) return { provider, date: null, origin: "none", models: {} };
  // Written by scripts/build-catalogue.ts; test/models checks every file against the schema, so a run need not.
  const stored = (await load()).default as StoredProvider;
  return { provider, date: stored.date, origin: "shipped", models: stored.models };
}

/** Where the shipped catalogue comes from. */
export type CatalogueSources = { date: string; sources: { source: string; date: string; licence: string }[] };

/** Date, sources and licences of the shipped catalogue. */
export async function loadSources(): Promise<CatalogueSources> {
  return (await import("./data/sources.json", { with: { type: "json" } })).default;
}
