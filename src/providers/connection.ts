/** Where a provider is and what opens it, from the environment and the credentials file. */
import type { Credentials } from "../config/credentials.ts";
import type { Environment } from "../config/paths.ts";
import { TauError } from "../core/errors.ts";
import { ownValue } from "../core/own.ts";
import type { AuthStyle, ProviderEntry } from "./provider.ts";
import { isLoopback } from "./transport/proxy.ts";

/** A provider ready to be asked. Never logged: it holds the key. */
export type Connection = {
  /** No trailing slash. */
  baseUrl: string;
  /** Authentication and the provider's own headers; names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Azure's `api-version`, where an old-style one is asked for. */
  apiVersion: string | null;
  /** What the user should know of it before it is used; one sentence each. */
  warnings: readonly string[];
};

/** Where a key was found; `tau doctor` shows it. */
export type FoundKey = { value: string; source: string; auth: AuthStyle };

/**
 * The provider's key: from its environment variables, else from the credentials file. Blanks and line breaks around it
 * (`$(cat key.txt)`) are no part of it.
 */
export function findKey(entry: ProviderEntry, env: Environment, credentials: Credentials): FoundKey | null {
  for (const { variable, auth } of entry.keys) {
    const value = ownValue(env, variable)?.trim();
    if (value) return { value, source: variable, auth: auth ?? entry.auth };
  }
  const stored = ownValue(credentials, entry.id)?.trim();
  return stored ? { value: stored, source: "credentials.json", auth: entry.auth } : null;
}

/** Why a found key cannot be sent; null when it can. Never shows it. */
export function keyProblem({ value, source }: FoundKey): string | null {
  return isHeaderValue(value)
    ? null
    : `the key in ${source} holds a line break or another character that no header may carry`;
}

/** What a header may carry (RFC 9110 5.5), but for the tab: in a key or a name it can only be a slip. */
const isHeaderValue = (text: string): boolean => /^[\x20-\x7e\x80-\xff]*$/.test(text);

/**
 * Finds address and key of a provider. The key goes to this address and nowhere else; a variable or setting that
 * moves the address is the user's word.
 * @throws TauError `auth` when a needed key is missing or cannot be sent, `config` when the address is missing or no
 * http(s) URL, or a header cannot be sent
 */
export function connectionOf(entry: ProviderEntry, env: Environment, credentials: Credentials): Connection {
  const apiVersion = entry.auth === "api-key" ? azureVersion(env) : null;
  const baseUrl = baseUrlOf(entry, env, apiVersion);
  const key = findKey(entry, env, credentials);
  if (key === null && entry.keyRequired) {
    const names = entry.keys.map(({ variable }) => variable).join(" or ");
    throw new TauError("auth", `no key for ${entry.id}`, `tau auth login ${entry.id}, or set ${names}`);
  }
  const problem = key && keyProblem(key);
  if (problem) throw new TauError("auth", problem, `set the key of ${entry.id} anew, on one line`);
  const headers: Record<string, string> = { ...entry.headers };
  for (const [name, variable] of Object.entries(entry.headerVariables)) {
    const value = env[variable]?.trim();
    if (!value) continue;
    if (!isHeaderValue(value)) {
      throw new TauError("config", `${variable} holds a character that no header may carry`, `set it anew`);
    }
    headers[name] = value;
  }
  return {
    baseUrl,
    headers: { ...headers, ...(key !== null && authHeader(key)) },
    apiVersion,
    warnings: key === null ? [] : plainTextWarning(entry, baseUrl),
  };
}

/** Within this machine nobody listens; beyond it a key in plain http is anybody's on the way. */
function plainTextWarning(entry: ProviderEntry, baseUrl: string): string[] {
  const { protocol, hostname, host } = new URL(baseUrl);
  if (protocol === "https:" || isLoopback(hostname.replace(/^\[|\]$/g, ""))) return [];
  return [`The key of ${entry.id} goes to ${host} unencrypted: its address begins with http://.`];
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
    throw new TauError("config", `${from} is not an http or https URL: ${shown(written)}`, `correct ${from}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TauError(
      "config",
      `${from} has a user name or password in it, which is not sent`,
      `take it out, and set providers.${entry.id}.headers.authorization in config.json if the host needs it`,
    );
  }
  const path = url.pathname.replace(/\/+$/, "");
  if (path !== "" || entry.auth !== "api-key") return url.origin + path;
  // AZURE_OPENAI_ENDPOINT names the resource only: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
  return url.origin + (apiVersion === null ? "/openai/v1" : "/openai");
}

/** An address as an error may show it: without what may be a password. */
function shown(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, "$1…@").replace(/\?.*$/s, "?…");
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
