/** The lines of other tools' formats as their documentation and recorded runs give them; no field may be added or missing. */
import { z } from "zod";
import type { CompatDialect } from "../../src/cli/print/compat/dialects.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative();
const fields = z.record(z.string(), z.json());
const usdOrUnknown = z.number().nonnegative().nullable();
const optional = z.exactOptional;
const one = <Type extends string>(type: Type) => z.literal(type);

// codex exec --json
const status = z.enum(["in_progress", "completed", "failed"]);
const itemId = z.string().regex(/^item_\d+$/);
const mcpResult = z.strictObject({ content: z.array(z.json()), structured_content: z.json() });
const codexItem = z.discriminatedUnion("type", [
  z.strictObject({ id: itemId, type: one("agent_message"), text: z.string() }),
  z.strictObject({ id: itemId, type: one("reasoning"), text: z.string() }),
  z.strictObject({
    id: itemId,
    type: one("command_execution"),
    command: z.string(),
    aggregated_output: z.string(),
    exit_code: z.int().nullable(),
    status: z.enum([...status.options, "declined"]),
  }),
  z.strictObject({
    id: itemId,
    type: one("file_change"),
    changes: z.array(z.strictObject({ path: z.string(), kind: z.enum(["add", "delete", "update"]) })),
    status,
  }),
  z.strictObject({
    id: itemId,
    type: one("mcp_tool_call"),
    server: z.string(),
    tool: z.string(),
    arguments: z.json(),
    result: mcpResult.nullable(),
    error: z.strictObject({ message: z.string() }).nullable(),
    status,
  }),
  // The item's number and the call's id share a name; the call's stands.
  z.strictObject({ id: z.string(), type: one("web_search"), query: z.string(), action: z.json() }),
  z.strictObject({
    id: itemId,
    type: one("todo_list"),
    items: z.array(z.strictObject({ text: z.string(), completed: z.boolean() })),
  }),
  z.strictObject({ id: itemId, type: one("error"), message: z.string() }),
]);
const codex = z.discriminatedUnion("type", [
  z.strictObject({ type: one("thread.started"), thread_id: z.string() }),
  z.strictObject({ type: one("turn.started") }),
  z.strictObject({
    type: one("turn.completed"),
    usage: z.strictObject({
      input_tokens: count,
      cached_input_tokens: count,
      cache_write_input_tokens: count,
      output_tokens: count,
      reasoning_output_tokens: count,
    }),
  }),
  z.strictObject({ type: one("turn.failed"), error: z.strictObject({ message: z.string() }) }),
  z.strictObject({ type: one("item.started"), item: codexItem }),
  z.strictObject({ type: one("item.updated"), item: codexItem }),
  z.strictObject({ type: one("item.completed"), item: codexItem }),
  z.strictObject({ type: one("error"), message: z.string() }),
]);

// claude -p --output-format stream-json --verbose
const common = { session_id: z.string(), uuid: z.string() };
const cacheCreation = z.strictObject({ ephemeral_1h_input_tokens: count, ephemeral_5m_input_tokens: count });
const claudeUsage = {
  input_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  output_tokens: count,
  service_tier: z.string(),
  cache_creation: cacheCreation,
};
const block = z.discriminatedUnion("type", [
  z.strictObject({ type: one("text"), text: z.string() }),
  z.strictObject({ type: one("thinking"), thinking: z.string(), signature: z.string() }),
  z.strictObject({ type: one("tool_use"), id: z.string(), name: z.string(), input: fields }),
]);
const system = (subtype: string, more: z.ZodRawShape) =>
  z.strictObject({ type: one("system"), subtype: z.literal(subtype), ...more, ...common });
