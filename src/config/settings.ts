/** The settings people may write, as one zod schema; docs/schema/config.schema.json is generated from it. */
import * as z from "zod";
import { noProfile } from "./defaults.ts";
import { maxTimerSeconds, tooLong } from "./duration.ts";
import { footerItems } from "./footer.ts";
import { mcpServerSchema } from "./mcp-servers.ts";
import { notifyWays } from "./notify.ts";

/** Of a wait or a limit, fractions allowed. */
const seconds = z.number("must be a number").positive("must be above zero").max(maxTimerSeconds, tooLong);
const dollars = z.number().positive().describe("US dollars");
const tokenCount = z.int().positive().describe("Prompt and output tokens together");
const cap = z
  .strictObject({ usd: dollars.optional(), tokens: tokenCount.optional() })
  .describe("A hard limit in money, in tokens, or both");

const rules = z.array(z.string().min(1));

/** RFC 9110 5.1 and 5.5. Blanks around a value are no part of it. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "is not the name of a header");
const headerValue = z
  .string()
  .trim()
  .regex(/^[\x20-\x7e\x80-\xff]*$/, "holds a line break or another character that no header may carry");

/** A provider's entry: settings for a built-in one, or a whole new host. */
const providerSettings = z
  .strictObject({
    dialect: z
      .enum(["messages", "chat-completions", "responses", "generate-content"])
      .optional()
      .describe("Wire format of a host Tau does not know"),
    baseUrl: z.url().optional(),
    apiKeyEnv: z.string().optional().describe("Environment variable that holds the key"),
    headers: z.record(headerName, headerValue).optional().describe("Sent with every request"),
    compat: z
      .string()
      .optional()
      .describe("Name of the Chat Completions quirk entry to use (openai, vllm, llamacpp, ...)"),
    idleTimeoutSeconds: seconds.optional().describe("Silence after which a stream counts as stalled"),
    options: z
      .record(z.string(), z.json())
      .optional()
      .describe(
        "Extra top-level request fields for this provider (OpenRouter: provider, models, transforms)",
      ),
  })
  .describe("A provider");

const price = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cacheRead: z.number().nonnegative().optional(),
  cacheWrite5m: z.number().nonnegative().optional(),
  cacheWrite1h: z.number().nonnegative().optional(),
});

/** What a user may say about a model the catalogue has wrong or does not know. Prices in USD per million tokens. */
const modelSettings = z.strictObject({
  contextWindow: z.int().positive().optional(),
  maxOutput: z.int().positive().optional(),
  vision: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  price: price.optional().describe("USD per million tokens"),
});

