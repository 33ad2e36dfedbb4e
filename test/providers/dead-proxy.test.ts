import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { makeFetch } from "../../src/providers/transport/fetch.ts";

const sockets: net.Socket[] = [];
let server: net.Server | undefined;
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

describe("a proxy that takes the connection and never answers CONNECT", () => {
  it.each([
    ["the connection limit", 100, "ETIMEDOUT"],
    ["an abort", 60_000, "AbortError"],
  ])("is ended by %s", async (_, connectMs, wanted) => {
    const controller = new AbortController();
    const deaf = net.createServer((socket) => {
      sockets.push(socket.on("error", () => undefined));
      if (wanted === "AbortError") controller.abort();
    });
    server = deaf;
    await new Promise<void>((done) => deaf.listen(0, "127.0.0.1", done));
    const { port } = deaf.address() as net.AddressInfo;
    const fetch = makeFetch({ env: { https_proxy: `http://127.0.0.1:${port}` }, connectMs });
    const error = await fetch("https://api.example.com/", {
      method: "POST",
      headers: {},
      body: "{}",
      signal: controller.signal,
    }).catch((failure: Error & { code?: string }) => failure.code ?? failure.name);
    expect(error).toBe(wanted);
  });
});
