/** What a theme is: a colour for each tone, as data. */
import type { Tone } from "../view/line.ts";
import type { Colour } from "./colour.ts";

/** How one tone looks; what is left out is left to the terminal. */
export type Look = { text?: Colour | undefined; behind?: Colour | undefined };

/** A theme. A tone it does not name has the look of the tone it stands for. */
export type Theme = {
  name: string;
  /** The background it is made for. */
  background: "dark" | "light";
  tones: { readonly [tone in Tone]?: Look };
};
