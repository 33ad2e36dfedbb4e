/** The approval prompt: what will run, why it asks, and the answers. */
import { Box, Text } from "ink";
import type { Question } from "../state.ts";
import { keyed } from "./keyed.ts";

/** Lines of the call's own text that are shown. */
const shownLines = 10;

/** The oldest open question; `more` others wait behind it. */
export function QuestionBox({ question, more }: { question: Question; more: number }) {
  const text = question.display.flatMap((display) =>
    display.type === "text" ? display.text.split("\n") : [],
  );
  const hidden = text.length - shownLines;
  return (
    <Box flexDirection="column" borderStyle="round" borderColor="yellow" paddingX={1}>
      <Text bold>{`Allow ${question.name}?`}</Text>
      {keyed(text.slice(0, shownLines)).map(({ key, value }) => (
        <Text key={key} wrap="truncate">
          {value}
        </Text>
      ))}
      {hidden > 0 && <Text dimColor>{`… ${hidden} more lines`}</Text>}
      <Text
        dimColor
      >{`${question.decision.reason} (${question.decision.rule}, ${question.decision.source})`}</Text>
      <Text>
        <Text color="green">y</Text> yes{"  "}
        {question.suggestedRule && (
          <>
            <Text color="green">a</Text> {`always in this session: ${question.suggestedRule}`}
            {"  "}
          </>
        )}
        <Text color="red">n</Text> no
        {more > 0 && <Text dimColor>{`   (${more} more waiting)`}</Text>}
      </Text>
    </Box>
  );
}
