/** Where a person types. */
import { Box, Text } from "ink";
import type { Editor } from "../input/editor.ts";

/** The composer with a drawn caret. */
export function Composer({ editor, working }: { editor: Editor; working: boolean }) {
  const { text, caret } = editor;
  const hint = working
    ? "type to steer · esc interrupts"
    : "what shall we do? · ctrl+j new line · ctrl+c leaves";
  const under = text.slice(caret, caret + 1);
  const isBreak = under === "" || under === "\n";
  return (
    <Box marginTop={1}>
      <Text color="cyan">{"› "}</Text>
      {text === "" ? (
        <Text>
          <Text inverse> </Text>
          <Text dimColor>{hint}</Text>
        </Text>
      ) : (
        <Text>
          {text.slice(0, caret)}
          <Text inverse>{isBreak ? " " : under}</Text>
          {isBreak ? text.slice(caret) : text.slice(caret + 1)}
        </Text>
      )}
    </Box>
  );
}
