/**
 * Connects to a server over the SDK. The build makes a file of its own of this module and what it imports (180 KB), so
 * that only who has a server loads it; errors that leave it are plain ones, for classes of two bundles are not the same.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolResultSchema,
  GetPromptResultSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  PromptListChangedNotificationSchema,
  ReadResourceResultSchema,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { ConnectFailure, Connection, ConnectionListener, ConnectOptions } from "./connection.ts";
import { contentOf, contentOfResource } from "./content.ts";
import { listPrompts, listResources, listTools } from "./lists.ts";
import { StdioTransport } from "./stdio-transport.ts";
import { webFetch } from "./web-fetch.ts";

/** However lively a call is, it ends after so long, ms. */
const longestCallMs = 30 * 60_000;

/** Answers that say: this is a server of the old kind. Source: MCP specification, "Backwards Compatibility". */
const oldKind = new Set([400, 404, 405]);

/** Connects and greets; what goes wrong is returned. */
export async function connect(
  options: ConnectOptions,
  listener: ConnectionListener,
): Promise<Connection | ConnectFailure> {
  const { link } = options;
  if (link.kind !== "http") return await attempt(options, listener, link.kind);
  const first = await attempt(options, listener, "http");
  if (!("failed" in first) || first.status === null || !oldKind.has(first.status)) return first;
  const second = await attempt(options, listener, "sse");
  return "failed" in second ? first : second;
}

async function attempt(
  { link, version, root, timeoutMs, signal }: ConnectOptions,
  listener: ConnectionListener,
  kind: "stdio" | "http" | "sse",
): Promise<Connection | ConnectFailure> {
  const client = new Client(
    { name: "tau", version },
    // What a tool's structured answer is to look like is not checked, and nowhere said to be: see CallAnswer.
    { capabilities: { roots: {} }, jsonSchemaValidator: { getValidator: unchecked } },
  );
  let standing = false;
  let closing = false;
  let over = "the connection was closed";
  const transport: Transport =
    link.kind === "stdio"
      ? new StdioTransport(link.talk, {
          muttered: listener.muttered,
          over(why) {
            over = why;
          },
        })
      : remote(link, kind);
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: `file://${encodeURI(root)}`, name: root.split("/").at(-1) ?? root }],
  }));
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => listener.changed("tools"));
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => listener.changed("resources"));
  client.setNotificationHandler(PromptListChangedNotificationSchema, () => listener.changed("prompts"));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params: { level, data } }) =>
    listener.logged(level, typeof data === "string" ? data : JSON.stringify(data)),
  );
  client.onclose = () => {
    if (standing && !closing) listener.closed(over);
  };
  try {
    await client.connect(transport, { timeout: timeoutMs, signal });
  } catch (error) {
    closing = true;
    await transport.close();
    const gone = kind === "stdio" && over !== "the connection was closed";
    return { failed: true, message: gone ? over : wordsOf(error), status: statusOf(error) };
  }
  standing = true;
  return connectionOf(client, async () => {
    closing = true;
    await client.close();
  });
}

function remote(
  { url, headers, fetch }: Extract<ConnectOptions["link"], { kind: "http" | "sse" }>,
  kind: "stdio" | "http" | "sse",
): Transport {
  const options = { requestInit: { headers }, fetch: webFetch(fetch) };
  // The SDK's class has a session id that may be undefined, its interface one that may be missing.
  return kind === "sse"
    ? new SSEClientTransport(url, options)
    : (new StreamableHTTPClientTransport(url, options) as Transport);
}

function connectionOf(client: Client, close: () => Promise<void>): Connection {
  const { name = "", version = "" } = client.getServerVersion() ?? {};
  const has = client.getServerCapabilities() ?? {};
  return {
    name,
    version,
    instructions: client.getInstructions() ?? "",
    tools: () => (has.tools ? listTools(client) : Promise.resolve({ tools: [], unusable: 0 })),
    async call(tool, input, { signal, timeoutMs, progress }) {
      const result = await inWords(
        client.request(
          { method: "tools/call", params: { name: tool, arguments: input } },
          CallToolResultSchema,
          {
            signal,
            timeout: timeoutMs,
            resetTimeoutOnProgress: true,
            maxTotalTimeout: longestCallMs,
            onprogress: ({ progress: done, total, message }) =>
              progress([`${done}${total === undefined ? "" : `/${total}`}`, message ?? ""].join(" ").trim()),
          },
        ),
      );
      return {
        content: result.content.map(contentOf),
        structured: result.structuredContent === undefined ? null : JSON.stringify(result.structuredContent),
        isError: result.isError === true,
      };
    },
    resources: () => (has.resources ? listResources(client) : Promise.resolve([])),
    async read(uri, { signal, timeoutMs }) {
      const request = { method: "resources/read" as const, params: { uri } };
      const options = { signal, timeout: timeoutMs };
      const { contents } = await inWords(client.request(request, ReadResourceResultSchema, options));
      return contents.map(contentOfResource);
    },
    prompts: () => (has.prompts ? listPrompts(client) : Promise.resolve([])),
    async prompt(prompt, input, { signal, timeoutMs }) {
      const request = { method: "prompts/get" as const, params: { name: prompt, arguments: input } };
      const options = { signal, timeout: timeoutMs };
      const { messages } = await inWords(client.request(request, GetPromptResultSchema, options));
      return messages.map(({ role, content }) => ({ role, content: contentOf(content) }));
    },
    close,
  };
}

/** The SDK's own messages begin with a number that helps nobody. */
async function inWords<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw new Error(wordsOf(error), { cause: error });
  }
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  const words = text.replace(/^MCP error -?\d+: /, "");
  return cause !== "" && !words.includes(cause) ? `${words}: ${cause}` : words;
}

function statusOf(error: unknown): number | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "number" && code >= 100 && code < 600 ? code : null;
}

function unchecked(): never {
  throw new Error("structured answers are not checked");
}