/** Every setting but those that only the file as a whole can have. */
const settings = z
  .strictObject({
    model: z.string().optional().describe("provider/model"),
    effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).optional(),
    mode: z.enum(["plan", "ask", "edit", "full"]).optional().describe("How freely tools may act"),
    permissions: z
      .strictObject({
        preset: z
          .enum(["strict", "balanced", "permissive"])
          .optional()
          .describe("A rule set to begin with; tau policy presets shows them"),
        allow: rules.optional(),
        ask: rules.optional(),
        deny: rules.optional(),
      })
      .optional()
      .describe("Rules such as Bash(npm run test:*), Edit(src/**), WebFetch(domain:example.com)"),
    budgets: z
      .strictObject({
        run: cap.optional(),
        session: cap.optional(),
        day: cap.optional(),
        project: cap.optional(),
      })
      .optional(),
    limits: z
      .strictObject({
        steps: z.int().positive().optional().describe("Model calls in one turn"),
        turnSeconds: seconds.optional().describe("Wall time of one turn"),
      })
      .optional(),
    fallback: z.array(z.string()).optional().describe("Models to try, in order, when the chosen one fails"),
    retry: z
      .strictObject({
        attempts: z.int().positive().optional().describe("Attempts at one model, the first included"),
        baseDelaySeconds: seconds.optional().describe("First wait; it doubles with each failure"),
        maxSeconds: seconds.optional().describe("No retry begins later than this"),
      })
      .optional()
      .describe("How long to go on asking a provider that fails"),
    onLimit: z.enum(["wait", "fallback", "exit"]).optional().describe("What to do at a usage limit"),
    evidence: z
      .enum(["off", "show", "require"])
      .optional()
      .describe("What is done about an answer that claims more of checks than the record bears out"),
    cacheTtl: z.enum(["5m", "1h"]).optional().describe("Lifetime of prompt-cache breakpoints"),
    compactAt: z
      .number()
      .min(0.3)
      .max(0.95)
      .optional()
      .describe("Share of the window at which history is compacted"),
    contextFileBytes: z.int().positive().optional().describe("Size budget of AGENTS.md and kin together"),
    environment: z
      .array(z.string())
      .optional()
      .describe("Environment variables commands may see beside the default ones"),
    checkpoints: z
      .strictObject({
        enabled: z.boolean().optional(),
        maxFileBytes: z.int().positive().optional().describe("Larger files are not captured"),
        maxProjectBytes: z
          .int()
          .positive()
          .optional()
          .describe("Contents that are kept of one project, compressed"),
        keepDays: z.int().positive().optional().describe("How long files can be gone back to"),
      })
      .optional()
      .describe("Captures of the project's files before they are changed; see docs/checkpoints.md"),
    disabledTools: z.array(z.string()).optional(),
    mcpServers: z
      .record(z.string().min(1), mcpServerSchema)
      .optional()
      .describe("MCP servers whose tools are offered to the model; a project's stand in its .mcp.json"),
    mcp: z
      .strictObject({
        waitSeconds: seconds
          .optional()
          .describe("Longest wait of a session's first request for servers whose tools are not known yet"),
        toolTokens: z
          .int()
          .nonnegative()
          .optional()
          .describe("Estimated tokens that the tools of all servers together may take of each request"),
      })
      .optional(),
    webFetch: z
      .strictObject({
        httpHosts: z
          .array(z.string().min(1))
          .optional()
          .describe("Public hosts that web_fetch may ask over plain http; all others are asked over https"),
      })
      .optional(),
    notify: z
      .enum(notifyWays)
      .optional()
      .describe("How the terminal UI tells somebody who looks elsewhere that it asks or is done"),
    statusLine: z
      .strictObject({
        type: z.literal("command"),
        command: z
          .string()
          .min(1)
          .describe("A shell command: JSON on its standard input, lines on its output"),
        padding: z.int().nonnegative().max(20).optional().describe("Blanks before each line"),
        refreshInterval: seconds
          .optional()
          .describe("Also run every so many seconds; else when something changes"),
      })
      .optional()
      .describe("What stands in the footer's place"),
    footer: z
      .array(z.enum(footerItems))
      .optional()
      .describe("What the line below the composer tells, in this order"),
    theme: z
      .string()
      .min(1)
      .optional()
      .describe(
        "auto, dark, light, high-contrast, colour-blind, 16-colour, or a file of themes/ beside this one",
      ),
    motion: z
      .enum(["full", "reduced"])
      .optional()
      .describe("reduced: nothing on the screen moves but what is finished"),
    screen: z
      .enum(["inline", "full"])
      .optional()
      .describe(
        "full: the UI takes the whole window, and prints the conversation when it is left; inline: below what stands in the terminal",
      ),
    editor: z.enum(["emacs", "vim"]).optional().describe("The composer's keys"),
    keys: z
      .record(z.string(), z.record(z.string(), z.array(z.string().min(1))))
      .optional()
      .describe('Keys by place and action, such as { "composer": { "newline": ["enter"] } }; see tau keys'),
    providers: z.record(z.string(), providerSettings).optional(),
    models: z.record(z.string(), modelSettings).optional(),
  })
  .describe("Tau settings");

/** A name that can stand in a variable, on a command line and in a dotted key. */
const profileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "is no name of a profile: letters, digits, - and _")
  .refine((name) => name !== noProfile, `${noProfile} means no profile, so none can have that name`);

/** Every setting. */
export const settingsSchema = settings
  .extend({
    $schema: z.string().optional(),
    profile: z.string().optional().describe("The profile in force when none is named"),
    profiles: z
      .record(profileName, settings.describe("Laid over the settings around it"))
      .optional()
      .describe("Named settings, chosen with --profile, TAU_PROFILE or profile"),
  })
  .describe("Tau settings");

/** Settings as one layer or as the merge of all. */
export type Settings = z.infer<typeof settingsSchema>;
/** One provider's settings. */
export type ProviderSettings = z.infer<typeof providerSettings>;
