/** What the model is told of arguments that do not fit a tool; loaded when some do not. */
import * as z from "zod";

/** A line for each thing that is wrong and where. */
export const misfitText = (error: z.ZodError): string => z.prettifyError(error);
