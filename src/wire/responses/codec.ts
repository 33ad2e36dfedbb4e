/** The OpenAI Responses API, both halves in both directions. */
import type { Codec } from "../codec.ts";
import { decodeError, encodeError } from "./error.ts";
import { decodeRequest } from "./request-decoder.ts";
import { encodeRequest } from "./request-encoder.ts";
import { finalResponse } from "./resource.ts";
import { ResponsesDecoder } from "./stream-decoder.ts";
import { ResponsesEncoder } from "./stream-encoder.ts";

/** Also spoken by Azure, xAI, Bedrock, GitHub Copilot, OpenRouter, LM Studio, llama.cpp and the Codex backend. */
export const responsesCodec: Codec = {
  dialect: "responses",
  encodeRequest,
  decodeRequest,
  streamDecoder: (peer) => new ResponsesDecoder(peer),
  streamEncoder: (peer) => new ResponsesEncoder(peer),
  decodeResponse: (body, peer) => new ResponsesDecoder(peer).whole(body),
  encodeResponse: (events, peer) => {
    const encoder = new ResponsesEncoder(peer);
    return finalResponse(events.flatMap((event) => encoder.events(event)));
  },
  decodeError,
  encodeError,
};
