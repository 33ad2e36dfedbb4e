/** todo: the model's plan, shown to people. The whole list comes with each call, so the ledger is its only state. */
import * as z from "zod";
import { defineTool, type Tool } from "../core/tool.ts";
import { plural } from "./truncate.ts";

/** Most items of the list. */
export const MAX_ITEMS = 50;
/** Most characters of one item. */
export const MAX_ITEM_CHARS = 200;

/** Makes the todo tool. */
export function makeTodoTool(): Tool {
  return defineTool({
    name: "todo",
    description: `Set the plan shown to the user: the whole list each time (at most ${MAX_ITEMS}). Use it for work of three or more steps; keep one item in_progress.`,
    input: z.object({
      items: z
        .array(
          z.object({
            text: z.string().min(1).max(MAX_ITEM_CHARS),
            status: z.enum(["pending", "in_progress", "done"]),
          }),
        )
        .max(MAX_ITEMS),
    }),
    // It changes nothing but what people see.
    access: "read",
    intent: ({ items }) => ({ summary: `plan of ${plural(items.length, "item")}`, paths: [] }),
    run: async ({ items }) => {
      const count = (status: string) => items.filter((item) => item.status === status).length;
      return {
        output: `Plan: ${count("done")} done, ${count("in_progress")} in progress, ${count("pending")} pending.`,
        display: [{ type: "todo", items }],
      };
    },
  });
}
