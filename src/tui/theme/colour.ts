/** Colours as a theme writes them, and as a terminal of some depth takes them (ECMA-48 8.3.117; ISO 8613-6). */

/** A colour: one of the terminal's own sixteen by name, or an exact one. */
export type Colour = TerminalColour | `#${string}`;

const terminalColours = {
  black: 30,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 37,
  "bright-black": 90,
  "bright-red": 91,
  "bright-green": 92,
  "bright-yellow": 93,
  "bright-blue": 94,
  "bright-magenta": 95,
  "bright-cyan": 96,
  "bright-white": 97,
} as const;

/** The terminal's own colours: its theme decides how they look. */
export type TerminalColour = keyof typeof terminalColours;

/** The names of the terminal's own colours. */
export const terminalColourNames = Object.keys(terminalColours) as TerminalColour[];

/** Bits of colour a terminal has: 1 for none, 4 for its own sixteen, 8 for a palette of 256, 24 for all. */
export type ColourDepth = 1 | 4 | 8 | 24;

/** A depth as Node tells it (`getColorDepth`). */
export const depthOf = (bits: number): ColourDepth => (bits >= 24 ? 24 : bits >= 8 ? 8 : bits >= 4 ? 4 : 1);

/** The SGR parameters that set the colour of text; for a background 10 more. */
export function foreground(colour: Colour, depth: ColourDepth): string {
  return parameters(colour, depth, 0);
}

/** The SGR parameters that set the colour behind text. */
export function background(colour: Colour, depth: ColourDepth): string {
  return parameters(colour, depth, 10);
}

function parameters(colour: Colour, depth: ColourDepth, shift: number): string {
  if (!isExact(colour)) return String(terminalColours[colour] + shift);
  const rgb = channels(colour);
  if (depth === 24) return `${38 + shift};2;${rgb.join(";")}`;
  if (depth === 8) return `${38 + shift};5;${inPalette(rgb)}`;
  return String(nearestOwn(rgb) + shift);
}

const isExact = (colour: Colour): colour is `#${string}` => colour.startsWith("#");

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** The channels of `#rrggbb`. */
export function channels(colour: `#${string}`): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Levels of the 6 x 6 x 6 cube that xterm puts at 16 to 231; greys follow at 232 to 255. */
const levels = [0, 95, 135, 175, 215, 255] as const;

function inPalette(rgb: Rgb): number {
  const [red, green, blue] = rgb.map(nearestLevel) as [number, number, number];
  const cube: Rgb = [levels[red] ?? 0, levels[green] ?? 0, levels[blue] ?? 0];
  const step = Math.max(0, Math.min(23, Math.round((mean(rgb) - 8) / 10)));
  const grey = 8 + 10 * step;
  return distance(rgb, [grey, grey, grey]) < distance(rgb, cube)
    ? 232 + step
    : 16 + 36 * red + 6 * green + blue;
}

function nearestLevel(value: number): number {
  const far = levels.map((level) => Math.abs(level - value));
  return far.indexOf(Math.min(...far));
}

/** As xterm shows them; what a terminal's own theme makes of them nobody can know. */
const ownColours: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

function nearestOwn(rgb: Rgb): number {
  const far = ownColours.map((own) => distance(rgb, own));
  const nearest = far.indexOf(Math.min(...far));
  return nearest < 8 ? 30 + nearest : 82 + nearest;
}

const distance = (a: Rgb, b: Rgb): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
const mean = ([red, green, blue]: Rgb): number => (red + green + blue) / 3;
