/** Other names the field uses for the same host. */
const sameHost: { [name: string]: string } = {
  gemini: "google",
  vertex: "google-vertex",
  bedrock: "amazon-bedrock",
  "x-ai": "xai",
  "fireworks-ai": "fireworks",
  togetherai: "together",
  moonshot: "moonshotai",
  "azure-openai": "azure",
};

/** The name the catalogue keeps a provider under. */
export function catalogueName(provider: string): string {
  return (Object.hasOwn(sameHost, provider) ? sameHost[provider] : undefined) ?? provider;
}
