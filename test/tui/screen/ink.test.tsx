import { expect, test, vi } from "vitest";
import { Rows, startInk } from "../../../src/tui/screen/ink.tsx";
import { checkScreenLaw } from "../../support/screen-law.ts";

vi.setConfig({ testTimeout: 300_000 });

test("with Ink's layout between, too, the terminal shows exactly the lines and the frame", async () => {
  let width = 80;
  let shown: readonly string[] = [];
  let frames = 0;
  const ink = startInk(
    <Rows rows={[]} />,
    () => width,
    (rows) => {
      shown = rows;
      frames += 1;
    },
    (error) => expect.unreachable(String(error)),
  );
  await checkScreenLaw({ sequences: 2000, steps: 8 }, (writer, { rows, caret }, columns) => {
    // Of nothing Ink hands over nothing; a live region has at least its composer.
    if (rows.join("") === "") return writer.draw({ rows, caret });
    width = columns;
    frames = 0;
    ink.redraw(<Rows rows={rows} />);
    // Drawn before the call returns, and once; a frame like the one before is not drawn at all.
    expect(frames).toBeLessThanOrEqual(1);
    writer.draw({ rows: shown, caret });
  });
  ink.end();
});
