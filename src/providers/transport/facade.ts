/** What an SDK is shown in place of the platform's fetch types, so that touching those (35 ms) is never needed. */

/** The part of a response that the SDKs look at before they give it back raw. */
type SeenResponse = {
  ok: boolean;
  status: number;
  body: null;
  headers: { entries(): Iterable<[string, string]> };
};

const seen: SeenResponse = { ok: true, status: 200, body: null, headers: { entries: () => [] } };

/** Stands in for every response, so that an SDK neither reads a body nor makes an error of a status. */
export const accepted = seen as Response;

/** Headers as an SDK hands them to fetch, names in lower case. */
export function headerPairs(headers: RequestInit["headers"]): Iterable<[string, string]> {
  if (headers === undefined) return [];
  const pairs: Iterable<unknown> = Symbol.iterator in headers ? headers : Object.entries(headers);
  return Array.from(pairs, (pair): [string, string] => {
    const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
    return [String(name).toLowerCase(), String(value)];
  });
}
