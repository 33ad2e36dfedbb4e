/** A scripted provider on loopback that speaks all four dialects and writes down what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chatFrames, generateContentFrames, messagesFrames, responsesFrames } from "./frames.ts";
import type { Script, SeenRequest } from "./script.ts";

/** A running fake. */
export type FakeUpstream = {
  /** `http://127.0.0.1:PORT`, without a path. */
  url: string;
  requests: SeenRequest[];
  /** performance.now() at the end of each response. */
  responseEnds: number[];
  /** Requests whose client went away before the answer was whole. */
  aborted: number;
  close(): Promise<void>;
};

const framesFor = (path: string): typeof messagesFrames | null => {
  if (path.endsWith("/messages")) return messagesFrames;
  if (path.endsWith("/chat/completions")) return chatFrames;
  if (path.endsWith("/responses")) return responsesFrames;
  if (/:streamGenerateContent/.test(path)) return generateContentFrames;
  return null;
};

/** Starts a fake that answers by `script`. */
export async function startUpstream(script: Script): Promise<FakeUpstream> {
  const open = new Set<ServerResponse>();
  const fake: FakeUpstream = {
    url: "",
    requests: [],
    responseEnds: [],
    aborted: 0,
    close: () =>
      new Promise((resolve) => {
        for (const response of open) response.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer((request, response) => {
    open.add(response);
    response.on("close", () => {
      open.delete(response);
      if (!response.writableFinished) fake.aborted += 1;
    });
    answer(fake, script, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

/** Resolves when the client has read what was written, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

async function answer(
  fake: FakeUpstream,
  script: Script,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString("utf8");
  const path = request.url ?? "/";
  const seen: SeenRequest = {
    path,
    headers: request.headers as Record<string, string | undefined>,
    raw,
    body: raw ? (JSON.parse(raw) as Record<string, unknown>) : {},
    at: performance.now(),
  };
  const index = fake.requests.push(seen) - 1;
  const frames = framesFor(path.split("?")[0] ?? "");
  if (!frames) {
    response.writeHead(404, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `no such endpoint: ${path}` } }));
    return;
  }
  const scripted = script(seen, index);
  const { fault } = scripted;
  if (fault?.type === "hang-up") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.type === "status") {
    response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
    response.end(
      JSON.stringify(
        fault.body ?? { type: "error", error: { type: "api_error", message: `status ${fault.status}` } },
      ),
    );
    fake.responseEnds.push(performance.now());
    return;
  }
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-request-id": `req-${index}`,
    "request-id": `req-${index}`,
  });
  if (fault?.type === "garbage") {
    response.end("<html>502 Bad Gateway</html>\n\ndata: {not json\n\n");
    return;
  }
  const model =
    typeof seen.body.model === "string" ? seen.body.model : (/models\/([^:]+):/.exec(path)?.[1] ?? "model");
  for (const frame of frames(scripted, model, String(index), seen.body)) {
    if (response.destroyed) return;
    if (!response.write(frame)) await drained(response);
    if (scripted.deltaMs) await new Promise((resolve) => setTimeout(resolve, scripted.deltaMs));
  }
  if (fault?.type === "reset") {
    while (fault.once?.() === false && !response.destroyed)
      await new Promise((resolve) => setTimeout(resolve, 5));
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.type === "silence") {
    if (!fault.pings) return;
    const pings = setInterval(
      () =>
        response.write(path.endsWith("/messages") ? 'event: ping\ndata: {"type": "ping"}\n\n' : ": ping\n\n"),
      50,
    );
    response.on("close", () => clearInterval(pings));
    return;
  }
  response.end();
  fake.responseEnds.push(performance.now());
}
