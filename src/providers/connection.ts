/** Where a provider is and what opens it, from the environment and the credentials file. */
import type { Credentials } from "../config/credentials.ts";
import type { Environment } from "../config/paths.ts";
import { TauError } from "../core/errors.ts";
import type { AuthStyle, ProviderEntry } from "./provider.ts";

/** A provider ready to be asked. Never logged: it holds the key. */
export type Connection = {
  /** No trailing slash. */
  baseUrl: string;
  /** Authentication and the provider's own headers; names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Azure's `api-version`, where an old-style one is asked for. */
  apiVersion: string | null;
  /** Values that may never be written anywhere (recordings, logs). */
  secrets: readonly string[];
};

/** Where a key was found; `tau doctor` shows it. */
export type FoundKey = { value: string; source: string; auth: AuthStyle };

/** The provider's key: from its environment variables, else from the credentials file. */
export function findKey(entry: ProviderEntry, env: Environment, credentials: Credentials): FoundKey | null {
  for (const { variable, auth } of entry.keys) {
    const value = env[variable]?.trim();
    if (value) return { value, source: variable, auth: auth ?? entry.auth };
  }
  const stored = credentials[entry.id];
  return stored ? { value: stored, source: "credentials.json", auth: entry.auth } : null;
}

/**
 * Finds address and key of a provider. The key goes to this address and nowhere else; a variable or setting that
 * moves the address is the user's word.
 * @throws TauError `auth` when a needed key is missing, `config` when the address is missing or no http(s) URL
 */
export function connectionOf(entry: ProviderEntry, env: Environment, credentials: Credentials): Connection {
  const apiVersion = entry.auth === "api-key" ? azureVersion(env) : null;
  const baseUrl = baseUrlOf(entry, env, apiVersion);
  const key = findKey(entry, env, credentials);
  if (key === null && entry.keyRequired) {
    const names = entry.keys.map(({ variable }) => variable).join(" or ");
    throw new TauError("auth", `no key for ${entry.id}`, `set ${names}`);
  }
  const headers: Record<string, string> = { ...entry.headers };
  for (const [name, variable] of Object.entries(entry.headerVariables)) {
    const value = env[variable];
    if (value) headers[name] = value;
  }
  return {
    baseUrl,
    headers: { ...headers, ...(key !== null && authHeader(key)) },
    apiVersion,
    secrets: key === null ? [] : [key.value],
  };
}

function authHeader(key: FoundKey): Record<string, string> {
  switch (key.auth) {
    case "bearer":
      return { authorization: `Bearer ${key.value}` };
    case "none":
      return {};
    default:
      return { [key.auth]: key.value };
  }
}

function baseUrlOf(entry: ProviderEntry, env: Environment, apiVersion: string | null): string {
  const variable = entry.baseUrlVariables.find((name) => env[name]?.trim());
  const written = variable === undefined ? entry.baseUrl : (env[variable]?.trim() ?? "");
  const from = variable ?? `providers.${entry.id}.baseUrl`;
  if (written === "") {
    throw new TauError(
      "config",
      `${entry.name} has no address`,
      `set ${entry.baseUrlVariables.join(" or ")}`,
    );
  }
  const url = urlOf(variable === "OLLAMA_HOST" ? ollamaUrl(written) : written);
  if (url === null) {
    throw new TauError("config", `${from} is not an http or https URL: ${written}`, `correct ${from}`);
  }
  const path = url.pathname.replace(/\/+$/, "");
  if (path !== "" || entry.auth !== "api-key") return url.origin + path;
  // AZURE_OPENAI_ENDPOINT names the resource only: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
  return url.origin + (apiVersion === null ? "/openai/v1" : "/openai");
}

function urlOf(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}

/**
 * OLLAMA_HOST is also what the server listens on: `host`, `host:port`, `:port`, a bind-all address, or a URL, and
 * never the path of the compatible API. Source: https://docs.ollama.com/faq
 */
function ollamaUrl(host: string): string {
  const withScheme = host.includes("://") ? host : `http://${host.startsWith(":") ? "127.0.0.1" : ""}${host}`;
  if (!URL.canParse(withScheme)) return host;
  const url = new URL(withScheme);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  if (url.port === "" && !host.includes("://")) url.port = "11434";
  if (!url.pathname.endsWith("/v1")) url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1`;
  return url.href;
}

/** The dated API version, when one is asked for; `v1` routes need none. */
function azureVersion(env: Environment): string | null {
  const version = env.AZURE_OPENAI_API_VERSION || env.OPENAI_API_VERSION || "";
  return /^\d{4}-\d{2}-\d{2}/.test(version) ? version : null;
}
