/**
 * MCP servers as people write them: in Tau's own settings under `mcpServers`, and in a project's `.mcp.json`. The form
 * is the one that most agents share. Source: Claude Code's documentation, "MCP installation scopes"; and the MCP
 * specification 2025-06-18, "Transports".
 */
import * as z from "zod";

/** Of one wait, as other agents write it too. */
const milliseconds = z.int().positive().max(3_600_000);

const shape = {
  type: z
    .enum(["stdio", "http", "streamable-http", "sse"])
    .optional()
    .describe("stdio where there is a command, http where there is a url"),
  command: z.string().min(1).optional().describe("The program; it is looked up in PATH"),
  args: z.array(z.string()).optional(),
  env: z
    .record(z.string(), z.string())
    .optional()
    .describe("Beside the plain variables that every command gets; ${VAR} and ${VAR:-default} are filled in"),
  cwd: z.string().min(1).optional().describe("Relative to the project; its root where it is not given"),
  url: z.string().min(1).optional(),
  headers: z
    .record(z.string(), z.string())
    .optional()
    .describe("Sent with every request; ${VAR} is filled in"),
  timeout: milliseconds.optional().describe("Of one call without a sign of life, in milliseconds"),
  startupTimeout: milliseconds.optional().describe("Until it has told of its tools, in milliseconds"),
  tools: z
    .array(z.string().min(1))
    .optional()
    .describe(
      "The tools that are offered to the model; * stands for any characters. All where it is not given",
    ),
  disabled: z.boolean().optional(),
};

const isWhole = ({ command, url }: { command?: string | undefined; url?: string | undefined }) =>
  (command === undefined) !== (url === undefined);
const notWhole = "needs either a command or a url";

/** A server in Tau's settings. */
export const mcpServerSchema = z
  .strictObject(shape)
  .refine(isWhole, notWhole)
  .describe("An MCP server: a command that is started, or a url that is asked");

/** A server in a file that other agents read as well: what only they know is let be. */
export const sharedServerSchema = z.object(shape).refine(isWhole, notWhole);

/** A server as it is written. */
export type McpServerSettings = z.infer<typeof mcpServerSchema>;
