/** A terminal's screen as an SVG: what a person saw, in the colours of a dark window. */
import type { IBufferCell, Terminal } from "@xterm/headless";

const cellWidth = 8.4;
const rowHeight = 18;
const margin = 14;
const ink = "#d4d4d8";
const paper = "#18181b";
/** The sixteen colours that are the terminal's own. */
const own = [
  "#3f3f46", "#f87171", "#4ade80", "#facc15", "#60a5fa", "#c084fc", "#22d3ee", "#d4d4d8",
  "#71717a", "#fca5a5", "#86efac", "#fde047", "#93c5fd", "#d8b4fe", "#67e8f9", "#fafafa",
]; // biome-ignore format: as terminals number them

/** Draws what the screen shows, without the empty rows at its end; times are told as zeros, for they differ. */
export function pictureOf(terminal: Terminal, title: string): string {
  const { active } = terminal.buffer;
  const rows = Array.from({ length: terminal.rows }, (_, row) => runsOf(terminal, active.baseY + row));
  while (rows.length > 1 && rows.at(-1)?.length === 0) rows.pop();
  const width = Math.round(terminal.cols * cellWidth + 2 * margin);
  const height = rows.length * rowHeight + 2 * margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
    ...rows.flatMap((runs, row) => runs.flatMap((run) => drawn(run, margin + row * rowHeight))),
    "</svg>",
    "",
  ].join("\n");
}

/** Cells beside each other that look alike. */
type Run = {
  column: number;
  columns: number;
  text: string;
  ink: string;
  paper: string | null;
  style: string;
};

function drawn({ column, columns, text, ink, paper, style }: Run, top: number): string[] {
  const x = number(margin + column * cellWidth);
  const width = number(columns * cellWidth);
  const behind =
    paper === null
      ? []
      : [`<rect x="${x}" y="${top}" width="${width}" height="${rowHeight}" fill="${paper}"/>`];
  if (text.trim() === "") return behind;
  const shown = escaped(text.replace(/\d+(\.\d+)?(?= ?m?s\b)/g, (time) => time.replace(/\d/g, "0")));
  return [
    ...behind,
    `<text x="${x}" y="${top + 13}" textLength="${width}" fill="${ink}"${style} xml:space="preserve">${shown}</text>`,
  ];
}

const number = (value: number): string => String(Math.round(value * 10) / 10);
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function runsOf(terminal: Terminal, row: number): Run[] {
  const line = terminal.buffer.active.getLine(row);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line?.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const before = runs.at(-1);
    const text = cell.getChars() || " ";
    if (before && before.ink === look.ink && before.paper === look.paper && before.style === look.style) {
      before.text += text;
      before.columns += cell.getWidth();
    } else runs.push({ column, columns: cell.getWidth(), text, ...look });
  }
  const seen = runs.filter(({ text, paper: behind }) => text.trim() !== "" || behind !== null);
  return seen.map((run) => (run.paper === null ? trimmed(run) : run));
}

function trimmed(run: Run): Run {
  const text = run.text.trimEnd();
  return { ...run, text, columns: run.columns - (run.text.length - text.length) };
}

function lookOf(cell: IBufferCell): Pick<Run, "ink" | "paper" | "style"> {
  const front = cell.isFgDefault() ? null : colour(cell.isFgRGB(), cell.getFgColor());
  const back = cell.isBgDefault() ? null : colour(cell.isBgRGB(), cell.getBgColor());
  const inverse = cell.isInverse() !== 0;
  return {
    ink: inverse ? (back ?? paper) : (front ?? ink),
    paper: inverse ? (front ?? ink) : back,
    style: [
      cell.isBold() ? ' font-weight="bold"' : "",
      cell.isDim() ? ' opacity="0.6"' : "",
      cell.isItalic() ? ' font-style="italic"' : "",
      cell.isUnderline() ? ' text-decoration="underline"' : "",
    ].join(""),
  };
}

function colour(rgb: boolean, value: number): string {
  if (rgb) return `#${value.toString(16).padStart(6, "0")}`;
  if (value < 16) return own[value] ?? ink;
  if (value >= 232) return `#${(8 + (value - 232) * 10).toString(16).padStart(2, "0").repeat(3)}`;
  const level = (step: number): string => (step === 0 ? 0 : 55 + step * 40).toString(16).padStart(2, "0");
  const cube = value - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}
