/** A theme as a terminal takes it. */
import type { Tone } from "../view/line.ts";
import { background, type ColourDepth, foreground } from "./colour.ts";
import type { Look, Theme } from "./theme.ts";

/** What is written before and behind text of a tone. */
export type Painted = { begin: string; end: string };

/** By tone; a tone that is not there looks like plain text. */
export type Palette = Readonly<Partial<Record<Tone, Painted>>>;

/** A tone that a theme does not name is drawn as the one it is a kind of. */
const kinds: { readonly [tone in Tone]?: Tone } = {
  heading: "accent",
  added: "good",
  removed: "bad",
  "added-words": "added",
  "removed-words": "removed",
};

/** The palette of a theme; empty for a terminal without colours. */
export function paletteOf(theme: Theme, depth: ColourDepth): Palette {
  if (depth === 1) return {};
  const palette: Partial<Record<Tone, Painted>> = {};
  for (const tone of allTones(theme)) {
    const look = lookOf(theme, tone);
    if (look !== undefined) palette[tone] = paintedAs(look, depth);
  }
  return palette;
}

const allTones = ({ tones }: Theme): Tone[] => [
  ...new Set([...(Object.keys(tones) as Tone[]), ...(Object.keys(kinds) as Tone[])]),
];

function lookOf(theme: Theme, tone: Tone): Look | undefined {
  const kind = kinds[tone];
  return theme.tones[tone] ?? (kind && lookOf(theme, kind));
}

function paintedAs({ text, behind }: Look, depth: ColourDepth): Painted {
  const begin = [text && foreground(text, depth), behind && background(behind, depth)].filter(Boolean);
  const end = [text && "39", behind && "49"].filter(Boolean);
  return {
    begin: begin.length > 0 ? `\x1b[${begin.join(";")}m` : "",
    end: end.length > 0 ? `\x1b[${end.join(";")}m` : "",
  };
}
