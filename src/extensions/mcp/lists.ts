/** The tools a server has, read page by page. One thing that cannot be understood hides no other. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import type { Json, JsonSchema } from "../../core/message.ts";
import type { ServerTool } from "./connection.ts";

/** Pages of one list; a server that never ends would be asked for ever. */
const mostPages = 50;

/** The tools. */
export async function listTools(client: Client): Promise<{ tools: ServerTool[]; unusable: number }> {
  const listed = await pages(client);
  const tools = listed.flatMap((each): ServerTool[] => {
    const tool = ToolSchema.safeParse(each);
    if (!tool.success) return [];
    const { name, description = "", inputSchema, annotations } = tool.data;
    // It came as JSON, and is JSON.
    return [
      {
        name,
        description,
        inputSchema: inputSchema as JsonSchema,
        readOnlyHint: annotations?.readOnlyHint === true,
      },
    ];
  });
  return { tools, unusable: listed.length - tools.length };
}

const toolsPage = z.looseObject({ tools: z.array(z.json()), nextCursor: z.string().optional() });

async function pages(client: Client): Promise<Json[]> {
  const all: Json[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < mostPages; read += 1) {
    const result = await client.request(
      { method: "tools/list", params: cursor === undefined ? {} : { cursor } },
      toolsPage,
    );
    all.push(...result.tools);
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  return all;
}
