/** What is there already, found without asking: keys in the environment, servers on this machine, keys of other agents. */
import type { Credentials } from "../../config/credentials.ts";
import type { Environment } from "../../config/paths.ts";
import { TauError } from "../../core/errors.ts";
import { connectionOf, findKey } from "../../providers/connection.ts";
import { type ListedModel, listModels } from "../../providers/list-models.ts";
import type { ProviderEntry } from "../../providers/provider.ts";
import { type ProvidersSettings, providerEntry, providers } from "../../providers/registry.ts";
import { makeFetch } from "../../providers/transport/fetch.ts";
import { isLoopback } from "../../providers/transport/proxy.ts";

/** A key that can be used as it is: named by where it stands, never shown. */
export type FoundKeyOf = { provider: ProviderEntry; source: string };
/** A server of models that answers on this machine. */
export type FoundServer = { provider: ProviderEntry; host: string; models: ListedModel[] };

/** How long a server on this machine may take to answer, in ms. */
const loopbackMs = 700;

/** Keys of the environment and of credentials.json, in the order of the providers. */
export function findKeys(
  env: Environment,
  credentials: Credentials,
  custom: ProvidersSettings,
): FoundKeyOf[] {
  return entries(custom).flatMap((provider) => {
    const key = findKey(provider, env, credentials);
    return key && !provider.local ? [{ provider, source: key.source }] : [];
  });
}

/**
 * The local servers that answer at their usual ports, or where the environment and the settings say they are; asked all
 * at once, and only on loopback.
 */
export async function findServers(
  env: Environment,
  credentials: Credentials,
  custom: ProvidersSettings,
): Promise<FoundServer[]> {
  const fetch = makeFetch({ env, connectMs: loopbackMs });
  const asked = entries(custom).map(async (provider): Promise<FoundServer[]> => {
    if (!provider.local) return [];
    const connection = connectionOrNull(provider, env, credentials);
    if (connection === null) return [];
    const { hostname, host } = new URL(connection.baseUrl);
    if (!isLoopback(hostname.replace(/^\[|\]$/g, ""))) return [];
    const signal = AbortSignal.timeout(loopbackMs);
    const listing = await listModels({ provider, connection, fetch, signal, redact: (text) => text });
    // Something else may listen at such a port; only a list of models is one of these servers.
    return "models" in listing ? [{ provider, host, models: listing.models }] : [];
  });
  return (await Promise.all(asked)).flat();
}

function entries(custom: ProvidersSettings): ProviderEntry[] {
  const ids = [...new Set([...providers.map(({ id }) => id), ...Object.keys(custom)])];
  return ids.map((id) => providerEntry(id, custom));
}

function connectionOrNull(provider: ProviderEntry, env: Environment, credentials: Credentials) {
  try {
    return connectionOf(provider, env, credentials);
  } catch (error) {
    if (error instanceof TauError) return null;
    throw error;
  }
}
