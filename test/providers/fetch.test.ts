import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { EgressLog } from "../../src/core/egress.ts";
import { NetworkFailure } from "../../src/providers/transport/failure.ts";
import { type FetchInit, makeFetch } from "../../src/providers/transport/fetch.ts";
import { proxyFor } from "../../src/providers/transport/proxy.ts";
import { loopback } from "./loopback.ts";

const post = (signal = new AbortController().signal): FetchInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: '{"é":1}',
  signal,
});

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

describe("fetch", () => {
  const fetch = makeFetch({ env: {}, connectMs: 2_000 });

  test("sends the body byte for byte and reads status, headers and body", async () => {
    const server = await loopback((response) => {
      response.writeHead(201, { "X-Many": ["a", "b"] });
      response.end("done");
    });
    const response = await fetch(`${server.url}/v1/x?y=1`, post());
    expect(response.status).toBe(201);
    expect(response.headers["x-many"]).toBe("a, b");
    expect(await textOf(response.body)).toBe("done");
    expect(server.seen[0]).toMatchObject({ method: "POST", url: "/v1/x?y=1", body: '{"é":1}' });
    expect(server.seen[0]?.headers["content-length"]).toBe("8");
  });

  test("gives chunks as they arrive, before the response has ended", async () => {
    let finish = (): void => undefined;
    const server = await loopback((response) => {
      response.write("one");
      finish = () => response.end("two");
    });
    const response = await fetch(server.url, post());
    const seen: string[] = [];
    for await (const chunk of response.body) {
      seen.push(Buffer.from(chunk).toString());
      if (seen.length === 1) finish();
    }
    expect(seen).toEqual(["one", "two"]);
  });

  test("keeps the connection for the next request, also when the rest of a body was not read", async () => {
    const server = await loopback((response) => {
      response.end("data: [DONE]\n\n");
    });
    await textOf((await fetch(server.url, post())).body);
    const unread = await fetch(server.url, post());
    unread.release();
    await server.closed(1);
    // The end of the response is in the socket's buffer now; one turn of the loop reads it, one frees the socket.
    await setImmediate();
    await setImmediate();
    await textOf((await fetch(server.url, post())).body);
    expect(server.connections()).toBe(1);
  });

  test("cuts a body nobody reads any more instead of downloading it", async () => {
    const server = await loopback((response) => {
      response.write("first");
    });
    const response = await fetch(server.url, post());
    response.release();
    await server.closed(0);
  });

  test("abort reaches the socket before the response", async () => {
    const controller = new AbortController();
    const server = await loopback(() => controller.abort());
    await expect(fetch(server.url, post(controller.signal))).rejects.toMatchObject({ name: "AbortError" });
    await server.closed(0);
  });

  test("abort between the last bytes of an answer and its end brings nothing down", async () => {
    const uncaught: unknown[] = [];
    const catcher = (error: unknown): void => void uncaught.push(error);
    process.on("uncaughtException", catcher);
    onTestFinished(() => void process.off("uncaughtException", catcher));
    const controller = new AbortController();
    const server = await loopback((response) => void response.end("all of it"));
    const { body } = await fetch(server.url, post(controller.signal));
    await body[Symbol.asyncIterator]().next();
    controller.abort();
    await server.closed(0);
    for (let n = 0; n < 10; n += 1) await setImmediate();
    expect(uncaught).toEqual([]);
  });

  test("abort reaches the socket in mid-body", async () => {
    const controller = new AbortController();
    const server = await loopback((response) => {
      response.write("first");
    });
    const response = await fetch(server.url, post(controller.signal));
    const reading = (async () => {
      for await (const _ of response.body) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    await server.closed(0);
  });

  test("a body that breaks off is a failure, not an end", async () => {
    const server = await loopback((response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("short", () => response.destroy());
    });
    const response = await fetch(server.url, post());
    await expect(textOf(response.body)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("a connection that is refused names its code", async () => {
    const tcp = createTcpServer().listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    tcp.close();
    await once(tcp, "close");
    await expect(fetch(`http://127.0.0.1:${port}`, post())).rejects.toSatisfy(
      (error) => error instanceof NetworkFailure && error.code === "ECONNREFUSED",
    );
  });

  test("a kept connection that the server closed meanwhile is replaced without a failure", async () => {
    let hits = 0;
    const tcp = createTcpServer((socket) => {
      let served = 0;
      socket.on("data", () => {
        hits++;
        // The second request on one connection meets a server that has just given it up.
        if (++served > 1) socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      });
    }).listen(0, "127.0.0.1");
    await once(tcp, "listening");
    onTestFinished(() => void tcp.close());
    const { port } = tcp.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    expect(await textOf((await fetch(url, post())).body)).toBe("ok");
    expect(await textOf((await fetch(url, post())).body)).toBe("ok");
    expect(hits).toBe(3);
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("undoes %s, which it did not ask for", async (encoding, compress) => {
    const server = await loopback((response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.end(compress("plain text"));
    });
    expect(await textOf((await fetch(server.url, post())).body)).toBe("plain text");
    expect(server.seen[0]?.headers["accept-encoding"]).toBeUndefined();
  });

  test("does not follow a redirect", async () => {
    const elsewhere = await loopback((response) => void response.end());
    const server = await loopback((response) => {
      response.writeHead(307, { location: elsewhere.url });
      response.end();
    });
    const response = await fetch(server.url, post());
    expect(response.status).toBe(307);
    response.release();
    expect(elsewhere.seen).toEqual([]);
  });
});

describe("proxies", () => {
  test("plain http goes through the proxy by its whole URL, with the proxy's credentials", async () => {
    const proxy = await loopback((response) => void response.end("via proxy"));
    const hosts = new EgressLog();
    const fetch = makeFetch({
      env: { HTTP_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}` },
      connectMs: 2_000,
      contacted: hosts.contacted,
    });
    const response = await fetch("http://models.example:81/v1/x", post());
    expect(await textOf(response.body)).toBe("via proxy");
    expect(hosts.contacts()).toEqual([
      { host: `127.0.0.1:${proxy.port}`, requests: 1 },
      { host: "models.example:81", requests: 1 },
    ]);
    expect(proxy.seen[0]).toMatchObject({ url: "http://models.example:81/v1/x" });
    expect(proxy.seen[0]?.headers).toMatchObject({
      host: "models.example:81",
      "proxy-authorization": `Basic ${Buffer.from("user:p@ss").toString("base64")}`,
    });
  });

  test("https is tunnelled by CONNECT, and a proxy that refuses is named", async () => {
    const asked: string[] = [];
    const target = createTcpServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(target, "listening");
    const { port: targetPort } = target.address() as AddressInfo;
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      if (asked.length === 1) {
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        return;
      }
      const upstream = connect(targetPort, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    onTestFinished(() => {
      proxy.close();
      target.close();
    });
    const { port } = proxy.address() as AddressInfo;
    const fetch = makeFetch({ env: { https_proxy: `127.0.0.1:${port}` }, connectMs: 2_000 });
    await expect(fetch("https://models.example/v1", post())).rejects.toMatchObject({ code: "EPROXY" });
    // Behind the tunnel nobody speaks TLS; that the failure is the handshake's shows that the tunnel stood.
    await expect(fetch("https://models.example/v1", post())).rejects.toBeInstanceOf(NetworkFailure);
    expect(asked).toEqual(["models.example:443", "models.example:443"]);
  });

  test.each([
    ["https://a.example/", { HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
    ["http://a.example/", { HTTPS_PROXY: "http://p:1" }, null],
    ["http://a.example/", { ALL_PROXY: "p:1" }, "http://p:1/"],
    ["https://a.example/", { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" }, "http://low:1/"],
    ["http://localhost:11434/", { HTTP_PROXY: "http://p:1" }, null],
    ["http://127.0.0.1:11434/", { HTTP_PROXY: "http://p:1" }, null],
    ["http://[::1]:11434/", { HTTP_PROXY: "http://p:1" }, null],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, null],
    ["https://api.a.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "b.example, .a.example" }, null],
    ["https://xa.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example" }, "http://p:1/"],
    ["https://a.example:8443/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example:443" }, "http://p:1/"],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example:443" }, null],
    ["http://10.1.2.3/", { HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, null],
    ["http://11.1.2.3/", { HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, "http://p:1/"],
    ["http://10.1.2.3/", { HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/many,10.0.0.0/99" }, "http://p:1/"],
    ["https://a.example/", { ALL_PROXY: "socks5://p:1080", HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
    ["https://a.example/", { ALL_PROXY: "socks5://p:1080", NO_PROXY: "a.example" }, null],
    ["http://localhost/", { ALL_PROXY: "socks5://p:1080" }, null],
  ])("%s with %o goes to %s", (url, env, expected) => {
    expect(proxyFor(new URL(url), env)?.href ?? null).toBe(expected);
  });

  test.each([
    [{ ALL_PROXY: "socks5://u:hunter2000@p:1080" }, "ALL_PROXY names a socks5 proxy"],
    [{ HTTPS_PROXY: "socks5h://p:1080", ALL_PROXY: "http://p:1" }, "HTTPS_PROXY names a socks5h proxy"],
    [{ https_proxy: "u:hunter2000@bad host" }, "https_proxy is not the URL of a proxy"],
  ])("%o is refused before anything is sent, by the variable's name", async (env, message) => {
    const refused = makeFetch({ env, connectMs: 100 })("https://a.example/", post());
    await expect(refused).rejects.toMatchObject({
      reason: "config",
      message: expect.stringContaining(message),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2000") });
  });
});
