/** Reading the text of a `.mcp.json`; loaded when there is one. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import * as z from "zod";
import { type McpServerSettings, sharedServerSchema } from "../../config/mcp-servers.ts";

const fileSchema = z.object({ mcpServers: z.record(z.string().min(1), z.unknown()) });

/** The servers of the text; an entry that cannot be used keeps no other from being used. */
export function parseSharedServers(
  text: string,
  path: string,
): { servers: [string, McpServerSettings][]; problems: string[] } {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) {
    const line = text.slice(0, error.offset).split("\n").length;
    return { servers: [], problems: [`${path}:${line} is no JSON: ${printParseErrorCode(error.error)}`] };
  }
  const file = fileSchema.safeParse(value);
  if (!file.success)
    return { servers: [], problems: [`${path} has no mcpServers: ${z.prettifyError(file.error)}`] };
  const servers: [string, McpServerSettings][] = [];
  const problems: string[] = [];
  for (const [name, written] of Object.entries(file.data.mcpServers)) {
    const server = sharedServerSchema.safeParse(written);
    if (server.success) servers.push([name, server.data]);
    else problems.push(`${path}: the server ${name} cannot be used: ${oneLine(server.error)}`);
  }
  return { servers, problems };
}

const oneLine = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => [...path.map(String), message].join(" ")).join("; ");
