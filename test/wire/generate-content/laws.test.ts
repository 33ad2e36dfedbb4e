import { generateContentCodec as codec } from "../../../src/wire/generate-content/codec.ts";
import { describeRequestLaws, describeStreamLaws } from "../../support/codec-laws.ts";
import { interleaved, normalEvents, normalRequest, peer, requests, streams } from "./sayable.ts";

describeRequestLaws({ codec, options: undefined, peer, requests, normalRequest });
describeStreamLaws({ codec, peer, streams, interleaved, normalEvents });
