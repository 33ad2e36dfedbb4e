/** Inline Markdown as lines of the screen. */
import type { Line, Span, Style } from "../view/line.ts";
import { harmless } from "./address.ts";
import { inline } from "./inline.ts";
import type { Inline } from "./link.ts";

/** How links are shown: as text that can be clicked, or with their addresses written out. */
export type LinkStyle = "hyperlinks" | "addresses";

/** A text's lines, not wrapped yet. */
export function styled(text: string, links: LinkStyle, style: Style): Line[] {
  const lines: Span[][] = [[]];
  let linked = "";
  for (const run of inline(text)) {
    if (run.link !== undefined) linked += run.text;
    const shown = run.ends === undefined ? spanOf(run, links, style) : addressAfter(run, linked, links);
    if (run.ends !== undefined || run.link === undefined) linked = "";
    const [first = "", ...more] = shown.text.split("\n");
    lines.at(-1)?.push({ ...shown, text: first });
    for (const row of more) lines.push([{ ...shown, text: row.trimStart() }]);
  }
  return lines.map((line) => line.filter((span) => span.text !== ""));
}

function spanOf({ text, code, bold, italic, strike, link }: Inline, links: LinkStyle, style: Style): Span {
  const address = link === undefined ? null : harmless(link);
  return {
    ...style,
    text,
    ...(code && { tone: "code" }),
    ...(link !== undefined && { tone: "link", underline: true }),
    ...(bold && { bold }),
    ...(italic && { italic }),
    ...(strike && { strike }),
    ...(links === "hyperlinks" && address !== null && { href: address }),
  };
}

/** The address behind a link, where it is not to be seen otherwise. */
function addressAfter({ ends = "", image }: Inline, linked: string, links: LinkStyle): Span {
  const clickable = links === "hyperlinks" && harmless(ends) !== null && !image && linked !== "";
  if (ends === "" || clickable || ends === linked || ends === `mailto:${linked}`) return { text: "" };
  return { text: linked === "" ? `(${ends})` : ` (${ends})`, dim: true };
}
