/** The answers of a wizard that was broken off, so that the next one goes on there. Never a key. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { TauPaths } from "../../config/paths.ts";
import { rewriteFile } from "../../config/rewrite-file.ts";
import { systemCode } from "../../core/errors.ts";
import type { Setup } from "./setup.ts";

/** The questions, in their order. */
export const steps = ["provider", "model", "probe", "mode", "budget", "theme", "completions"] as const;
/** One of them. */
export type Step = (typeof steps)[number];

/** What is kept. */
export type Progress = { profile: string | null; done: Step[]; setup: Setup };

const progressSchema = z.object({
  v: z.literal(1),
  profile: z.string().nullable(),
  done: z.array(z.enum(steps)),
  setup: z.object({
    provider: z.string().optional(),
    baseUrl: z.string().optional(),
    dialect: z.enum(["messages", "chat-completions", "responses", "generate-content"]).optional(),
    keyEnv: z.string().optional(),
    model: z.string().optional(),
    contextWindow: z.number().optional(),
    mode: z.enum(["plan", "ask", "edit", "full"]).optional(),
    dailyBudget: z.number().nullable().optional(),
    free: z.boolean().optional(),
    theme: z.string().optional(),
  }),
});

const fileOf = (paths: TauPaths): string => join(paths.state, "onboarding.json");

/** The answers kept for a profile; none when there are none, or none that can be read: then all is asked anew. */
export function readProgress(paths: TauPaths, profile: string | null): Progress {
  const none: Progress = { profile, done: [], setup: {} };
  try {
    const kept = progressSchema.safeParse(JSON.parse(readFileSync(fileOf(paths), "utf8")));
    return kept.success && kept.data.profile === profile ? kept.data : none;
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) !== undefined) return none;
    throw error;
  }
}

/** Keeps the answers. */
export async function keepProgress(paths: TauPaths, progress: Progress, now: () => number): Promise<void> {
  await rewriteFile(fileOf(paths), now, () => `${JSON.stringify({ v: 1, ...progress }, null, 2)}\n`);
}

/** All is answered. */
export function forgetProgress(paths: TauPaths): void {
  rmSync(fileOf(paths), { force: true });
}
