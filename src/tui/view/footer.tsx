/** One line of facts: model, mode, context, tokens, cost. */
import { Box, Text } from "ink";
import { formatUsd } from "../../core/usage.ts";
import { type ScreenState, usageText } from "../state.ts";

/** The footer. */
export function Footer({
  state,
  model,
  mode,
  cwd,
}: {
  state: ScreenState;
  model: string;
  mode: string;
  cwd: string;
}) {
  const { context } = state;
  const percent = context ? `${Math.round((100 * context.tokens) / context.window)}%` : "0%";
  return (
    <Box>
      <Text dimColor wrap="truncate">
        {`${model} · ${mode} · context ${percent} · ${usageText(state.usage)} · ${formatUsd(state.cost)} · ${cwd}`}
      </Text>
    </Box>
  );
}
