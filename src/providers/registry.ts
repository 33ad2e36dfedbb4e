/** The providers Tau knows, as data, and how a model name finds one. */
import type { ProviderSettings } from "../config/settings.ts";
import { TauError } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import { ownValue } from "../core/own.ts";
import {
  hostedTimeouts,
  localTimeouts,
  type ProviderEntry,
  silentThinkerTimeouts,
  type Timeouts,
} from "./provider.ts";
import { isLoopback } from "./transport/proxy.ts";

/** What most entries have in common: an OpenAI-compatible host with a bearer key. */
const compatible = {
  dialect: "chat-completions",
  auth: "bearer",
  keyRequired: true,
  local: false,
  headers: {},
  headerVariables: {},
  fields: {},
  timeouts: silentThinkerTimeouts,
} as const;

/** A server on this machine. */
const ownMachine = { ...compatible, keyRequired: false, local: true, timeouts: localTimeouts } as const;

/** Every built-in provider, in the order people are shown them. */
export const providers: readonly ProviderEntry[] = [
  {
    // https://platform.claude.com/docs/en/api/overview
    ...compatible,
    id: "anthropic",
    name: "Anthropic",
    dialect: "messages",
    baseUrl: "https://api.anthropic.com",
    keys: [{ variable: "ANTHROPIC_API_KEY" }, { variable: "ANTHROPIC_AUTH_TOKEN", auth: "bearer" }],
    baseUrlVariables: ["ANTHROPIC_BASE_URL"],
    auth: "x-api-key",
    // The version whose traffic the codec was checked against, and the only one most compatible hosts know.
    headers: { "anthropic-version": "2023-06-01" },
    compat: "anthropic",
    timeouts: hostedTimeouts,
  },
  {
    // https://platform.openai.com/docs/api-reference/authentication
    ...compatible,
    id: "openai",
    name: "OpenAI",
    dialect: "responses",
    baseUrl: "https://api.openai.com/v1",
    keys: [{ variable: "OPENAI_API_KEY" }],
    baseUrlVariables: ["OPENAI_BASE_URL"],
    headerVariables: { "openai-organization": "OPENAI_ORG_ID", "openai-project": "OPENAI_PROJECT_ID" },
    compat: "openai",
  },
  {
    // https://ai.google.dev/api
    ...compatible,
    id: "google",
    name: "Google Gemini",
    dialect: "generate-content",
    baseUrl: "https://generativelanguage.googleapis.com",
    keys: [{ variable: "GEMINI_API_KEY" }, { variable: "GOOGLE_API_KEY" }],
    baseUrlVariables: ["GOOGLE_GEMINI_BASE_URL"],
    auth: "x-goog-api-key",
    compat: "google",
  },
  {
    // https://openrouter.ai/docs/api-reference/overview; its own cost comes with `usage.include`
    ...compatible,
    id: "openrouter",
    name: "OpenRouter",
    baseUrl: "https://openrouter.ai/api/v1",
    keys: [{ variable: "OPENROUTER_API_KEY" }],
    baseUrlVariables: ["OPENROUTER_BASE_URL"],
    headers: { "http-referer": "https://www.npmjs.com/package/tau-agent", "x-title": "Tau" },
    compat: "openrouter",
    fields: { usage: { include: true } },
  },
  {
    // https://api-docs.deepseek.com
    ...compatible,
    id: "deepseek",
    name: "DeepSeek",
    baseUrl: "https://api.deepseek.com",
    keys: [{ variable: "DEEPSEEK_API_KEY" }],
    baseUrlVariables: ["DEEPSEEK_BASE_URL"],
    compat: "deepseek",
  },
  {
    // https://console.groq.com/docs/openai
    ...compatible,
    id: "groq",
    name: "Groq",
    baseUrl: "https://api.groq.com/openai/v1",
    keys: [{ variable: "GROQ_API_KEY" }],
    baseUrlVariables: ["GROQ_BASE_URL"],
    compat: "groq",
    timeouts: hostedTimeouts,
  },
  {
    // https://docs.x.ai/docs/api-reference
    ...compatible,
    id: "xai",
    name: "xAI",
    baseUrl: "https://api.x.ai/v1",
    keys: [{ variable: "XAI_API_KEY" }],
    baseUrlVariables: ["XAI_BASE_URL"],
    compat: "xai",
  },
  {
    // https://docs.mistral.ai/api
    ...compatible,
    id: "mistral",
    name: "Mistral",
    baseUrl: "https://api.mistral.ai/v1",
    keys: [{ variable: "MISTRAL_API_KEY" }],
    baseUrlVariables: ["MISTRAL_BASE_URL"],
    compat: "mistral",
    timeouts: hostedTimeouts,
  },
  {
    // https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle; the model is the deployment's name
    ...compatible,
    id: "azure",
    name: "Azure OpenAI",
    baseUrl: "",
    keys: [{ variable: "AZURE_OPENAI_API_KEY" }],
    baseUrlVariables: ["AZURE_OPENAI_ENDPOINT"],
    auth: "api-key",
    compat: "azure",
  },
  {
    // https://docs.ollama.com/api/openai-compatibility
    ...ownMachine,
    id: "ollama",
    name: "Ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    keys: [{ variable: "OLLAMA_API_KEY" }],
    baseUrlVariables: ["OLLAMA_HOST"],
    compat: "ollama",
  },
  {
    // https://lmstudio.ai/docs/developer/openai-compat
    ...ownMachine,
    id: "lmstudio",
    name: "LM Studio",
    baseUrl: "http://127.0.0.1:1234/v1",
    keys: [{ variable: "LMSTUDIO_API_KEY" }],
    baseUrlVariables: ["LMSTUDIO_BASE_URL"],
    compat: "lmstudio",
  },
  {
    // https://github.com/ggml-org/llama.cpp/tree/master/tools/server
    ...ownMachine,
    id: "llamacpp",
    name: "llama.cpp",
    baseUrl: "http://127.0.0.1:8080/v1",
    keys: [{ variable: "LLAMA_API_KEY" }],
    baseUrlVariables: ["LLAMACPP_BASE_URL"],
    compat: "llamacpp",
  },
  {
    // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
    ...ownMachine,
    id: "vllm",
    name: "vLLM",
    baseUrl: "http://127.0.0.1:8000/v1",
    keys: [{ variable: "VLLM_API_KEY" }],
    baseUrlVariables: ["VLLM_BASE_URL"],
    compat: "vllm",
  },
];

