import { generateContentCodec } from "../../../src/wire/generate-content/codec.ts";
import { describeLaws } from "../../support/codec-laws.ts";
import { interleaved, normalEvents, normalRequest, peer, requests, streams } from "./sayable.ts";

describeLaws({
  codec: generateContentCodec,
  peer,
  requests,
  streams,
  interleaved,
  normalRequest,
  normalEvents,
});
