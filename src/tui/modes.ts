/** The modes as people walk through them. */
import type { Mode } from "../core/permission.ts";

/** Tightest first, as Shift+Tab goes. */
export const modes: readonly Mode[] = ["plan", "ask", "edit", "full"];
