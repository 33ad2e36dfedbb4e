/** The providers the catalogue ships, and what each source calls them. */
export type ProviderSources = {
  /** Tau's provider id: the data file's name. */
  id: string;
  modelsDev: string[];
  piAi: string[];
  /** Provider ids of genai-prices, tried in order. */
  genaiPrices: string[];
};

const one = (id: string, others: Partial<Omit<ProviderSources, "id">> = {}): ProviderSources => ({
  id,
  modelsDev: [id],
  piAi: [id],
  genaiPrices: [id],
  ...others,
});

export const providers: readonly ProviderSources[] = [
  one("anthropic"),
  one("openai"),
  one("google"),
  one("google-vertex", {
    modelsDev: ["google-vertex", "google-vertex-anthropic"],
    genaiPrices: ["google"],
  }),
  one("openrouter"),
  one("deepseek"),
  one("groq"),
  one("xai", { genaiPrices: ["x-ai"] }),
  one("mistral"),
  one("azure", { modelsDev: ["azure", "azure-cognitive-services"] }),
  one("amazon-bedrock", { genaiPrices: ["aws"] }),
  one("cerebras"),
  one("fireworks", { modelsDev: ["fireworks-ai"] }),
  one("together", { modelsDev: ["togetherai"] }),
  one("moonshotai"),
  one("zai"),
  one("alibaba", { piAi: [], genaiPrices: [] }),
  one("minimax"),
  one("perplexity", { piAi: [] }),
  one("deepinfra", { piAi: [], genaiPrices: [] }),
  one("huggingface", { genaiPrices: [] }),
  one("nvidia", { genaiPrices: [] }),
  one("baseten", { modelsDev: [] }),
  one("github-copilot"),
  one("ollama-cloud", { piAi: [], genaiPrices: [] }),
  one("opencode", { genaiPrices: [] }),
  one("vercel", { piAi: ["vercel-ai-gateway"], genaiPrices: [] }),
];
