/** What a server has, read page by page. One thing that cannot be understood hides no other. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { PromptSchema, ResourceSchema, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import type { Json, JsonSchema } from "../../core/message.ts";
import type { ServerPrompt, ServerResource, ServerTool } from "./connection.ts";

/** Pages of one list; a server that never ends would be asked for ever. */
const mostPages = 50;

/** The tools. */
export async function listTools(client: Client): Promise<{ tools: ServerTool[]; unusable: number }> {
  const listed = await pages(client, "tools/list", "tools");
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

/** The resources; templates are not listed, for they name nothing that could be read. */
export async function listResources(client: Client): Promise<ServerResource[]> {
  const listed = await pages(client, "resources/list", "resources");
  return listed.flatMap((each): ServerResource[] => {
    const resource = ResourceSchema.safeParse(each);
    if (!resource.success) return [];
    const { uri, name, title, description = "", mimeType = null } = resource.data;
    return [{ uri, name: title ?? name, description, mimeType }];
  });
}

/** The prompts. */
export async function listPrompts(client: Client): Promise<ServerPrompt[]> {
  const listed = await pages(client, "prompts/list", "prompts");
  return listed.flatMap((each): ServerPrompt[] => {
    const prompt = PromptSchema.safeParse(each);
    if (!prompt.success) return [];
    const { name, description = "", arguments: takes = [] } = prompt.data;
    return [
      {
        name,
        description,
        arguments: takes.map((one) => ({ name: one.name, required: one.required === true })),
      },
    ];
  });
}

async function pages(
  client: Client,
  method: "tools/list" | "resources/list" | "prompts/list",
  key: "tools" | "resources" | "prompts",
): Promise<Json[]> {
  const page = z.looseObject({ [key]: z.array(z.json()), nextCursor: z.string().optional() });
  const all: Json[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < mostPages; read += 1) {
    const result = await client.request({ method, params: cursor === undefined ? {} : { cursor } }, page);
    const listed = result[key];
    if (Array.isArray(listed)) all.push(...listed);
    cursor = typeof result.nextCursor === "string" ? result.nextCursor : undefined;
    if (cursor === undefined) break;
  }
  return all;
}
