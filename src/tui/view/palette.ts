/** Colours, or none of them: https://no-color.org asks that a set NO_COLOR leaves them out. */
import { createContext } from "react";
import type { Tone } from "./line.ts";

/** The terminal's own colours, so that its theme decides how they look. */
export type Palette = Readonly<Partial<Record<Tone, string>>>;

const colours: Palette = { accent: "cyan", good: "green", bad: "red", warning: "yellow" };

/** The palette an environment asks for. */
export function paletteFor(env: { readonly [name: string]: string | undefined }): Palette {
  return env.NO_COLOR ? {} : colours;
}

/** The palette of the screen. */
export const PaletteContext = createContext<Palette>(colours);
