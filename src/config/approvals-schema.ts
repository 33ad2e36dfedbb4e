/** What the file of approvals holds; loaded when there is one. */
import * as z from "zod";

/** Rules by the project's root folder. */
export const approvalsSchema = z.record(z.string(), z.strictObject({ allow: z.array(z.string().min(1)) }));

/** What does not fit, in words. */
export const approvalsProblem = (error: z.ZodError): string => z.prettifyError(error);
