/** The theme that is drawn in, and what changes it: a person, or what the terminal tells of its background. */
import { backgroundIn } from "./background.ts";
import { allThemes, automatic, chosenTheme, type ThemeChoice } from "./choice.ts";
import type { ColourDepth } from "./colour.ts";
import type { Theme } from "./theme.ts";

/** The theme of a running UI. */
export type ThemeSwitch = {
  /** Names to choose from. */
  readonly names: readonly string[];
  /** What is chosen. */
  chosen(): string;
  /** What is drawn in. */
  current(): Theme;
  /** Draws in another from here on. */
  choose(name: string): void;
  /** Takes in what a terminal reported. */
  heard(sequence: string): void;
};

/** @param use draws in a theme */
export function themeSwitch(
  { name: first, own }: ThemeChoice,
  guessed: "dark" | "light" | null,
  depth: ColourDepth,
  use: (theme: Theme) => void,
): ThemeSwitch {
  let name = first;
  let background = guessed;
  const current = (): Theme => chosenTheme({ name, own }, background, depth);
  const changed = (): void => use(current());
  return {
    names: [automatic, ...allThemes(own).map((theme) => theme.name)],
    chosen: () => name,
    current,
    choose(next) {
      name = next;
      changed();
    },
    heard(sequence) {
      const told = backgroundIn(sequence);
      if (told === null || told === background) return;
      background = told;
      changed();
    },
  };
}
