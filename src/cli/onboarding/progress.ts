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

/** Where they are kept. */
export const progressFile = (paths: TauPaths): string => join(paths.state, "onboarding.json");

/** The answers kept for a profile; none when there are none, or none that can be read: then all is asked anew. */
export function readProgress(paths: TauPaths, profile: string | null): Progress {
  const kept = keptProgress(paths);
  return kept !== null && kept !== "unreadable" && kept.profile === profile
    ? kept
    : { profile, done: [], setup: {} };
}

/** The answers kept, whatever profile they are for; null when there are none. */
export function keptProgress(paths: TauPaths): Progress | "unreadable" | null {
  try {
    const kept = progressSchema.safeParse(JSON.parse(readFileSync(progressFile(paths), "utf8")));
    return kept.success ? kept.data : "unreadable";
  } catch (error) {
    if (error instanceof SyntaxError) return "unreadable";
    if (systemCode(error) === undefined) throw error;
    return systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR" ? null : "unreadable";
  }
}

/** Keeps the answers. */
export async function keepProgress(paths: TauPaths, progress: Progress, now: () => number): Promise<void> {
  await rewriteFile(progressFile(paths), now, () => `${JSON.stringify({ v: 1, ...progress }, null, 2)}\n`);
}

/** All is answered. */
export function forgetProgress(paths: TauPaths): void {
  rmSync(progressFile(paths), { force: true });
}
