/** What an entry gives its server and nobody else: kept out of everything that is recorded, sent or shown. */
import type { McpServerSettings } from "../../config/mcp-servers.ts";
import type { Environment } from "../../config/paths.ts";
import { isSecretHeader, namesSecret, secretsOf } from "../../providers/known-secrets.ts";
import { filledIn } from "./variables.ts";

/** The credential values of an entry, as far as its variables are set. */
export function serverSecrets(
  env: Environment,
  { headers = {}, env: given = {}, url }: McpServerSettings,
): string[] {
  const fill = (text: string): string => filledIn(text, env, () => "");
  const fillAll = (record: { readonly [name: string]: string }) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fill(value)]));
  return secretsOf({
    headers: fillAll(headers),
    env: fillAll(given),
    ...(url !== undefined && { url: fill(url) }),
  });
}

/** A header as it is shown: a credential that stands there in the open is not, a variable is by its name. */
export const shownHeader = (name: string, value: string): string =>
  isSecretHeader(name) ? withoutCredential(value) : value;

/** A variable as it is shown. */
export const shownVariable = (name: string, value: string): string =>
  namesSecret(name) ? withoutCredential(value) : value;

function withoutCredential(value: string): string {
  if (/\$\{[^}]+\}/.test(value)) return value;
  const [, scheme = ""] = /^([A-Za-z]+ )\S/.exec(value) ?? [];
  return `${scheme}…`;
}

/** A URL as it is shown. */
export const shownUrl = (url: string): string =>
  url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1…@")
    .replace(/([?&][^=&#]*(?:key|token|secret|sig|password)[^=&#]*=)(?!\$\{)[^&#]+/gi, "$1…");
