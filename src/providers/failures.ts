/** The network's failures in the vocabulary of model errors. */
import { messageOf } from "../core/errors.ts";
import type { ModelError } from "../core/model.ts";
import { ownValue } from "../core/own.ts";
import type { ProviderEntry } from "./provider.ts";
import { NetworkFailure } from "./transport/failure.ts";

const sentences: { readonly [code: string]: string } = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host is unreachable",
  ENETUNREACH: "the network is unreachable",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate chain is self-signed (set NODE_EXTRA_CA_CERTS to the CA's file)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate cannot be verified (set NODE_EXTRA_CA_CERTS to the CA's file)",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate cannot be verified (set NODE_EXTRA_CA_CERTS to the CA's file)",
};

/** What a failed exchange was, as an error event's content. */
export function networkError(error: unknown, entry: ProviderEntry, baseUrl: string): ModelError {
  const host = new URL(baseUrl).host;
  const code = error instanceof NetworkFailure ? error.code : "";
  if (code === "ETIMEDOUT")
    return { code: "timeout", message: `${host} could not be reached: ${messageOf(error)}` };
  const known = ownValue(sentences, code);
  const why = known === undefined ? messageOf(error) : `${known} (${code})`;
  const hint = entry.local && code === "ECONNREFUSED" ? `; is ${entry.name} running?` : "";
  return { code: "network", message: `${host}: ${why}${hint}` };
}

/** A redirect is not followed: the new place was never told to hold the key. */
export function redirectError(status: number, location: string | undefined, baseUrl: string): ModelError {
  const target =
    location !== undefined && URL.canParse(location, baseUrl) ? new URL(location, baseUrl).origin : null;
  const place = target === null ? "elsewhere" : `to ${target}`;
  return {
    code: "invalid_request",
    status,
    message: `${new URL(baseUrl).host} redirects ${place}; the key is not sent there: set the base URL to the new address`,
  };
}
