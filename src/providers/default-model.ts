/** Which model runs when nobody named one: that of the first provider whose key is there. */
import type { Credentials } from "../config/credentials.ts";
import type { Environment } from "../config/paths.ts";
import { findKey } from "./connection.ts";
import { type ProvidersSettings, providerEntry } from "./registry.ts";

/**
 * By provider, in order of preference: each vendor's general model for coding of the middle price class, so that a
 * first task does not surprise by its bill. As of 2026-11-24.
 */
const defaults: readonly { provider: string; model: string }[] = [
  { provider: "anthropic", model: "claude-sonnet-5-5" },
  { provider: "openai", model: "gpt-6.1-sol" },
  { provider: "google", model: "gemini-pro-latest" },
  { provider: "openrouter", model: "anthropic/claude-sonnet-5.5" },
  { provider: "deepseek", model: "deepseek-v4-pro" },
  { provider: "xai", model: "grok-4.7" },
  { provider: "mistral", model: "mistral-large-latest" },
  { provider: "groq", model: "openai/gpt-oss-120b" },
];

/** `provider/model` of the first provider that has a key; null when there is none. */
export function defaultModel(
  env: Environment,
  credentials: Credentials,
  settings: ProvidersSettings,
): string | null {
  const found = defaults.find(
    ({ provider }) => findKey(providerEntry(provider, settings), env, credentials) !== null,
  );
  return found ? `${found.provider}/${found.model}` : null;
}

/** The upstream's name of the model Tau would take of a provider; null where it has no choice of its own. */
export const preferredModel = (provider: string): string | null =>
  defaults.find((one) => one.provider === provider)?.model ?? null;
