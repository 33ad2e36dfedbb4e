/** Lines drawn by Ink. */
import { Box, Text } from "ink";
import { useContext } from "react";
import type { Line, Span } from "./line.ts";
import { PaletteContext } from "./palette.ts";

/** Rows that change: one node each, so that nothing can make a row two. */
export function Rows({ lines }: { lines: readonly Line[] }) {
  return (
    <Box flexDirection="column">
      {keyed(lines).map(({ key, value }) => (
        <Text key={key} wrap="truncate">
          {/* An empty text would have no height. */}
          {value.some(({ text }) => text !== "") ? <Spans spans={value} /> : " "}
        </Text>
      ))}
    </Box>
  );
}

/** Rows drawn once: all of them in one node, since a layout node for each of thousands of rows takes seconds. */
export function Block({ lines }: { lines: readonly Line[] }) {
  const spans = lines.flatMap((line, index) => (index === 0 ? line : [{ text: "\n" }, ...line]));
  return (
    <Text>
      <Spans spans={merged(spans)} />
    </Text>
  );
}

function Spans({ spans }: { spans: readonly Span[] }) {
  const palette = useContext(PaletteContext);
  return keyed(spans).map(({ key, value: { text, tone, bold, dim, inverse } }) => (
    <Text
      key={key}
      {...(tone && palette[tone] && { color: palette[tone] })}
      bold={bold ?? false}
      dimColor={dim ?? false}
      inverse={inverse ?? false}
    >
      {text}
    </Text>
  ));
}

/** Neighbours of one style as one span. */
function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  let texts: string[] = [];
  const close = (): void => {
    const last = all.pop();
    if (last) all.push({ ...last, text: texts.join("") });
  };
  for (const span of spans) {
    const last = all.at(-1);
    const same =
      last?.tone === span.tone &&
      last?.bold === span.bold &&
      last?.dim === span.dim &&
      last?.inverse === span.inverse;
    if (last && same) texts.push(span.text);
    else {
      close();
      all.push(span);
      texts = [span.text];
    }
  }
  close();
  return all;
}

/** Keys for lists whose members never move: their position. */
const keyed = <Value,>(values: readonly Value[]): { key: string; value: Value }[] =>
  values.map((value, position) => ({ key: String(position), value }));
