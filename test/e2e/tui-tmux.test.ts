/** The terminal UI in a real tmux. Skipped, and said to be, where there is none. */
import { describe, expect, it } from "vitest";
import { keys } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { model, scene } from "./support/scene.ts";
import { startTmux, tmuxVersion } from "./support/tmux.ts";
import { ready } from "./support/tui.ts";

const long =
  "One line that is rather long so that it has to be wrapped when the terminal gets narrower, is it not so?";

describe.skipIf(tmuxVersion === null)("in tmux (skipped where there is none)", () => {
  it("a pane that is resized again and again shows what it showed, without a ghost and without a gap", async () => {
    const set = await scene([{ text: `${long}\n\nTwo.` }]);
    const tau = startTmux(set.world, {
      columns: 90,
      shell: `"$NODE" "$TAU" --model ${model} hello; echo "ended $?"; exec sh`,
    });
    await tau.waitFor("Two.");
    await tau.waitFor(ready);
    const whole = (): string => tau.history().join("\n").trimEnd();
    const before = whole();
    for (const columns of [40, 90, 25, 90, 60, 40, 90]) {
      tau.resize(columns, 24);
      // The footer is cut where it does not fit, so it tells for which width it was drawn.
      await tau.waitFor((screen) =>
        columns >= 90 ? screen.includes("100 in, 20 out") : !screen.includes("100 in, 20 out"),
      );
    }
    // A storm: nobody waits in between.
    for (const columns of [50, 30, 70, 35, 45, 90]) tau.resize(columns, 24);
    await until("what was there before", () => whole() === before);
    tau.write(`${keys.ctrlC}${keys.ctrlC}`);
    await tau.waitFor("ended 0");
    expect(whole()).toMatch(/Two\.\n\nTo go on: tau -r \S+\nended 0/);
  });
});
