import { expect, it } from "vitest";
import { wantedDepth } from "../../../src/tui/theme/depth.ts";

it.each<[env: Record<string, string>, detected: number, depth: number]>([
  [{}, 24, 24],
  [{}, 1, 1],
  [{ NO_COLOR: "1" }, 24, 1],
  [{ NO_COLOR: "0" }, 24, 1],
  [{ NO_COLOR: "" }, 24, 24],
  [{ NO_COLOR: "1", FORCE_COLOR: "3", CLICOLOR_FORCE: "1", COLORTERM: "truecolor" }, 24, 1],
  [{ FORCE_COLOR: "0" }, 24, 1],
  [{ FORCE_COLOR: "false" }, 24, 1],
  [{ FORCE_COLOR: "" }, 8, 8],
  [{ FORCE_COLOR: "1" }, 1, 4],
  [{ FORCE_COLOR: "1" }, 24, 24],
  [{ FORCE_COLOR: "true" }, 1, 4],
  [{ FORCE_COLOR: "yes" }, 1, 4],
  [{ FORCE_COLOR: "2" }, 1, 8],
  [{ FORCE_COLOR: "2" }, 24, 8],
  [{ FORCE_COLOR: "3" }, 1, 24],
  [{ FORCE_COLOR: "0", CLICOLOR_FORCE: "1" }, 8, 1],
  [{ CLICOLOR_FORCE: "1" }, 1, 4],
  [{ CLICOLOR_FORCE: "1", CLICOLOR: "0" }, 8, 8],
  [{ CLICOLOR_FORCE: "0" }, 1, 1],
  [{ CLICOLOR: "0" }, 24, 1],
  [{ CLICOLOR: "1" }, 8, 8],
])("%o over a terminal of %i bits writes in %i", (env, detected, depth) => {
  expect(wantedDepth({ TERM: "xterm", ...env }, () => detected)).toBe(depth);
});

it("Node detects without what was said, for it would judge otherwise and say so on the screen", () => {
  const said = { NO_COLOR: "", FORCE_COLOR: "1", CLICOLOR: "0", CLICOLOR_FORCE: "1" };
  wantedDepth({ ...said, TERM: "xterm-256color" }, (env) => {
    expect(env).toEqual({ TERM: "xterm-256color" });
    return 8;
  });
});
