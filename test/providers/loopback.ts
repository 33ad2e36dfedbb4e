/** A real HTTP server on loopback, scripted by the test, that remembers what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

export type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

export type Loopback = {
  /** `http://127.0.0.1:port` */
  url: string;
  port: number;
  seen: Seen[];
  /** Resolves when the connection of the n-th request (from 0) has closed. */
  closed(index: number): Promise<void>;
  /** How many TCP connections were made. */
  connections(): number;
};

/** Starts a server; it is stopped at the end of the test. */
export async function loopback(
  answer: (response: ServerResponse, request: Seen, index: number) => void | Promise<void>,
): Promise<Loopback> {
  const seen: Seen[] = [];
  const closings: Promise<unknown>[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer(async (request, response) => {
    closings.push(new Promise((resolve) => response.once("close", resolve)));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const one: Seen = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
    seen.push(one);
    await answer(response, one, seen.length - 1);
  });
  server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    closed: async (index) => {
      await closings[index];
    },
    connections: () => connections,
  };
}

/** Writes an event stream and ends it. */
export function sse(response: ServerResponse, ...events: (object | string)[]): void {
  openSse(response);
  for (const event of events) response.write(frame(event));
  response.end();
}

/** The head of an event stream. */
export function openSse(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": "req_1", ...headers });
}

/** One server-sent event; objects are named by their `type`, as Anthropic's are. */
export function frame(event: object | string): string {
  if (typeof event === "string") return `data: ${event}\n\n`;
  const name = "type" in event ? `event: ${String(event.type)}\n` : "";
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

/** The events of an Anthropic answer that says a text. */
export function messagesAnswer(text: string): object[] {
  return [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-test",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 12, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 5 },
    },
    { type: "message_stop" },
  ];
}

/** Everything an async iterable gives. */
export async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const event of events) list.push(event);
  return list;
}
