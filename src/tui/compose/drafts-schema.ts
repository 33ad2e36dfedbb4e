/** The shape of a file of drafts. Loaded when there is one. */
import * as z from "zod";
import type { Token } from "./tokens.ts";

const text = z.object({ type: z.literal("text"), text: z.string() });
const image = z.object({
  type: z.literal("image"),
  mediaType: z.string(),
  data: z.string(),
  name: z.string().exactOptional(),
});
const token = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("paste"), label: z.string(), text: z.string() }),
  z.object({ kind: z.literal("image"), label: z.string(), parts: z.array(z.union([text, image])) }),
]);
const draft = z.object({ text: z.string(), tokens: z.array(token) });

/** The drafts in a file's data, one or a list; none of what has another shape. */
export function draftsOf(data: unknown): { text: string; tokens: Token[] }[] {
  const parsed = z.union([z.array(draft), draft.transform((one) => [one])]).safeParse(data);
  return parsed.success ? parsed.data : [];
}