/** The settings' `providers`, by id. */
export type ProvidersSettings = Readonly<Record<string, ProviderSettings | undefined>>;

/** A model and who serves it. `model` is the upstream's own name, slashes and all. */
export type ResolvedModel = { provider: ProviderEntry; model: string };

/**
 * Finds the provider of `provider/model`: the first slash divides, so that `openrouter/anthropic/claude-opus-5`
 * asks OpenRouter for `anthropic/claude-opus-5`.
 * @throws TauError `usage` when the name has no provider, `config` when nobody knows it or its settings are incomplete
 */
export function resolveModel(name: string, settings: ProvidersSettings): ResolvedModel {
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) {
    throw new TauError(
      "usage",
      `"${name}" is not a model name`,
      "write provider/model, such as openai/gpt-5",
    );
  }
  return { provider: providerEntry(name.slice(0, slash), settings), model: name.slice(slash + 1) };
}

/**
 * The entry of a provider with the user's settings laid over it; a host Tau does not know needs `dialect` and
 * `baseUrl` there.
 * @throws TauError `config` for an unknown id, with the nearest known ones, and for an incomplete entry
 */
export function providerEntry(id: string, settings: ProvidersSettings): ProviderEntry {
  const own = ownValue(settings, id);
  const known = providers.find((entry) => entry.id === id);
  const base = known ?? (own === undefined ? undefined : customEntry(id, own));
  if (base === undefined) {
    const ids = [...new Set([...providers.map((entry) => entry.id), ...Object.keys(settings), "demo"])];
    const near = nearestNames(id, ids);
    throw new TauError(
      "config",
      `there is no provider "${id}"`,
      `${near.length > 0 ? `did you mean ${near.join(" or ")}? ` : ""}Known are ${ids.join(", ")}; any other host is set under providers in config.json`,
    );
  }
  if (own === undefined) return base;
  return {
    ...base,
    dialect: own.dialect ?? base.dialect,
    baseUrl: own.baseUrl ?? base.baseUrl,
    // What the user wrote in the settings is nearer than a variable some other tool asked for.
    baseUrlVariables: own.baseUrl === undefined ? base.baseUrlVariables : [],
    keys: own.apiKeyEnv === undefined ? base.keys : [{ variable: own.apiKeyEnv }],
    keyRequired: base.keyRequired || own.apiKeyEnv !== undefined,
    headers: { ...base.headers, ...lowerCased(own.headers ?? {}) },
    compat: own.compat ?? base.compat,
    fields: { ...base.fields, ...own.options },
    timeouts:
      own.idleTimeoutSeconds === undefined ? base.timeouts : patient(base.timeouts, own.idleTimeoutSeconds),
  };
}

function patient(timeouts: Timeouts, idleSeconds: number): Timeouts {
  const idleMs = idleSeconds * 1_000;
  return { ...timeouts, idleMs, firstByteMs: Math.max(timeouts.firstByteMs, idleMs) };
}

function customEntry(id: string, own: ProviderSettings): ProviderEntry {
  if (own.baseUrl === undefined || own.dialect === undefined) {
    const missing = own.baseUrl === undefined ? "baseUrl" : "dialect";
    throw new TauError("config", `provider "${id}" has no ${missing}`, `set providers.${id}.${missing}`);
  }
  const like = providers.find((entry) => entry.dialect === own.dialect);
  return {
    ...compatible,
    id,
    name: id,
    dialect: own.dialect,
    baseUrl: own.baseUrl,
    keys: [],
    baseUrlVariables: [],
    auth: like?.auth ?? "bearer",
    keyRequired: false,
    ...(isLoopback(new URL(own.baseUrl).hostname) && { local: true, timeouts: localTimeouts }),
    headers: own.dialect === "messages" ? (like?.headers ?? {}) : {},
    compat: "openai-compatible",
  };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
