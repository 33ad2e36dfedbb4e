/** What is still moving: the streaming tail, running tools, a wait. Kept below the terminal's height. */
import { Box, Text } from "ink";
import { useEffect, useState } from "react";
import type { ScreenState } from "../state.ts";

/** Running tools drawn at most. */
const shownTools = 6;

/** The live region above the composer; `rows` is what it may take. */
export function Live({ state, rows }: { state: ScreenState; rows: number }) {
  const now = useClock(state.working);
  const tail = state.streaming.trimEnd().split("\n").slice(-Math.max(1, rows));
  return (
    <Box flexDirection="column">
      {state.streaming !== "" && (
        <Box marginTop={1}>
          <Text>{tail.join("\n")}</Text>
        </Box>
      )}
      {state.thinking > 0 && state.streaming === "" && (
        <Text dimColor>{`∴ thinking (${state.thinking} characters)`}</Text>
      )}
      {state.tools.slice(0, shownTools).map((tool) => (
        <Box key={tool.callId} flexDirection="column">
          <Text>
            <Text color="yellow">{"● "}</Text>
            {tool.summary}
            <Text dimColor>
              {` ${Math.max(0, Math.round((now - tool.startedAt) / 1000))} s`}
              {tool.remainingMs === null ? "" : ` (ends in ${Math.ceil(tool.remainingMs / 1000)} s)`}
            </Text>
          </Text>
          {tool.tail && (
            <Box marginLeft={2}>
              <Text dimColor wrap="truncate">
                {tool.tail.trimEnd().split("\n").slice(-3).join("\n")}
              </Text>
            </Box>
          )}
        </Box>
      ))}
      {state.tools.length > shownTools && (
        <Text dimColor>{`… ${state.tools.length - shownTools} more running`}</Text>
      )}
      {state.waiting && <Text color="yellow">{`! ${state.waiting}`}</Text>}
    </Box>
  );
}

/** Ticks once a second while something runs, and not at all otherwise. */
function useClock(active: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}
