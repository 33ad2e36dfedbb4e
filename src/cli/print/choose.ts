/** Which printer a headless run gets. */
import { compatDialects } from "./compat/dialects.ts";
import { jsonPrinter, resultPrinter } from "./json.ts";
import type { Printer } from "./printer.ts";
import { say } from "./streams.ts";
import { textPrinter } from "./text.ts";

/** The options that decide, as they came from the command line: a wrong one among them is told in the format asked for. */
export type OutputOptions = { json?: unknown; output?: unknown; compat?: unknown };

/** The printer for these options. Combinations that make no sense get the nearest one, to be refused in. */
export async function printerFor(options: OutputOptions, out: (text: string) => void): Promise<Printer> {
  const format = options.json === true ? "stream-json" : options.output;
  if (options.compat !== undefined) {
    const { compatLines, compatObject } = await import("./compat/printer.ts");
    const dialect = compatDialects.find((one) => one === options.compat);
    if ((dialect === "claude" || dialect === "gemini") && format === "json")
      return compatObject(dialect, out);
    if (dialect !== undefined && format !== "text") return compatLines(dialect, out);
  }
  if (format === "stream-json") return jsonPrinter(out);
  if (format === "json") return resultPrinter(out);
  return textPrinter(out, say);
}
