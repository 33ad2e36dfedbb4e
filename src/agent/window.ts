/** How full the context window is: what the upstream last counted, plus a calibrated estimate of what came after it. */
import type { TokenBreakdown } from "../core/event.ts";
import type { Message } from "../core/message.ts";
import type { Dialect, ToolSpec } from "../core/model.ts";
import type { Calibration } from "../core/store.ts";
import { promptTokens, type Usage } from "../core/usage.ts";
import {
  calibrated,
  calibrationFor,
  familyOf,
  observe,
  startingCalibration,
  upperEstimate,
} from "../models/calibration.ts";
import { estimateTokens } from "../models/estimate.ts";
import {
  estimateMessage,
  estimatePart,
  estimateSystem,
  estimateTools,
  type TokenTarget,
} from "../models/request-tokens.ts";
import { type CountText, encodingOf, loadCounter } from "../models/tokenizer.ts";
import type { SessionState } from "../sessions/fold.ts";

/** What a session's requests begin with. */
export type FixedPrefix = {
  system: string;
  /** The part of `system` that is context files. */
  files: string;
  tools: readonly ToolSpec[];
};

/** The model's limits, in tokens: of prompt and answer together, and of the prompt alone where it has one. */
export type WindowSize = { contextWindow: number; maxInput: number | null };

/** Tokens that even a small estimate may be off by. */
const slackTokens = 64;
/** What is left of a calibration's doubt when the text is counted by the vendor's own encoding. */
const exactCalibration: Calibration = { ratio: 1, weight: 0, error: 0.02 };
/** Thoughts may or may not come back in the next prompt; when they are more than this share of it, nothing is learned. */
const unclearShare = 0.1;

/** Follows the window of one session. */
export class Window {
  #prefix: FixedPrefix;
  #target: TokenTarget;
  #limits: WindowSize;
  /** Uncalibrated. */
  #fixed: { system: number; tools: number; files: number };
  #sizes = new WeakMap<Message, number>();
  /** Of estimates by the family's ratio, or of exact counts once `#target.count` is there. */
  #calibration: Calibration;
  /** What the last breakdown was made of: counted by the upstream, estimated on top, and thoughts in both. */
  #last = { counted: 0, estimated: 0, thoughts: 0 };
  #sharpening: Promise<void> | null = null;
  /** See {@link distrust}. */
  #distrusted: SessionState["measured"] = null;

  /** @param kept what earlier sessions learned of the model */
  constructor(
    target: { dialect: Dialect; model: string },
    size: WindowSize,
    prefix: FixedPrefix,
    kept: Calibration | null = null,
  ) {
    this.#target = target;
    this.#prefix = prefix;
    this.#limits = { contextWindow: size.contextWindow, maxInput: size.maxInput };
    this.#calibration = calibrationFor(kept, target.model);
    this.#fixed = this.#countFixed();
  }

  /** What the model is said to hold, or less once it refused less. */
  get limits(): WindowSize {
    return this.#limits;
  }

  /** The most prompt tokens there is room for. */
  get size(): number {
    const { contextWindow, maxInput } = this.#limits;
    return Math.min(contextWindow, maxInput ?? contextWindow);
  }

  /** The tokens of it that the conversation can have: without what every request begins with. */
  get room(): number {
    return Math.max(0, this.size - this.promptOf([]));
  }

