/** What servers answer, from the SDK's words into Tau's. */
import type { ContentBlock, ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import type { ServerContent } from "./connection.ts";

/** A piece of a tool's or prompt's answer. */
export function contentOf(block: ContentBlock): ServerContent {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "image":
    case "audio":
      return { type: block.type, data: block.data, mimeType: block.mimeType };
    case "resource":
      return contentOfResource(block.resource);
    case "resource_link":
      return { type: "link", uri: block.uri, name: block.name, description: block.description ?? "" };
  }
}

/** The content of a resource. */
export function contentOfResource(resource: ReadResourceResult["contents"][number]): ServerContent {
  return {
    type: "resource",
    uri: resource.uri,
    mimeType: resource.mimeType ?? null,
    text: "text" in resource ? resource.text : null,
    blob: "blob" in resource ? resource.blob : null,
  };
}