const claudeResult = z.strictObject({
  type: one("result"),
  subtype: z.enum([
    "success",
    "error_during_execution",
    "error_max_turns",
    "error_max_budget_usd",
    "error_max_structured_output_retries",
  ]),
  is_error: z.boolean(),
  api_error_status: z.int().nullable(),
  duration_ms: ms,
  duration_api_ms: ms,
  ttft_ms: optional(ms),
  num_turns: count,
  result: z.string(),
  stop_reason: z.string().nullable(),
  ...common,
  total_cost_usd: usdOrUnknown,
  usage: z.strictObject({
    ...claudeUsage,
    server_tool_use: z.strictObject({ web_search_requests: count, web_fetch_requests: count }),
  }),
  modelUsage: z.record(
    z.string(),
    z.strictObject({
      inputTokens: count,
      outputTokens: count,
      cacheReadInputTokens: count,
      cacheCreationInputTokens: count,
      webSearchRequests: count,
      costUSD: usdOrUnknown,
      contextWindow: count,
      maxOutputTokens: count,
    }),
  ),
  permission_denials: z.array(
    z.strictObject({ tool_name: z.string(), tool_use_id: z.string(), tool_input: fields }),
  ),
  structured_output: optional(z.json()),
  terminal_reason: z.string(),
  fast_mode_state: z.string(),
  errors: optional(z.array(z.string())),
});
const claude = z.union([
  claudeResult,
  system("init", {
    cwd: z.string(),
    tools: z.array(z.string()),
    mcp_servers: z.array(z.json()),
    model: z.string(),
    permissionMode: z.enum(["default", "acceptEdits", "plan", "bypassPermissions"]),
    slash_commands: z.array(z.string()),
    apiKeySource: z.string(),
    claude_code_version: z.string(),
    output_style: z.string(),
    agents: z.array(z.string()),
    skills: z.array(z.string()),
    plugins: z.array(z.json()),
    fast_mode_state: z.string(),
  }),
  z.strictObject({
    type: one("assistant"),
    message: z.strictObject({
      id: z.string().startsWith("msg_"),
      type: one("message"),
      role: one("assistant"),
      model: z.string(),
      content: z.tuple([block]),
      stop_reason: z.string().nullable(),
      stop_sequence: z.string().nullable(),
      usage: z.strictObject(claudeUsage),
      context_management: z.null(),
    }),
    parent_tool_use_id: z.null(),
    ...common,
    request_id: optional(z.string()),
    error: optional(
      z.enum([
        "authentication_failed",
        "billing_error",
        "rate_limit",
        "invalid_request",
        "server_error",
        "unknown",
      ]),
    ),
  }),
  z.strictObject({
    type: one("user"),
    message: z.strictObject({
      role: one("user"),
      content: z.tuple([
        z.strictObject({
          type: one("tool_result"),
          tool_use_id: z.string(),
          content: z.union([z.string(), z.array(fields)]),
          is_error: z.boolean(),
        }),
      ]),
    }),
    parent_tool_use_id: z.null(),
    ...common,
    tool_use_result: optional(z.json()),
    timestamp: z.iso.datetime(),
  }),
  system("api_retry", {
    attempt: count,
    retry_delay_ms: ms,
    error_status: z.int().nullable(),
    error: z.string(),
  }),
  system("compact_boundary", {
    compact_metadata: z.strictObject({
      trigger: z.enum(["manual", "auto"]),
      pre_tokens: count,
      post_tokens: count,
    }),
  }),
  system("model_fallback", { from: z.string(), to: z.string(), reason: z.string() }),
  system("informational", { content: z.string(), level: z.string() }),
  system("permission_denied", { tool_name: z.string(), tool_use_id: z.string(), reason: z.string() }),
  z.strictObject({
    type: one("rate_limit_event"),
    rate_limit_info: z.strictObject({ status: one("rejected"), resetsAt: z.int() }),
    ...common,
  }),
]);

// gemini -o stream-json
const timestamp = z.iso.datetime();
const geminiCounts = {
  total_tokens: count,
  input_tokens: count,
  output_tokens: count,
  cached: count,
  input: count,
};
const geminiError = z.strictObject({ type: z.string(), message: z.string() });
const gemini = z.discriminatedUnion("type", [
  z.strictObject({ type: one("init"), timestamp, session_id: z.string(), model: z.string() }),
  z.strictObject({
    type: one("message"),
    timestamp,
    role: z.enum(["user", "assistant"]),
    content: z.string(),
    delta: optional(z.literal(true)),
  }),
  z.strictObject({
    type: one("tool_use"),
    timestamp,
    tool_name: z.string(),
    tool_id: z.string(),
    parameters: fields,
  }),
  z.strictObject({
    type: one("tool_result"),
    timestamp,
    tool_id: z.string(),
    status: z.enum(["success", "error"]),
    output: optional(z.string()),
    error: optional(geminiError),
  }),
  z.strictObject({
    type: one("error"),
    timestamp,
    severity: z.enum(["warning", "error"]),
    message: z.string(),
  }),
  z.strictObject({
    type: one("result"),
    timestamp,
    status: z.enum(["success", "error"]),
    error: optional(geminiError),
    stats: z.strictObject({
      ...geminiCounts,
      duration_ms: ms,
      tool_calls: count,
      models: z.record(z.string(), z.strictObject(geminiCounts)),
    }),
  }),
]);

