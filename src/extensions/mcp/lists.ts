/** What a server has, read page by page. One thing that cannot be understood hides no other. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { PromptSchema, ResourceSchema, ToolSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import type { Json, JsonSchema } from "../../core/message.ts";
import type { ServerPrompt, ServerResource, ServerTool } from "./connection.ts";

/** Pages of one list; a server that never ends would be asked for ever. */
const mostPages = 50;
/** Things of one list: more than anybody picks from, and few enough to be held and searched with every key. */
const mostListed = 5_000;
/** Characters of what is shown of a resource or prompt. */
const shownChars = 300;
/** Characters of an address: a longer one is data in disguise. */
const longestUri = 2_000;

/** The tools, and how many could not be understood. */
export async function listTools(client: Client): Promise<{ tools: ServerTool[]; unusable: number }> {
  const listed = await pages(client, "tools");
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

/** The resources that have an address. */
export async function listResources(client: Client): Promise<ServerResource[]> {
  return (await pages(client, "resources")).flatMap((each): ServerResource[] => {
    const resource = ResourceSchema.safeParse(each);
    if (!resource.success) return [];
    const { uri, name, title, description = "", mimeType = null } = resource.data;
    if (uri === "" || uri.length > longestUri) return [];
    return [{ uri, name: shown(title ?? name), description: shown(description), mimeType }];
  });
}

/** The prompts. */
export async function listPrompts(client: Client): Promise<ServerPrompt[]> {
  return (await pages(client, "prompts")).flatMap((each): ServerPrompt[] => {
    const prompt = PromptSchema.safeParse(each);
    if (!prompt.success) return [];
    const { name, title = "", description = title, arguments: takes = [] } = prompt.data;
    return [
      {
        name,
        description: shown(description),
        arguments: takes.map((one) => ({
          name: one.name,
          description: shown(one.description ?? ""),
          required: one.required === true,
        })),
      },
    ];
  });
}

const shown = (text: string): string => (text.length > shownChars ? `${text.slice(0, shownChars)}…` : text);

async function pages(client: Client, kind: "tools" | "resources" | "prompts"): Promise<Json[]> {
  const page = z.looseObject({ [kind]: z.array(z.json()), nextCursor: z.string().optional() });
  const all: Json[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < mostPages && all.length < mostListed; read += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: `${kind}/list` as const, params }, page);
    const listed = result[kind];
    if (Array.isArray(listed)) for (const each of listed) all.push(each);
    cursor = typeof result.nextCursor === "string" ? result.nextCursor : undefined;
    if (cursor === undefined) break;
  }
  return all.slice(0, mostListed);
}
