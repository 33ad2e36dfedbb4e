/** An answer's pieces as lines of text. What is drawn on a screen, such as a table's rules, is said or left out. */
import type { Piece } from "../markdown/piece.ts";
import { styled } from "../markdown/styled.ts";
import type { Span } from "../view/line.ts";

/** Says pieces in their order, once. */
export class PieceSpeaker {
  #inCode = false;

  /** The lines of a piece. */
  lines(piece: Piece): string[] {
    const { content } = piece;
    const ending = content.type === "code" ? [] : this.close();
    const gap = piece.gap === null ? [] : [""];
    const first = marks(piece.first);
    const rest = marks(piece.rest);
    const [top = "", ...below] = this.#content(content);
    if (content.type === "fence") this.#inCode = true;
    return [...ending, ...gap, ...[`${first}${top}`, ...below.map((line) => `${rest}${line}`)].map(trimmed)];
  }

  /** What ends what was begun. */
  close(): string[] {
    const open = this.#inCode;
    this.#inCode = false;
    return open ? ["end of code"] : [];
  }

  #content(content: Piece["content"]): string[] {
    switch (content.type) {
      case "text":
        return inlineText(content.text);
      case "heading":
        return [`Heading: ${inlineText(content.text).join(" ")}`];
      case "fence":
        return [content.language === "" ? "code:" : `code, ${content.language}:`];
      case "code":
        return [`  ${content.line}`];
      case "rule":
        return ["---"];
      case "table-head":
        return [
          `table, columns ${content.shape.header.map((cell) => inlineText(cell).join(" ")).join(", ")}:`,
        ];
      case "table-row":
        return [
          content.shape.header
            .map(
              (name, index) =>
                `${inlineText(name).join(" ")}: ${inlineText(content.cells[index] ?? "").join(" ")}`,
            )
            .join("; "),
        ];
    }
  }
}

/** Inline Markdown without its marks, addresses written out. */
const inlineText = (text: string): string[] =>
  styled(text, "addresses", {}).map((line) => line.map((span) => span.text).join(""));

const marks = (spans: readonly Span[]): string =>
  spans
    .map(({ text }) => text)
    .join("")
    .replaceAll("│ ", "> ")
    .replaceAll("• ", "- ")
    .replaceAll("☐ ", "to do: ")
    .replaceAll("☑ ", "done: ");

const trimmed = (line: string): string => line.trimEnd();
