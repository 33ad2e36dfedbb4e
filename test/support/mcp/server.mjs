// A real MCP server over stdio, on the SDK's server side. Its first argument is a word that marks its process; the
// variable MCP_MOOD makes it slow to greet, silent, or dead at once.
import { appendFileSync } from "node:fs";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

const mood = process.env.MCP_MOOD ?? "";
if (process.env.MCP_STARTS) appendFileSync(process.env.MCP_STARTS, "started\n");
process.stderr.write("hello from the server\n");
if (mood === "dead") {
  process.stderr.write("cannot find my configuration\n");
  process.exit(3);
}

const text = (value) => ({ content: [{ type: "text", text: value }] });
const object = (properties = {}, required = []) => ({ type: "object", properties, required });
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
let grown = false;

const tools = () => [
  {
    name: "echo",
    description: "Says it again.",
    inputSchema: object({ text: { type: "string" } }, ["text"]),
    annotations: { readOnlyHint: true },
  },
  { name: "fail", description: "Fails.", inputSchema: object() },
  { name: "hang", description: "Never answers.", inputSchema: object() },
  { name: "flood", description: "Answers at length.", inputSchema: object({ bytes: { type: "number" } }) },
  { name: "die", description: "Ends the server.", inputSchema: object() },
  { name: "grow", description: "Adds a tool.", inputSchema: object() },
  { name: "picture", description: "A picture.", inputSchema: object() },
  { name: "environment", description: "What it sees.", inputSchema: object() },
  { name: "work", description: "Tells of its progress.", inputSchema: object() },
  ...(grown ? [{ name: "late", description: "Came later.", inputSchema: object() }] : []),
];

const server = new Server(
  { name: "test-server", version: "1.0.0" },
  { capabilities: { tools: { listChanged: true }, resources: {}, prompts: {}, logging: {} } },
);
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools() }));
server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
  const { name, arguments: input = {} } = params;
  switch (name) {
    case "echo":
      return text(`echo: ${input.text}`);
    case "fail":
      return { ...text("it did not work"), isError: true };
    case "hang":
      extra.signal.addEventListener("abort", () => process.stderr.write("the call was called off\n"));
      return new Promise(() => undefined);
    case "flood":
      return text("0123456789abcdef\n".repeat(Math.ceil((input.bytes ?? 200_000) / 17)));
    case "die":
      process.stderr.write("goodbye, cruel world\n");
      return process.exit(7);
    case "grow":
      grown = true;
      await server.sendToolListChanged();
      return text("grown");
    case "picture":
      return { content: [{ type: "image", data: png, mimeType: "image/png" }] };
    case "environment":
      return text(JSON.stringify(process.env));
    case "work": {
      const { progressToken } = params._meta ?? {};
      for (let progress = 1; progress <= 3; progress += 1)
        await extra.sendNotification({
          method: "notifications/progress",
          params: { progressToken, progress, total: 3, message: `part ${progress}` },
        });
      await server.sendLoggingMessage({ level: "info", data: "nearly there" });
      return text("worked");
    }
    default:
      return text(`called ${name}`);
  }
});
server.setRequestHandler(ListResourcesRequestSchema, () => ({
  resources: [{ uri: "test://greeting", name: "greeting", mimeType: "text/plain" }],
}));
server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => ({
  contents: [{ uri: params.uri, mimeType: "text/plain", text: "good morning" }],
}));
server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: [{ name: "hello" }] }));
server.setRequestHandler(GetPromptRequestSchema, () => ({
  messages: [{ role: "user", content: { type: "text", text: "say hello" } }],
}));

if (mood === "silent") setInterval(() => undefined, 1_000);
else await server.connect(new StdioServerTransport());
