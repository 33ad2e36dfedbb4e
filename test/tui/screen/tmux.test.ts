import { expect, test } from "vitest";
import { checkScreenLaw } from "../../support/screen-law.ts";
import { hasTmux, TmuxPane, TmuxScreen } from "../../support/tmux-screen.ts";

/** More of them: TAU_TMUX_SEQUENCES=2000. */
const sequences = Number(process.env.TAU_TMUX_SEQUENCES ?? 40);

test.skipIf(!hasTmux)(
  "in a real tmux, too, screen and history are exactly the lines and the frame (skipped where there is none)",
  async () => {
    const pane = await TmuxPane.open();
    let opened = 0;
    await checkScreenLaw(
      { sequences, steps: 12 },
      (writer, frame) => writer.draw(frame),
      (size) => {
        opened += 1;
        return TmuxScreen.open(pane, size);
      },
    );
    expect(opened).toBe(sequences);
  },
  20_000 + sequences * 2_000,
);
