import { describe, expect, it } from "vitest";
import { backgroundIn, backgroundOf } from "../../../src/tui/theme/background.ts";
import { chosenTheme } from "../../../src/tui/theme/choice.ts";
import { channels, type Rgb } from "../../../src/tui/theme/colour.ts";
import { paletteOf } from "../../../src/tui/theme/palette.ts";
import { parseTheme } from "../../../src/tui/theme/theme-file.ts";
import { themes } from "../../../src/tui/theme/themes.ts";
import { tones } from "../../../src/tui/view/line.ts";

/** Relative luminance and contrast: WCAG 2.2, 1.4.3. */
function contrast(a: Rgb, b: Rgb): number {
  const luminance = (rgb: Rgb): number => {
    const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe("the themes", () => {
  it("can be read on the background they are made for", () => {
    for (const { name, background, tones: looks } of themes) {
      for (const [tone, { text = "#808080", behind }] of Object.entries(looks)) {
        if (!text.startsWith("#")) continue;
        const ground = behind ?? (background === "dark" ? "#1e1e1e" : "#ffffff");
        if (!ground.startsWith("#")) throw new Error(`${name} ${tone}`);
        const found = contrast(channels(text as `#${string}`), channels(ground as `#${string}`));
        expect(found, `${name} ${tone}`).toBeGreaterThanOrEqual(name === "high-contrast" ? 7 : 4.5);
      }
    }
  });

  it("give every tone they draw the codes of the terminal's depth, and none without colours", () => {
    const [dark] = themes;
    if (!dark) throw new Error("no theme");
    expect(paletteOf(dark, 24)["added-words"]).toEqual({
      begin: "\x1b[38;2;230;255;233;48;2;31;92;46m",
      end: "\x1b[39;49m",
    });
    expect(paletteOf(dark, 8).accent).toEqual({ begin: "\x1b[38;5;117m", end: "\x1b[39m" });
    expect(paletteOf(dark, 4).good?.begin).toMatch(/^\x1b\[(3|9)\dm$/);
    expect(paletteOf(dark, 1)).toEqual({});
    for (const theme of themes)
      expect(Object.keys(paletteOf(theme, 24)).toSorted(), theme.name).toEqual([...tones].toSorted());
  });
});

describe("the background", () => {
  it.each([
    ["\u001b]11;rgb:1e1e/1e1e/2e2e\u001b\\", "dark"],
    ["\u001b]11;rgb:ff/fa/f0\u0007", "light"],
    ["\u001b]11;rgba:ffff/ffff/ffff/ffff\u0007", "light"],
    ["\u001b]10;rgb:ff/ff/ff\u0007", null],
    ["\u001b[?62;c", null],
  ])("of %j is %s", (report, expected) => {
    expect(backgroundIn(report)).toBe(expected);
  });

  it("is guessed from what the environment says", () => {
    expect(
      [{ COLORFGBG: "15;0" }, { COLORFGBG: "0;default;15" }, { COLORFGBG: "x" }, {}].map(backgroundOf),
    ).toEqual(["dark", "light", null, null]);
  });

  it("decides, where nothing is chosen and the terminal has more than its own colours", () => {
    const auto = { name: "auto", own: [] };
    expect(chosenTheme(auto, "light", 24).name).toBe("light");
    expect(chosenTheme(auto, null, 24).name).toBe("16-colour");
    expect(chosenTheme(auto, "dark", 4).name).toBe("16-colour");
    expect(chosenTheme({ name: "dark", own: [] }, "light", 24).name).toBe("dark");
  });
});

describe("a theme of one's own", () => {
  it("is read from a file, and what is wrong in it is named", () => {
    const text =
      '{ "background": "light", /* mine */ "tones": { "accent": { "text": "#123456" }, "bad": { "behind": "red" } } }';
    expect(parseTheme(text, "mine", "mine.json")).toEqual({
      name: "mine",
      background: "light",
      tones: { accent: { text: "#123456" }, bad: { behind: "red" } },
    });
    for (const [wrong, named] of [
      ['{ "background": "dark", "tones": { "accent": { "text": "#12" } } }', "tones.accent.text"],
      ['{ "background": "dark", "tones": { "acent": {} } }', "acent"],
      ["{", "mine.json"],
    ] as const)
      expect(() => parseTheme(wrong, "mine", "mine.json")).toThrow(named);
  });
});