const decisions = z.strictObject({ accept: count, reject: count, modify: count, auto_accept: count });
const geminiObject = z.strictObject({
  session_id: z.string(),
  response: z.string(),
  stats: z.strictObject({
    models: z.record(
      z.string(),
      z.strictObject({
        api: z.strictObject({ totalRequests: count, totalErrors: count, totalLatencyMs: ms }),
        tokens: z.strictObject({
          input: count,
          prompt: count,
          candidates: count,
          total: count,
          cached: count,
          thoughts: count,
          tool: count,
        }),
        roles: z.record(z.string(), z.json()),
      }),
    ),
    tools: z.strictObject({
      totalCalls: count,
      totalSuccess: count,
      totalFail: count,
      totalDurationMs: ms,
      totalDecisions: decisions,
      byName: z.record(
        z.string(),
        z.strictObject({ count, success: count, fail: count, durationMs: ms, decisions }),
      ),
    }),
    files: z.strictObject({ totalLinesAdded: count, totalLinesRemoved: count }),
  }),
  error: optional(z.strictObject({ type: z.string(), message: z.string(), code: count })),
});

// opencode run --format json
const part = { id: z.string().startsWith("prt_"), messageID: z.string(), sessionID: z.string() };
const time = z.strictObject({ start: z.number(), end: z.number() });
const toolState = z.discriminatedUnion("status", [
  z.strictObject({
    status: one("completed"),
    input: fields,
    output: z.string(),
    title: z.string(),
    metadata: fields,
    time,
  }),
  z.strictObject({ status: one("error"), input: fields, error: z.string(), title: z.string(), time }),
]);
const opencodeLine = <Type extends string>(type: Type, shape: z.ZodRawShape) =>
  z.strictObject({
    type: one(type),
    timestamp: z.number(),
    sessionID: z.string(),
    part: z.strictObject({ ...part, ...shape }),
  });
const opencode = z.discriminatedUnion("type", [
  opencodeLine("step_start", { type: one("step-start") }),
  opencodeLine("text", { type: one("text"), text: z.string(), time }),
  opencodeLine("tool_use", { type: one("tool"), tool: z.string(), callID: z.string(), state: toolState }),
  opencodeLine("step_finish", {
    type: one("step-finish"),
    reason: z.string(),
    cost: usdOrUnknown,
    tokens: z.strictObject({
      total: count,
      input: count,
      output: count,
      reasoning: count,
      cache: z.strictObject({ read: count, write: count }),
    }),
  }),
  z.strictObject({
    type: one("error"),
    timestamp: z.number(),
    sessionID: z.string(),
    error: z.strictObject({
      name: z.enum([
        "APIError",
        "ProviderAuthError",
        "ContextOverflowError",
        "MessageAbortedError",
        "UnknownError",
      ]),
      data: z.strictObject({
        message: z.string(),
        statusCode: optional(z.int()),
        isRetryable: optional(z.boolean()),
      }),
    }),
  }),
]);

/** One line of each format. */
export const compatLineSchemas = { codex, claude, gemini, opencode } satisfies Record<
  CompatDialect,
  z.ZodType
>;
/** The single object of the formats that have one. */
export const compatObjectSchemas = { claude: claudeResult, gemini: geminiObject };

/** A line as JSON gives it back. */
export type ReadLine = { [field: string]: z.core.util.JSONType };

/** Parses what was printed; throws at the first line the format does not have. */
export function readLines(dialect: CompatDialect, printed: string): ReadLine[] {
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const value: unknown = JSON.parse(line);
      const parsed = compatLineSchemas[dialect].safeParse(value);
      if (!parsed.success) throw new Error(`${z.prettifyError(parsed.error)}\n${line}`);
      return value as ReadLine;
    });
}

/** Whether a line ends a run in its format. */
export function isTerminal(dialect: CompatDialect, line: ReadLine): boolean {
  switch (dialect) {
    case "codex":
      return line.type === "turn.completed" || line.type === "turn.failed";
    case "claude":
    case "gemini":
      return line.type === "result";
    case "opencode":
      return line.type === "error" || reasonOf(line) === "stop";
  }
}

function reasonOf({ part: value }: ReadLine): unknown {
  return typeof value === "object" && value !== null && "reason" in value ? value.reason : undefined;
}

/** Everything the model said, in order, as a script would put it together. */
export function saidIn(dialect: CompatDialect, lines: readonly ReadLine[]): string {
  return lines.map((line) => textIn(dialect, line)).join("");
}

function textIn(dialect: CompatDialect, line: ReadLine): string {
  switch (dialect) {
    case "codex": {
      const parsed = codex.parse(line);
      return parsed.type === "item.completed" && parsed.item.type === "agent_message" ? parsed.item.text : "";
    }
    case "claude": {
      const parsed = claude.parse(line);
      if (parsed.type !== "assistant" || !("message" in parsed)) return "";
      const [said] = (parsed.message as { content: z.infer<typeof block>[] }).content;
      return said?.type === "text" ? said.text : "";
    }
    case "gemini": {
      const parsed = gemini.parse(line);
      return parsed.type === "message" && parsed.role === "assistant" ? parsed.content : "";
    }
    case "opencode":
      return line.type === "text" ? String((line.part as { text?: unknown }).text) : "";
  }
}
