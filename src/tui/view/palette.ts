/** Colours, or none of them: https://no-color.org asks that a set NO_COLOR leaves them out. */
import type { Tone } from "./line.ts";

/** SGR codes (ECMA-48 8.3.117) of the terminal's own colours, so that its theme decides how they look. */
export type Palette = Readonly<Partial<Record<Tone, number>>>;

const colours: Palette = { accent: 36, good: 32, bad: 31, warning: 33 };

/** The palette an environment asks for. */
export function paletteFor(env: { readonly [name: string]: string | undefined }): Palette {
  return env.NO_COLOR ? {} : colours;
}
