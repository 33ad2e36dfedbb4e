/** Every credential value Tau knows, in use or not: what may appear in no request, ledger, log or child (law "secrets"). */
import type { Credentials } from "../config/credentials.ts";
import type { Environment } from "../config/paths.ts";
import { ownValue } from "../core/own.ts";
import { type ProvidersSettings, providers } from "./registry.ts";
import { decoded, proxyVariables } from "./transport/proxy.ts";

/**
 * The keys of credentials.json, of every provider's variables and of those the settings name; headers of the settings
 * that carry a credential; and user names and passwords inside base and proxy URLs.
 */
export function knownSecrets(
  env: Environment,
  credentials: Credentials,
  settings: ProvidersSettings,
): string[] {
  const own = Object.values(settings).flatMap((entry) => entry ?? []);
  const keyVariables = [
    ...providers.flatMap(({ keys }) => keys.map(({ variable }) => variable)),
    ...own.flatMap(({ apiKeyEnv }) => apiKeyEnv ?? []),
  ];
  const urls = [
    ...[...providers.flatMap(({ baseUrlVariables }) => baseUrlVariables), ...proxyVariables].map(
      (variable) => env[variable],
    ),
    ...own.map(({ baseUrl }) => baseUrl),
  ];
  const found = [
    ...Object.values(credentials),
    ...keyVariables.map((variable) => ownValue(env, variable) ?? ""),
    ...own.flatMap(({ headers }) => Object.entries(headers ?? {}).flatMap(inHeader)),
    ...urls.flatMap((url) => (url === undefined ? [] : inUrl(url))),
  ];
  return [...new Set(found.map((value) => value.trim()))].filter((value) => !isPlaceholder(value));
}

/** What people give servers that want some key and check none; to black these words out would only do harm. */
const placeholders = new Set(["", "lm-studio", "not-needed", "no-key-required", "sk-no-key-required"]);

const isPlaceholder = (value: string): boolean => placeholders.has(value);

/** Names of headers that identify a program or a version, never a person. */
const publicHeader = /^(accept|content-|user-agent$|(http-)?referer$|x-title$|.*version$|.*-beta$)/;
/** Names of headers that are there to carry a credential. */
const secretHeader = /auth|key|token|secret|cookie|password|credential|session|signature/;

/** The credentials that headers and URLs of a server carry, and those of its environment. */
export function secretsOf({
  headers = {},
  env = {},
  url,
}: {
  headers?: { readonly [name: string]: string };
  env?: { readonly [name: string]: string };
  url?: string;
}): string[] {
  const found = [
    ...Object.entries(headers).flatMap(inHeader),
    ...Object.entries(env).flatMap(([name, value]) => (namesSecret(name) ? [value] : [])),
    ...(url === undefined ? [] : inUrl(url)),
  ];
  return [...new Set(found.map((value) => value.trim()))].filter((value) => !isPlaceholder(value));
}

/** Names of variables that are there to carry a credential; where to sign in, and as whom, is none. */
const secretVariable =
  /token|secret|password|passwd|credential|api_?key|access_?key|private_?key|_key$|^key$/i;

/** Whether a variable of that name is there to carry a credential. */
export const namesSecret = (name: string): boolean => secretVariable.test(name);

/** Whether a header of that name is. */
export const isSecretHeader = (name: string): boolean => secretHeader.test(name.toLowerCase());

/** A header's credentials: its value, and what of it follows the scheme (`Bearer x`) or the cookie's name. */
function inHeader([name, value]: [string, string]): string[] {
  const lower = name.toLowerCase();
  if (publicHeader.test(lower)) return [];
  if (lower.includes("cookie")) {
    return [value, ...value.split(/;\s*/).map((pair) => pair.slice(pair.indexOf("=") + 1))];
  }
  if (secretHeader.test(lower)) return [value, value.slice(value.lastIndexOf(" ") + 1)];
  // Of any other header a value with a digit in it may be an id somebody relies on; plain words are not.
  return /\d/.test(value) ? [value] : [];
}

/** User name, password and query values that grant access, as written and decoded; and the pair as it is sent. */
function inUrl(text: string): string[] {
  const [, userinfo = ""] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)@/i.exec(text.trim()) ?? [];
  const colon = userinfo.indexOf(":");
  const raw = colon === -1 ? userinfo : userinfo.slice(colon + 1);
  const pair =
    colon === -1 ? `${decoded(userinfo)}:` : `${decoded(userinfo.slice(0, colon))}:${decoded(raw)}`;
  const granting = [...text.matchAll(/[?&][^=&#]*(?:key|token|secret|sig|password)[^=&#]*=([^&#]+)/gi)];
  return [
    ...(userinfo === "" ? [] : [raw, decoded(raw), Buffer.from(pair).toString("base64")]),
    ...granting.flatMap(([, value = ""]) => [value, decoded(value)]),
  ];
}
