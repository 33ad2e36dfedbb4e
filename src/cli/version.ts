/** Tau's own version, as in package.json. */
export { version } from "../../package.json";
