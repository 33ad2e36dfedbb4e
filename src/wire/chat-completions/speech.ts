/** Text, refusals and thoughts of one answer, from deltas to parts. */
import type { Json, Part } from "../../core/message.ts";
import type { ModelEvent } from "../../core/model.ts";
import type { Peer } from "../codec.ts";
import type { JsonObject } from "../json.ts";
import { detailsText, mergeDetails, readDetails, stamp } from "./opaque.ts";

/** What one stretch of speech is. */
export type SpeechKind = "text" | "refusal" | "reasoning";

type Stretch = {
  kind: SpeechKind;
  index: number;
  text: string;
  /** `reasoning_details` so far. */
  details: JsonObject[];
  annotations: Json[];
};

/** One stretch is open at a time; another kind, or a tool call, closes it. */
export class Speech {
  readonly #emit: (event: ModelEvent) => void;
  readonly #nextIndex: () => number;
  readonly #peer: Peer;
  #open: Stretch | undefined;
  #refused = false;

  constructor(emit: (event: ModelEvent) => void, nextIndex: () => number, peer: Peer) {
    this.#emit = emit;
    this.#nextIndex = nextIndex;
    this.#peer = peer;
  }

  /** Whether any refusal was said. */
  get refused(): boolean {
    return this.#refused;
  }

  say(kind: SpeechKind, text: string): void {
    if (text === "") return;
    const stretch = this.#stretch(kind);
    stretch.text += text;
    this.#emit({ type: "part.delta", index: stretch.index, delta: text });
  }

  /**
   * Thoughts. `text` is the plain field, which most servers send beside `details` with the same words; where it is
   * missing the words are in the details alone.
   */
  think(text: string | undefined, details: JsonObject[]): void {
    const said = detailsText(details);
    // A server that streams plain text may close with the complete details: the words have been said then.
    const repeated =
      said !== "" &&
      this.#open?.kind === "reasoning" &&
      this.#open.details.length === 0 &&
      this.#open.text === said;
    this.say("reasoning", text ?? (repeated ? "" : said));
    if (details.length > 0) mergeDetails(this.#stretch("reasoning").details, details);
  }

  /** Citations of the text that is being said, or that has been. */
  annotate(annotations: Json[]): void {
    if (this.#open !== undefined && this.#open.kind !== "reasoning") {
      this.#open.annotations.push(...annotations);
      return;
    }
    this.close();
    this.#whole({
      type: "opaque",
      kind: "annotations",
      opaque: stamp(this.#peer, { annotations }),
    });
  }

  /** A part that comes in one piece. */
  part(part: Part): void {
    this.close();
    this.#whole(part);
  }

  /** Ends the open stretch. */
  close(): void {
    const stretch = this.#open;
    if (stretch === undefined) return;
    this.#open = undefined;
    this.#emit({ type: "part.end", index: stretch.index, part: this.#finished(stretch) });
  }

  #stretch(kind: SpeechKind): Stretch {
    if (this.#open?.kind === kind) return this.#open;
    this.close();
    if (kind === "refusal") this.#refused = true;
    this.#open = { kind, index: this.#nextIndex(), text: "", details: [], annotations: [] };
    const type = kind === "reasoning" ? "reasoning" : "text";
    this.#emit({ type: "part.start", index: this.#open.index, part: { type } });
    return this.#open;
  }

  #finished(stretch: Stretch): Part {
    const { kind, text, details, annotations } = stretch;
    if (kind === "reasoning") {
      return {
        type: "reasoning",
        text,
        ...(text === "" ? { redacted: true as const } : {}),
        ...(details.length > 0 ? { opaque: readDetails(details, this.#peer) } : {}),
      };
    }
    return {
      type: "text",
      text,
      ...(kind === "refusal" ? { refusal: true as const } : {}),
      ...(annotations.length > 0 ? { opaque: stamp(this.#peer, { annotations }) } : {}),
    };
  }

  #whole(part: Part): void {
    const index = this.#nextIndex();
    if (part.type === "opaque") {
      this.#emit({ type: "part.start", index, part: { type: "opaque", kind: part.kind } });
    } else if (part.type === "image" || part.type === "file") {
      this.#emit({ type: "part.start", index, part: { type: part.type } });
    } else {
      return;
    }
    this.#emit({ type: "part.end", index, part });
  }
}
