/** A theme of somebody's own, as a file: JSON with comments. Loaded when there is one. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import * as z from "zod";
import { TauError } from "../../core/errors.ts";
import { tones } from "../view/line.ts";
import { terminalColourNames } from "./colour.ts";
import type { Theme } from "./theme.ts";

const colour = z.union(
  [z.enum(terminalColourNames), z.templateLiteral(["#", z.string().regex(/^[0-9a-fA-F]{6}$/)])],
  `must be #rrggbb or one of ${terminalColourNames.join(", ")}`,
);

/** What a theme file holds. */
const themeSchema = z.strictObject({
  $schema: z.string().optional(),
  background: z.enum(["dark", "light"]).describe("The background it is made for"),
  tones: z
    .partialRecord(z.enum(tones), z.strictObject({ text: colour.optional(), behind: colour.optional() }))
    .describe("Colours by what they mean"),
});

/**
 * Reads a theme.
 * @param path for errors
 * @throws TauError `config` naming the place that is wrong
 */
export function parseTheme(text: string, name: string, path: string): Theme {
  const problems: ParseError[] = [];
  const value: unknown = parse(text, problems, { allowTrailingComma: true });
  const [problem] = problems;
  if (problem)
    throw new TauError(
      "config",
      `${path}: ${printParseErrorCode(problem.error)} at character ${problem.offset + 1}`,
      "correct the JSON there",
    );
  const result = themeSchema.safeParse(value);
  if (!result.success)
    throw new TauError(
      "config",
      `${path}: ${z.prettifyError(result.error)}`,
      `tones are ${tones.join(", ")}`,
    );
  const { background, tones: looks } = result.data;
  return { name, background, tones: looks };
}
