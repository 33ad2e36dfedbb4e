/** Going over to another model in a running terminal UI. */
import { expect, it } from "vitest";
import { keys } from "./support/pty.ts";
import { tui } from "./support/tui.ts";

it("one that nobody knows the price of is refused under a cap in dollars, and the session stays as it was", async () => {
  const { tau } = await tui([], [], { settings: { budgets: { day: { usd: 5 } } } });
  tau.write(`/model anthropic/nobodys-model${keys.enter}`);
  const screen = await tau.waitFor(/nobody knows what[\s\S]*shall we/);
  expect(screen).toContain("claude-haiku-4-5");
});
