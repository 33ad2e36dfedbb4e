/** Finished pieces of the conversation. */
import { Box, Text } from "ink";
import type { Display } from "../../core/tool.ts";
import type { Item } from "../state.ts";
import { keyed } from "./keyed.ts";

/** Lines of a tool's display that are drawn; the rest is counted. */
const shownLines = 12;

/** One finished item. */
export function FinishedItem({ item }: { item: Item }) {
  switch (item.type) {
    case "user":
      return (
        <Box marginTop={1}>
          <Text color="cyan">{"› "}</Text>
          <Text bold>{item.text}</Text>
          {item.note && <Text dimColor>{` (${item.note})`}</Text>}
        </Box>
      );
    case "answer":
      return (
        <Box marginTop={1}>
          <Text>{item.text.trimEnd()}</Text>
        </Box>
      );
    case "tool":
      return <ToolCard item={item} />;
    case "notice":
      return <Text color={item.level === "warning" ? "yellow" : "gray"}>{`! ${item.text}`}</Text>;
  }
}

function ToolCard({ item }: { item: Extract<Item, { type: "tool" }> }) {
  const ok = item.status === "ok";
  const seconds = item.durationMs >= 1000 ? ` ${(item.durationMs / 1000).toFixed(1)} s` : "";
  return (
    <Box flexDirection="column">
      <Text>
        <Text color={ok ? "green" : "red"}>{ok ? "✓ " : "✗ "}</Text>
        {item.summary}
        <Text dimColor>{`${ok ? "" : ` ${item.status}`}${seconds}`}</Text>
      </Text>
      {keyed(item.display).map(({ key, value }) => (
        <DisplayLines key={key} display={value} failed={!ok} />
      ))}
    </Box>
  );
}

function DisplayLines({ display, failed }: { display: Display; failed: boolean }) {
  const lines = linesOf(display, failed);
  const shown = display.type === "terminal" ? lines.slice(-shownLines) : lines.slice(0, shownLines);
  const hidden = lines.length - shown.length;
  return (
    <Box flexDirection="column" marginLeft={2}>
      {keyed(shown).map(({ key, value }) => (
        <Text key={key} wrap="truncate" {...styleOf(display, value)}>
          {value}
        </Text>
      ))}
      {hidden > 0 && <Text dimColor>{`… ${hidden} more lines`}</Text>}
    </Box>
  );
}

function linesOf(display: Display, failed: boolean): string[] {
  switch (display.type) {
    case "text":
      return failed ? display.text.trimEnd().split("\n") : [];
    case "diff":
      return display.patch
        .trimEnd()
        .split("\n")
        .filter((line) => !/^(---|\+\+\+|===|Index)/.test(line));
    case "terminal":
      return display.output.trimEnd().split("\n").filter(Boolean);
    case "table":
      return display.rows.map((row) => row.join("  "));
    case "todo":
      return display.items.map(
        (item) => `${{ pending: "☐", in_progress: "▶", done: "☑" }[item.status]} ${item.text}`,
      );
  }
}

function styleOf(display: Display, line: string): { color?: string; dimColor?: boolean } {
  if (display.type !== "diff") return { dimColor: true };
  if (line.startsWith("+")) return { color: "green" };
  if (line.startsWith("-")) return { color: "red" };
  return { dimColor: true };
}
