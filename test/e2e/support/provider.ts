/** A provider on loopback that speaks Messages and lists its models: it accepts keys, rejects them, is slow, or breaks. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** The only key it knows. */
export const goodKey = "good-key-0123456789abcdef";

/** How it is today. */
export type Mood = "accepts" | "no credit" | "rate limit" | "slow" | "html" | "empty";

/** A running one; its mood can be changed. */
export type Provider = { url: string; mood: Mood; asked: string[] };

const models = ["claude-sonnet-5-5", "claude-haiku-4-5", "claude-unheard-of-9"];

/** Starts one for the test. */
export async function startProvider(mood: Mood = "accepts"): Promise<Provider> {
  const provider: Provider = { url: "", mood, asked: [] };
  const server = createServer((request, response) => {
    let body = "";
    request
      .on("data", (chunk) => {
        body += String(chunk);
      })
      .on("end", () => {
        provider.asked.push(`${request.method} ${request.url}`);
        answer(provider.mood, request.headers["x-api-key"], request.url ?? "", body, response);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return provider;
}

function answer(
  mood: Mood,
  key: string | string[] | undefined,
  path: string,
  body: string,
  response: ServerResponse,
): void {
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  const failed = (status: number, type: string, message: string): void =>
    json(status, { type: "error", error: { type, message } });
  if (mood === "slow") return;
  if (mood === "html") {
    response
      .writeHead(200, { "content-type": "text/html" })
      .end("<html>Sign in to the hotel's network</html>");
    return;
  }
  if (key !== goodKey) {
    failed(401, "authentication_error", "invalid x-api-key");
    return;
  }
  if (mood === "no credit") {
    failed(402, "billing_error", "Your credit balance is too low");
    return;
  }
  if (mood === "rate limit") {
    failed(429, "rate_limit_error", "Too many requests");
    return;
  }
  if (path.startsWith("/v1/models")) {
    json(200, {
      data: (mood === "empty" ? [] : models).map((id) => ({ id, type: "model", max_input_tokens: 123_000 })),
    });
    return;
  }
  const event = (type: string, rest: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`);
  };
  const isTrial = body.includes("Call the tool");
  response.writeHead(200, { "content-type": "text/event-stream" });
  const usage = { input_tokens: 50, output_tokens: 1 };
  const model = String((JSON.parse(body) as { model: unknown }).model);
  event("message_start", {
    message: { id: "m", type: "message", role: "assistant", model, content: [], usage },
  });
  event("content_block_start", {
    index: 0,
    content_block: isTrial
      ? { type: "tool_use", id: "t", name: "ready", input: {} }
      : { type: "text", text: "" },
  });
  event("content_block_delta", {
    index: 0,
    delta: isTrial
      ? { type: "input_json_delta", partial_json: "{}" }
      : { type: "text_delta", text: "Finished as asked." },
  });
  event("content_block_stop", { index: 0 });
  event("message_delta", {
    delta: { stop_reason: isTrial ? "tool_use" : "end_turn" },
    usage: { output_tokens: 20 },
  });
  event("message_stop", {});
  response.end();
}
