/** The codec of Google's generateContent (ai.google.dev/api/generate-content; also Vertex AI). */
import type { Codec } from "../codec.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeRequest } from "./encode-request.ts";
import { decodeError, encodeError } from "./error.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { streamDecoder } from "./stream-decoder.ts";
import { streamEncoder } from "./stream-encoder.ts";

/** What it cannot say is listed in docs/codecs.md. */
export const generateContentCodec: Codec = {
  dialect: "generate-content",
  encodeRequest,
  decodeRequest,
  streamDecoder,
  streamEncoder,
  decodeResponse,
  encodeResponse,
  decodeError,
  encodeError,
};
