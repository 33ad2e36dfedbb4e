/** Plain tables for terminals: columns padded to their widest cell, numbers to the right. */

/** One column: its heading and which side its cells hold to. */
export type Column = { title: string; align?: "right" };

/** The table's lines, heading first. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? "";
        const width = widths[index] ?? 0;
        return column.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

/** A bar of at most `width` columns in eighths of a column. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  const rest = eighths % 8;
  return "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : (" ▏▎▍▌▋▊▉"[rest] ?? ""));
}

/** Whole numbers with thousands marks, or k/M beyond six digits. */
export function compact(count: number): string {
  if (count >= 10_000_000) return `${(count / 1_000_000).toFixed(1)}M`;
  if (count >= 100_000) return `${(count / 1000).toFixed(0)}k`;
  return count.toLocaleString("en-US");
}

/** One field of a CSV line (RFC 4180). A leading sign that a spreadsheet would run as a formula is kept as text. */
export function csvField(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
