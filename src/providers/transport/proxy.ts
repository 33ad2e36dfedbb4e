/** Proxies as the environment names them, and the tunnel through one. */
import type { Agent, RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { TauError } from "../../core/errors.ts";
import { NetworkFailure } from "./failure.ts";

/** Environment variables by name; only the proxy ones are read. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** The variables that name a proxy; as in curl a lower-case name wins over its upper-case one. */
export const proxyVariables: readonly string[] =
  "https_proxy HTTPS_PROXY http_proxy HTTP_PROXY all_proxy ALL_PROXY".split(" ");

/**
 * The proxy for a URL, or null. Loopback never goes through a proxy (as in Go), so that a local model works behind a
 * corporate one.
 * @throws TauError `config` naming the variable, when the URL would go through a proxy that is not http or https
 */
export function proxyFor(target: URL, env: ProxyEnvironment): URL | null {
  const secure = target.protocol === "https:";
  const names = proxyVariables.filter((name) => /^all/i.test(name) || /^https/i.test(name) === secure);
  const variable = names.find((name) => env[name]?.trim());
  if (variable === undefined) return null;
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isLoopback(host)) return null;
  const port = target.port || (secure ? "443" : "80");
  if (exempt(host, port, env.no_proxy || env.NO_PROXY || "")) return null;
  return proxyUrl(variable, env[variable]?.trim() ?? "");
}

/** Never shows the value: it may hold a password. */
function proxyUrl(variable: string, value: string): URL {
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new TauError(
    "config",
    url === null
      ? `${variable} is not the URL of a proxy`
      : `${variable} names a ${url.protocol.slice(0, -1)} proxy; only http and https proxies are supported`,
    `set ${variable} to http://host:port, or add the host to NO_PROXY`,
  );
}

/**
 * What of node:http's request options leads a request for a URL through its proxy; null when it has none. The
 * connection is made for this request alone.
 */
export function proxiedRequest(url: URL, env: ProxyEnvironment, connectMs: number): RequestOptions | null {
  const proxy = proxyFor(url, env);
  if (proxy === null) return null;
  if (url.protocol === "https:") return { agent: tunnelAgent(proxy, 0, connectMs) };
  // Plain http through a proxy is asked for by its whole URL (RFC 9112 3.2.2).
  const headers = { host: url.host, ...proxyAuthorization(proxy) };
  return { ...addressOf(proxy), path: url.href, headers, agent: false };
}

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  return (
    host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d+){3}$/.test(host)
  );
}

/** NO_PROXY: `*`, names with their subdomains, `host:port`, addresses and CIDR ranges, by comma. */
function exempt(host: string, port: string, list: string): boolean {
  return list.split(",").some((raw) => {
    const item = raw.trim().toLowerCase();
    if (item === "") return false;
    if (item === "*") return true;
    if (item.includes("/")) return inRange(host, item);
    const [, name = item, onlyPort] = /^(.*[^:]):(\d+)$/.exec(item) ?? [];
    if (onlyPort !== undefined && onlyPort !== port) return false;
    const bare = name.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
    return host === bare || host.endsWith(`.${bare}`);
  });
}

function inRange(host: string, range: string): boolean {
  const net = process.getBuiltinModule("node:net");
  const family = net.isIP(host);
  const [base = "", bits = ""] = range.split("/");
  const most = family === 6 ? 128 : 32;
  if (family === 0 || net.isIP(base) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > most)
    return false;
  const list = new net.BlockList();
  const type = family === 6 ? "ipv6" : "ipv4";
  list.addSubnet(base, Number(bits), type);
  return list.check(host, type);
}

/**
 * An agent whose TLS connections go through `CONNECT` (RFC 9110 9.3.6).
 * @param idleSocketMs how long a connection is kept for the next request; 0 for not at all
 */
export function tunnelAgent(proxy: URL, idleSocketMs: number, connectMs: number): Agent {
  const https = process.getBuiltinModule("node:https");
  const tls = process.getBuiltinModule("node:tls");
  const net = process.getBuiltinModule("node:net");
  class TunnelAgent extends https.Agent {
    override createConnection(
      options: RequestOptions,
      done?: (error: Error | null, socket: Duplex) => void,
    ): undefined {
      const host = options.host ?? "";
      const authority = `${host.includes(":") ? `[${host}]` : host}:${options.port ?? 443}`;
      tunnel(proxy, authority, connectMs).then(
        (socket) => done?.(null, tls.connect({ ...tlsOptions(options), host, socket })),
        (error: unknown) =>
          done?.(error instanceof Error ? error : new Error(String(error)), new net.Socket()),
      );
    }
  }
  return new TunnelAgent(idleSocketMs === 0 ? {} : { keepAlive: true, timeout: idleSocketMs });
}

/** What of a request's options concerns TLS; its own path and port do not. */
function tlsOptions(options: RequestOptions): ConnectionOptions {
  const { servername, host, ca, rejectUnauthorized } = options;
  const name = servername ?? host ?? "";
  return {
    // A server name may not be an address (RFC 6066 3).
    ...(process.getBuiltinModule("node:net").isIP(name) === 0 && { servername: name }),
    ...(ca !== undefined && { ca }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

function tunnel(proxy: URL, authority: string, connectMs: number): Promise<Duplex> {
  const http = process.getBuiltinModule(proxy.protocol === "https:" ? "node:https" : "node:http");
  return new Promise((resolve, reject) => {
    const request = http.request({
      ...addressOf(proxy),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
    });
    const tooLong = new NetworkFailure("ETIMEDOUT", `no connection within ${connectMs / 1000} s`);
    const timer = setTimeout(() => request.destroy(tooLong), connectMs);
    // Whoever asked keeps the process alive; an answer nobody waits for any more must not.
    timer.unref();
    request.once("socket", (socket) => socket.unref());
    request.once("close", () => clearTimeout(timer));
    request.once("connect", (response, socket) => {
      clearTimeout(timer);
      socket.ref();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return resolve(socket);
      socket.destroy();
      reject(
        new NetworkFailure("EPROXY", `the proxy ${proxy.host} answered ${status} to CONNECT ${authority}`),
      );
    });
    request.once("error", reject);
    request.end();
  });
}

/** The credentials of a proxy's URL as a header (RFC 7617), or nothing. */
export function proxyAuthorization(proxy: URL): { "proxy-authorization"?: string } {
  if (proxy.username === "") return {};
  const pair = `${decoded(proxy.username)}:${decoded(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Percent-encoded text as it was meant. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that begins no code
  }
}

/** Where to connect for a URL, as node:http wants it. */
export function addressOf(url: URL): { protocol: string; hostname: string; port: string } {
  // URL keeps the brackets of an IPv6 address, the resolver does not want them.
  return { protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ""), port: url.port };
}
