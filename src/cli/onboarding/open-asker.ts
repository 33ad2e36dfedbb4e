/** Which way of asking fits the terminal. */
import { wantedDepth } from "../../tui/theme/depth.ts";
import { cannotMove } from "../open-ui.ts";
import type { Asker } from "./asker.ts";

/** Opens an asker over this process's terminal; where the cursor cannot be moved, it asks in plain lines. */
export async function openAsker(kind: "rich" | "plain"): Promise<Asker> {
  return kind === "rich" && !cannotMove()
    ? (await loadMenus(process.env)).menus(process.stdin, process.stdout)
    : (await import("./plain-questions.ts")).plainQuestions(process.stdin, process.stdout);
}

/**
 * Their library asks Node for colours once, when it is loaded, and Node asks the environment in an order of its own: so
 * it finds there what was decided, for that moment.
 */
async function loadMenus(env: NodeJS.ProcessEnv): Promise<typeof import("./menus.ts")> {
  const depth = wantedDepth(env, (others) => process.stdout.getColorDepth(others));
  const { FORCE_COLOR, NO_COLOR } = env;
  env.FORCE_COLOR = depth === 1 ? "0" : "1";
  delete env.NO_COLOR;
  try {
    return await import("./menus.ts");
  } finally {
    restore(env, "FORCE_COLOR", FORCE_COLOR);
    restore(env, "NO_COLOR", NO_COLOR);
  }
}

function restore(env: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) delete env[name];
  else env[name] = value;
}
