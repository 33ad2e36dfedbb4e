/** A case that proves one setting: by a run of the command line, or with a person at the keys. */
import type { FlagCase } from "../../cli/flags/case.ts";
import type { HouseOptions, Seat } from "../../support/front-end.ts";

/** See this file. The settings hold the one under test. */
export type SettingCase =
  | (FlagCase & { house?: never })
  | {
      house: HouseOptions | (() => Promise<HouseOptions>);
      /** Whether commands and servers are run. */
      runs?: true;
      proof(at: Seat): Promise<void> | void;
    };
