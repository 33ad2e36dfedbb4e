/** The themes Tau comes with. Contrast is at least 4.5:1 against the background each is made for (WCAG 1.4.3). */
import type { Theme } from "./theme.ts";

/** The terminal's own colours: its theme decides how they look, on whatever background it has. */
const sixteen: Theme = {
  name: "16-colour",
  background: "dark",
  tones: {
    accent: { text: "cyan" },
    good: { text: "green" },
    bad: { text: "red" },
    warning: { text: "yellow" },
    heading: { text: "cyan" },
    code: { text: "magenta" },
    link: { text: "blue" },
    quote: { text: "bright-black" },
    keyword: { text: "magenta" },
    string: { text: "green" },
    number: { text: "yellow" },
    comment: { text: "bright-black" },
    type: { text: "cyan" },
    function: { text: "blue" },
  },
};

const dark: Theme = {
  name: "dark",
  background: "dark",
  tones: {
    accent: { text: "#7cc7ff" },
    good: { text: "#7ddb8b" },
    bad: { text: "#ff8b8b" },
    warning: { text: "#f2c55c" },
    heading: { text: "#7cc7ff" },
    code: { text: "#e0b0ff" },
    link: { text: "#8ab4f8" },
    quote: { text: "#a8b3bd" },
    keyword: { text: "#d8a6ff" },
    string: { text: "#a5d6a7" },
    number: { text: "#f5b97f" },
    comment: { text: "#94a1ac" },
    type: { text: "#80d8d0" },
    function: { text: "#90b8ff" },
    added: { text: "#7ddb8b" },
    removed: { text: "#ff8b8b" },
    "added-words": { text: "#e6ffe9", behind: "#1f5c2e" },
    "removed-words": { text: "#ffe9e9", behind: "#6b2328" },
  },
};

const light: Theme = {
  name: "light",
  background: "light",
  tones: {
    accent: { text: "#005fb8" },
    good: { text: "#1a6e2e" },
    bad: { text: "#b3261e" },
    warning: { text: "#7d5700" },
    heading: { text: "#005fb8" },
    code: { text: "#7b2ca8" },
    link: { text: "#0b57d0" },
    quote: { text: "#57606a" },
    keyword: { text: "#8a1fb0" },
    string: { text: "#1a6e2e" },
    number: { text: "#9a4600" },
    comment: { text: "#5c6670" },
    type: { text: "#00666b" },
    function: { text: "#1f4fb3" },
    added: { text: "#1a6e2e" },
    removed: { text: "#b3261e" },
    "added-words": { text: "#0a3d17", behind: "#b7ebc3" },
    "removed-words": { text: "#5c0f0b", behind: "#ffc9c4" },
  },
};

const highContrast: Theme = {
  name: "high-contrast",
  background: "dark",
  tones: {
    accent: { text: "#00e5ff" },
    good: { text: "#5dff7a" },
    bad: { text: "#ff9a9a" },
    warning: { text: "#ffe14d" },
    heading: { text: "#ffffff" },
    code: { text: "#ffb3ff" },
    link: { text: "#9ecbff" },
    quote: { text: "#e0e0e0" },
    keyword: { text: "#ffb3ff" },
    string: { text: "#a8ffb5" },
    number: { text: "#ffe14d" },
    comment: { text: "#d0d0d0" },
    type: { text: "#7dfff0" },
    function: { text: "#9ecbff" },
    added: { text: "#5dff7a" },
    removed: { text: "#ff9a9a" },
    "added-words": { text: "#000000", behind: "#5dff7a" },
    "removed-words": { text: "#000000", behind: "#ff9a9a" },
  },
};

/**
 * Blue stands for good and orange for bad: told apart with every common kind of colour blindness (M. Okabe, K. Ito,
 * Color Universal Design, 2008).
 */
const colourBlind: Theme = {
  name: "colour-blind",
  background: "dark",
  tones: {
    accent: { text: "#56b4e9" },
    good: { text: "#56b4e9" },
    bad: { text: "#e69f00" },
    warning: { text: "#f0e442" },
    heading: { text: "#56b4e9" },
    code: { text: "#e0b0d0" },
    link: { text: "#8ab4f8" },
    quote: { text: "#b0b8c0" },
    keyword: { text: "#e0a0c8" },
    string: { text: "#f0e442" },
    number: { text: "#e69f00" },
    comment: { text: "#9aa5b0" },
    type: { text: "#56b4e9" },
    function: { text: "#8ab4f8" },
    added: { text: "#56b4e9" },
    removed: { text: "#e69f00" },
    "added-words": { text: "#ffffff", behind: "#0b5c8a" },
    "removed-words": { text: "#ffffff", behind: "#8a4b00" },
  },
};

/** All of them, by name. */
export const themes: readonly Theme[] = [dark, light, highContrast, colourBlind, sixteen];

/** What is taken where a terminal does not tell its background, or has no more colours than its own. */
export const ownColours: Theme = sixteen;

/** The theme for a background. */
export const themeFor = (background: "dark" | "light"): Theme => (background === "dark" ? dark : light);
