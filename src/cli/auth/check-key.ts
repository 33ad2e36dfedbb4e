/** Whether a key works, asked of its provider, and what to say when it does not. */
import type { Credentials } from "../../config/credentials.ts";
import { type ExitReason, TauError } from "../../core/errors.ts";
import type { ModelError, ModelErrorCode } from "../../core/model.ts";
import { redactor } from "../../policy/redactor.ts";
import { connectionOf } from "../../providers/connection.ts";
import { type ListedModel, listModels } from "../../providers/list-models.ts";
import type { ProviderEntry } from "../../providers/provider.ts";
import { makeFetch } from "../../providers/transport/fetch.ts";

/** What came of it. `valid`: the provider knows the key, whatever else is wrong. */
export type KeyCheck =
  | { ok: true; models: ListedModel[] }
  | { ok: false; valid: boolean; reason: ExitReason; message: string; hint: string };

/** Ms after which a person is asked whether to go on without the answer. */
export const checkMs = 8_000;

/** What each failure means for a key, and what to do about it. */
const meanings: { readonly [code in ModelErrorCode]?: { reason: ExitReason; hint: string; valid?: true } } = {
  auth: { reason: "auth", hint: "copy the key again from the provider's page; is it of this provider?" },
  quota: {
    reason: "rate_limited",
    hint: "the key is right, but its account has no credit: add some on the provider's page",
    valid: true,
  },
  rate_limited: {
    reason: "rate_limited",
    hint: "the key is right, but its rate limit is reached: try again in a minute",
    valid: true,
  },
  network: { reason: "unavailable", hint: "check the network, a proxy (HTTPS_PROXY), or the address" },
  timeout: { reason: "unavailable", hint: "the network or the provider is slow: try again" },
  aborted: { reason: "interrupted", hint: "nothing was checked" },
};

/** Asks the provider for its models with the key, which is in `credentials` or the environment. */
export async function checkKey(
  provider: ProviderEntry,
  credentials: Credentials,
  signal: AbortSignal = AbortSignal.timeout(checkMs),
): Promise<KeyCheck> {
  const key = credentials[provider.id];
  try {
    // A key that was just typed is the one in question, whatever the environment holds.
    const env = key === undefined ? process.env : withoutKeys(provider);
    const connection = connectionOf(provider, env, credentials);
    const secrets = [
      ...(key ? [key] : []),
      ...provider.keys.flatMap(({ variable }) => process.env[variable] ?? []),
    ];
    const listing = await listModels({
      provider,
      connection,
      fetch: makeFetch({ env: process.env, connectMs: checkMs }),
      signal,
      redact: redactor(secrets.filter((secret) => secret.length > 0)).text,
    });
    return "models" in listing
      ? { ok: true, models: listing.models }
      : failed(listing.error, connection.baseUrl);
  } catch (error) {
    if (!(error instanceof TauError)) throw error;
    return { ok: false, valid: false, reason: error.reason, message: error.message, hint: error.hint ?? "" };
  }
}

function withoutKeys({ keys }: ProviderEntry): NodeJS.ProcessEnv {
  const names = keys.map(({ variable }) => variable);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)));
}

function failed(error: ModelError, baseUrl: string): KeyCheck {
  const { reason, hint, valid } = meanings[error.code] ?? {
    reason: "unavailable" as const,
    hint: "the provider may have trouble, or the address is another's",
  };
  const head = { auth: "the key was rejected", quota: "no credit", rate_limited: "rate limited" };
  const what = error.code in head ? `${head[error.code as keyof typeof head]}: ` : "";
  const status = error.status === undefined ? "" : ` (HTTP ${error.status})`;
  return {
    ok: false,
    valid: valid ?? false,
    reason,
    message: `${what}${error.message}${status}, asked at ${baseUrl}`,
    hint,
  };
}