  /** Estimated tokens of a message, uncalibrated; memoised, as the fold shares its messages. */
  readonly tokensOf = (message: Message): number => {
    const known = this.#sizes.get(message);
    if (known !== undefined) return known;
    const size = estimateMessage(message, this.#target);
    this.#sizes.set(message, size);
    return size;
  };

  /** Estimated tokens of the next request, by what fills it; `reserve` is what the answer is to have. */
  breakdown(state: Pick<SessionState, "measured" | "messages">, reserve: number): TokenBreakdown {
    const { messages } = state;
    const measured = state.measured === this.#distrusted ? null : state.measured;
    const { system, tools, files } = this.#fixed;
    const answer = measured ? messages[measured.messages - 1] : undefined;
    const thoughts = measured && measured.usage.reasoning > 0 && answer ? this.#thoughtsOf(answer) : 0;
    const fresh = messages
      .slice(measured?.messages ?? 0)
      .reduce((sum, message) => sum + this.tokensOf(message), thoughts);
    const counted = measured
      ? promptTokens(measured.usage) + measured.usage.output - measured.usage.reasoning
      : 0;
    const estimated = measured ? fresh : system + tools + files + fresh;
    this.#last = { counted, estimated, thoughts: measured?.usage.reasoning ?? 0 };
    const scaled = this.fixed;
    const before = Math.max(0, counted - scaled.system - scaled.tools - scaled.files);
    return { ...scaled, history: (measured ? before : 0) + this.#scale(fresh), reserve };
  }

  /** A count the request of the last breakdown will hardly pass, for reservations. */
  upperBound(): number {
    const { counted, estimated, thoughts } = this.#last;
    return counted + thoughts + upperEstimate(estimated, this.#calibration) + slackTokens;
  }

  /** Estimated tokens of what every request begins with; `system` is without the context files. */
  get fixed(): { system: number; tools: number; files: number } {
    const { system, tools, files } = this.#fixed;
    return { system: this.#scale(system), tools: this.#scale(tools), files: this.#scale(files) };
  }

  /** A segment begins with other tools. */
  offer(tools: readonly ToolSpec[]): void {
    this.begin({ ...this.#prefix, tools });
  }

  /** A segment begins with another prompt. */
  begin(prefix: FixedPrefix): void {
    this.#prefix = prefix;
    this.#fixed = this.#countFixed();
  }

  /** What another model counted: nothing that is said about this one's window. */
  distrust(measured: SessionState["measured"]): void {
    this.#distrusted = measured;
  }

  /** Estimated prompt tokens of a request with these messages. */
  promptOf(messages: readonly Message[]): number {
    return this.#scale(this.#wholeOf(messages));
  }

  /** Estimated tokens one more tool would take. */
  tokensOfTool(tool: ToolSpec): number {
    const { tools } = this.#prefix;
    return this.#scale(estimateTools([...tools, tool], this.#target) - this.#fixed.tools);
  }

  /** A count such a request will hardly pass. */
  boundOf(messages: readonly Message[]): number {
    return upperEstimate(this.#wholeOf(messages), this.#calibration) + slackTokens;
  }

  /** Tokens of this session's model as those of another one, for a fallback; never fewer. */
  inTokensOf(model: string, tokens: number): number {
    const other = startingCalibration(familyOf(model)).ratio;
    const own = startingCalibration(familyOf(this.#target.model)).ratio;
    return Math.ceil(tokens * Math.max(1, other / own));
  }

  /**
   * Learns from what an upstream counted for the request of the last breakdown.
   * @returns what later sessions of the model should begin with; null when nothing was learned for them
   */
  learn(usage: Usage): Calibration | null {
    const { counted, estimated, thoughts } = this.#last;
    if (thoughts > estimated * unclearShare) return null;
    const before = this.#calibration;
    this.#calibration = observe(before, estimated, promptTokens(usage) - counted);
    return this.#calibration === before || this.#target.count !== undefined ? null : this.#calibration;
  }

  /** The upstream refused a request of so many estimated tokens for its size: from now on less counts as full. */
  refused(estimated: number): void {
    const contextWindow = Math.min(this.#limits.contextWindow, estimated);
    this.#limits = { ...this.#limits, contextWindow };
  }

  /**
   * Loads the vendor's own encoding where it is public and the window fills, and counts by it from then on. Not
   * before: it costs 0.4 s of processor time and 80 MB, and an estimate is good enough for a window half empty.
   */
  sharpen(promptNow: number): Promise<void> | null {
    const encoding = encodingOf(this.#target.model);
    if (encoding === null || promptNow < this.size / 2) return this.#sharpening;
    this.#sharpening ??= loadCounter(encoding).then((count) => this.#countBy(count));
    return this.#sharpening;
  }

  #countBy(count: CountText): void {
    this.#target = { ...this.#target, count };
    this.#calibration = exactCalibration;
    this.#sizes = new WeakMap();
    this.#fixed = this.#countFixed();
  }

  #countFixed(): { system: number; tools: number; files: number } {
    const { system, files, tools } = this.#prefix;
    const filesTokens = (this.#target.count ?? estimateTokens)(files);
    const whole = estimateSystem([{ type: "text", text: system }], this.#target);
    return {
      system: Math.max(0, whole - filesTokens),
      tools: estimateTools(tools, this.#target),
      files: filesTokens,
    };
  }

  #wholeOf(messages: readonly Message[]): number {
    const { system, tools, files } = this.#fixed;
    return messages.reduce((sum, message) => sum + this.tokensOf(message), system + tools + files);
  }

  #thoughtsOf(answer: Message): number {
    return answer.parts.reduce(
      (sum, part) => sum + (part.type === "reasoning" ? estimatePart(part, this.#target) : 0),
      0,
    );
  }

  #scale(tokens: number): number {
    return calibrated(tokens, this.#calibration);
  }
}
