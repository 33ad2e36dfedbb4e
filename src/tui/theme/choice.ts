/** Which theme is drawn in: a chosen one, or by itself the one for the terminal's background. */
import type { ColourDepth } from "./colour.ts";
import type { Theme } from "./theme.ts";
import { ownColours, themeFor, themes } from "./themes.ts";

/** The name of the choice that follows the terminal's background. */
export const automatic = "auto";

/** What is chosen: {@link automatic} or a theme's name; `own` are people's own themes. */
export type ThemeChoice = { name: string; own: readonly Theme[] };

/** All there is to choose from: people's own stand before those of the same name that Tau comes with. */
export const allThemes = (own: readonly Theme[]): Theme[] => [
  ...own,
  ...themes.filter(({ name }) => own.every((theme) => theme.name !== name)),
];

/**
 * The theme to draw in.
 * @param background what the terminal told; null as long as it told nothing
 */
export function chosenTheme(
  { name, own }: ThemeChoice,
  background: "dark" | "light" | null,
  depth: ColourDepth,
): Theme {
  const chosen = allThemes(own).find((theme) => theme.name === name);
  if (chosen !== undefined) return chosen;
  // A terminal of sixteen colours has a theme of its own that suits its background.
  return background === null || depth < 8 ? ownColours : themeFor(background);
}
