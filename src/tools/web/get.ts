/** One GET over the network, with every hop's address checked, and bounds on time, size and redirects. */
import type { LookupAddress } from "node:dns";
import type { IncomingMessage, RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import { messageOf, systemCode } from "../../core/errors.ts";
import { refuse } from "../outcome.ts";
import { type AddressPolicy, publicOnly } from "./address.ts";

/** Longest time for the whole fetch, redirects included. */
export const fetchTimeoutMs = 20_000;
/** Most bytes of a body that are read, after decompression. */
export const maxBodyBytes = 2 * 1024 * 1024;
/** Most redirects that are followed. */
export const maxRedirects = 5;

/** The network as a fetch sees it; tests put their own in place. */
export type Network = {
  /** All addresses of a host name. */
  resolve(host: string): Promise<LookupAddress[]>;
  addressPolicy(): Promise<AddressPolicy>;
  /**
   * What of node:http's request options leads a request through the URL's proxy; null when it has none.
   * @throws TauError when the proxy is of a kind that is not supported
   */
  proxied(url: URL): RequestOptions | null;
};

/** The machine's resolver, public addresses only, and the proxies the environment names. */
export function publicNetwork(proxied: Network["proxied"]): Network {
  return {
    async resolve(host) {
      const { lookup } = await import("node:dns/promises");
      return lookup(host, { all: true });
    },
    addressPolicy: publicOnly,
    proxied,
  };
}

/** What a fetch may do. */
export type GetOptions = {
  network: Network;
  /** Hosts that may be fetched over plain http, by the user's settings; all others are asked over https. */
  httpHosts: readonly string[];
  signal: AbortSignal;
  /** Told of each host as a request leaves for it. */
  contacted(host: string): void;
};

/** What came back. */
export type Page = {
  /** Where it came from in the end. */
  url: URL;
  status: number;
  /** Lower case, without parameters. */
  mediaType: string;
  charset: string | null;
  body: Buffer;
  /** The body went on beyond `maxBodyBytes`. */
  cut: boolean;
};

/** A fetch ends in a page, or in a redirect to another host, which needs permission of its own. */
export type GetResult = { kind: "page"; page: Page } | { kind: "elsewhere"; location: URL };

/** The URL that will really be asked for. @throws TauError when it is none that may be. */
export function fetchableUrl(text: string, httpHosts: readonly string[]): URL {
  if (!URL.canParse(text))
    throw refuse(`${JSON.stringify(text)} is not a URL.`, "Give an absolute https URL.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw refuse(`${url.protocol} URLs cannot be fetched.`, "Give an https URL.");
  if (url.username !== "" || url.password !== "") throw refuse("A URL with a password in it is not fetched.");
  if (url.protocol === "http:" && !httpHosts.includes(url.hostname)) {
    if (url.port !== "")
      throw refuse(`${url.hostname} may not be fetched over plain http.`, "Give an https URL.");
    url.protocol = "https:";
  }
  url.hash = "";
  return url;
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, "");
}

/**
 * Fetches a URL. Every hop is resolved here, each of its addresses checked, and the connection made to a checked one,
 * so that a name that changes its mind between check and use gains nothing. Behind a proxy it is the proxy that
 * resolves: what can be known here is checked all the same (see `resolvedBehindProxy`), the rest is the proxy's to refuse.
 * @throws TauError saying what stood in the way; the signal's reason when it fired.
 */
export async function get(start: string, options: GetOptions): Promise<GetResult> {
  const deadline = AbortSignal.timeout(fetchTimeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  const policy = await options.network.addressPolicy();
  let url = fetchableUrl(start, options.httpHosts);
  const host = url.hostname;
  try {
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      const route = options.network.proxied(url);
      const addresses = await checkedAddresses(url, options.network, policy, signal, route !== null);
      options.contacted(url.host);
      const response = await request(url, route ?? pinnedTo(addresses), signal);
      const location = redirectOf(response, url);
      if (location === null) return { kind: "page", page: await pageOf(response, url) };
      response.destroy();
      if (!URL.canParse(location, url.href))
        throw refuse(`${url.href} redirects to something that is no URL.`);
      url = fetchableUrl(new URL(location, url).href, options.httpHosts);
      if (withoutWww(url.hostname) !== withoutWww(host)) return { kind: "elsewhere", location: url };
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (deadline.aborted) throw refuse(`${url.href} did not answer within ${fetchTimeoutMs / 1000} s.`);
    throw error;
  }
  throw refuse(`${start} redirects more than ${maxRedirects} times.`);
}

function redirectOf(response: IncomingMessage, url: URL): string | null {
  const status = response.statusCode ?? 0;
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const { location } = response.headers;
  if (location === undefined) throw refuse(`${url.href} redirects without saying where.`);
  return location;
}

/** All addresses of the URL's host. One that is refused refuses the host: a mixed answer is a trick or a mistake. */
async function checkedAddresses(
  url: URL,
  network: Network,
  policy: AddressPolicy,
  signal: AbortSignal,
  behindProxy: boolean,
): Promise<LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { isIP } = await import("node:net");
  const family = isIP(host);
  const lookup = behindProxy ? resolvedBehindProxy : resolved;
  const found = family === 0 ? await abortable(lookup(host, network), signal) : [{ address: host, family }];
  for (const { address } of found) {
    const why = policy(address);
    if (why !== null)
      throw refuse(`${url.hostname} cannot be fetched: ${why}.`, "Only public hosts can be fetched.");
  }
  return found;
}

/** Names that mean a host inside by themselves: no dot in them, or a top level that the public DNS does not have. */
const insideName = /^[^.]+$|\.(local|localhost|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** How long a name is looked up here when it is the proxy that will resolve it. */
const lookupBehindProxyMs = 1_500;

/**
 * What this machine knows of a name that a proxy will resolve: often nothing, as many such networks resolve no outside
 * names at all. Names of hosts inside are refused, for the proxy stands inside too.
 */
async function resolvedBehindProxy(host: string, network: Network): Promise<LookupAddress[]> {
  const name = host.replace(/\.$/, "");
  if (insideName.test(name))
    throw refuse(`${name} names a host inside this network.`, "Only public hosts can be fetched.");
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LookupAddress[]>((resolve) => {
    timer = setTimeout(() => resolve([]), lookupBehindProxyMs);
  });
  const known = network.resolve(name).catch(() => []);
  return Promise.race([known, late]).finally(() => clearTimeout(timer));
}

async function resolved(host: string, network: Network): Promise<LookupAddress[]> {
  try {
    const found = await network.resolve(host);
    if (found.length > 0) return found;
  } catch (error) {
    throw refuse(`The name ${host} cannot be resolved (${systemCode(error) ?? messageOf(error)}).`);
  }
  throw refuse(`The name ${host} has no address.`);
}

/** The system's resolver cannot be interrupted; its answer can be left unheard. */
function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** A connection of its own to a checked address: a kept one was made for someone else's name or check. */
function pinnedTo(addresses: LookupAddress[]): RequestOptions {
  const lookup: LookupFunction = (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
  return { lookup, agent: false };
}

async function request(url: URL, route: RequestOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {
    ...route,
    method: "GET",
    signal,
    headers: {
      ...route.headers,
      accept: "text/html,text/markdown,text/plain,application/json;q=0.9,*/*;q=0.5",
      "accept-encoding": "gzip, br, deflate",
      "user-agent": "Mozilla/5.0 (compatible; tau-agent)",
    },
  };
  const { request: send } =
    (route.protocol ?? url.protocol) === "https:" ? await import("node:https") : await import("node:http");
  return new Promise((resolve, reject) => {
    const outgoing = send(url, options, resolve);
    outgoing.on("error", (error) =>
      reject(signal.aborted ? error : refuse(`${url.href} cannot be reached: ${messageOf(error)}.`)),
    );
    outgoing.end();
  });
}

async function pageOf(response: IncomingMessage, url: URL): Promise<Page> {
  const [type = "", ...parameters] = (response.headers["content-type"] ?? "").split(";");
  const charset = /charset="?([\w-]+)/i.exec(parameters.join(";"))?.[1]?.toLowerCase() ?? null;
  const { body, cut } = await readBody(response, url);
  return { url, status: response.statusCode ?? 0, mediaType: type.trim().toLowerCase(), charset, body, cut };
}

async function readBody(response: IncomingMessage, url: URL): Promise<{ body: Buffer; cut: boolean }> {
  const stream = await decoded(response);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBodyBytes) break;
    }
  } catch (error) {
    // Half a page is still worth reading; nothing at all is not.
    if (size === 0) throw refuse(`${url.href} broke off: ${messageOf(error)}.`);
    return { body: Buffer.concat(chunks).subarray(0, maxBodyBytes), cut: true };
  } finally {
    response.destroy();
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBodyBytes), cut: size > maxBodyBytes };
}

async function decoded(response: IncomingMessage): Promise<NodeJS.ReadableStream> {
  const encoding = response.headers["content-encoding"]?.toLowerCase();
  if (encoding === undefined || encoding === "identity") return response;
  const zlib = await import("node:zlib");
  const decoder =
    encoding === "br"
      ? zlib.createBrotliDecompress()
      : encoding === "gzip" || encoding === "x-gzip" || encoding === "deflate"
        ? zlib.createUnzip()
        : null;
  if (decoder === null) throw refuse(`The answer is packed in a way Tau does not know (${encoding}).`);
  response.on("error", (error) => decoder.destroy(error));
  return response.pipe(decoder);
}
