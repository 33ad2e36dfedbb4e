/** What the file of approvals holds; loaded when there is one. */
import * as z from "zod";

const approvals = z.strictObject({
  /** Permission rules. */
  allow: z.array(z.string().min(1)).default([]),
  /** Fingerprints of the project's MCP servers that may be started, by name. */
  mcpServers: z.record(z.string(), z.string()).default({}),
});

/** By the project's root folder. */
export const approvalsSchema = z.record(z.string(), approvals);

/** What was allowed in one project. */
export type Approvals = z.infer<typeof approvals>;

/** What does not fit, in words. */
export const approvalsProblem = (error: z.ZodError): string => z.prettifyError(error);
