import { responsesCodec as codec } from "../../../src/wire/responses/codec.ts";
import { arbEventStream, arbModelRequest } from "../../support/arbitraries.ts";
import { describeErrorLaw, describeRequestLaws, describeStreamLaws } from "../../support/codec-laws.ts";
import { arbError, normalEvents, normalRequest, peer, sayable } from "./sayable.ts";

const streams = arbEventStream(sayable);

describeRequestLaws({ codec, options: undefined, peer, requests: arbModelRequest(sayable), normalRequest });
describeStreamLaws({ codec, peer, streams, interleaved: streams, normalEvents });
describeErrorLaw(codec, arbError);
