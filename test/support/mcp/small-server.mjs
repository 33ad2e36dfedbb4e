// A small MCP server over stdio, without the SDK: it stands in a few milliseconds. MCP_MOOD=silent says nothing at all.
import { createInterface } from "node:readline";

const schema = { type: "object", properties: {} };
const tools = ["echo", "fail", "hang", "environment"].map((name) => ({ name, inputSchema: schema }));

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (process.env.MCP_MOOD === "silent" || id === undefined || params?.name === "hang") continue;
  const result =
    method === "initialize"
      ? {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: "small", version: "1.0.0" },
        }
      : method === "tools/list"
        ? { tools }
        : { content: [{ type: "text", text: JSON.stringify(process.env) }] };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}
