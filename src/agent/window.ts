/** How full the context window is: what the upstream last counted, plus a calibrated estimate of what came after it. */
import type { TokenBreakdown } from "../core/event.ts";
import type { Message } from "../core/message.ts";
import type { ToolSpec } from "../core/model.ts";
import { promptTokens, type Usage } from "../core/usage.ts";
import { type Calibration, calibrated, calibrationFor, observe } from "../models/calibration.ts";
import { estimateTokens } from "../models/estimate.ts";
import {
  estimateMessage,
  estimateSystem,
  estimateTools,
  type TokenTarget,
} from "../models/request-tokens.ts";
import type { SessionState } from "../sessions/fold.ts";

/** Follows the window of one session. */
export class Window {
  readonly #target: TokenTarget;
  /** Uncalibrated. */
  readonly #fixed: { system: number; tools: number; files: number };
  readonly #sizes = new WeakMap<Message, number>();
  #calibration: Calibration;
  /** What the last breakdown was made of, for {@link learn}: counted by the upstream, and estimated on top. */
  #last = { counted: 0, estimated: 0 };

  /** `files` is the part of `system` that is context files. */
  constructor(target: TokenTarget, system: string, files: string, tools: readonly ToolSpec[]) {
    this.#target = target;
    this.#calibration = calibrationFor({}, target.model);
    const filesTokens = estimateTokens(files);
    this.#fixed = {
      system: Math.max(0, estimateSystem([{ type: "text", text: system }], target) - filesTokens),
      tools: estimateTools(tools, target),
      files: filesTokens,
    };
  }

  /** Estimated tokens of a message; memoised, as the fold shares its messages. */
  readonly tokensOf = (message: Message): number => {
    const known = this.#sizes.get(message);
    if (known !== undefined) return known;
    const size = estimateMessage(message, this.#target);
    this.#sizes.set(message, size);
    return size;
  };

  /** Estimated tokens of the next request, by what fills it; `reserve` is what the answer is to have. */
  breakdown(state: SessionState, reserve: number): TokenBreakdown {
    const { measured, messages } = state;
    const { system, tools, files } = this.#scaledFixed();
    const fresh = messages
      .slice(measured?.messages ?? 0)
      .reduce((sum, message) => sum + this.tokensOf(message), 0);
    const counted = measured ? promptTokens(measured.usage) + measured.usage.output : 0;
    const raw = this.#fixed.system + this.#fixed.tools + this.#fixed.files;
    this.#last = { counted, estimated: measured ? fresh : raw + fresh };
    const known = measured ? Math.max(0, counted - system - tools - files) : 0;
    return { system, tools, files, history: known + calibrated(fresh, this.#calibration), reserve };
  }

  /** Estimated prompt tokens of a request with these messages. */
  promptOf(messages: readonly Message[]): number {
    const { system, tools, files } = this.#fixed;
    const history = messages.reduce((sum, message) => sum + this.tokensOf(message), 0);
    return calibrated(system + tools + files + history, this.#calibration);
  }

  /** Learns from what an upstream counted for the request of the last breakdown. */
  learn(usage: Usage): void {
    const { counted, estimated } = this.#last;
    this.#calibration = observe(this.#calibration, estimated, promptTokens(usage) - counted);
  }

  #scaledFixed(): { system: number; tools: number; files: number } {
    const scale = (tokens: number): number => calibrated(tokens, this.#calibration);
    return {
      system: scale(this.#fixed.system),
      tools: scale(this.#fixed.tools),
      files: scale(this.#fixed.files),
    };
  }
}
