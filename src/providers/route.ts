/** The paths of each dialect below a provider's base URL. */
import type { Dialect } from "../core/model.ts";
import type { Connection } from "./connection.ts";

/** A path relative to the base URL, with a leading slash, and its query. */
export type Route = { path: string; query: Readonly<Record<string, string>> };

/** Where a request of the dialect goes. */
export function routeOf(dialect: Dialect, connection: Connection, model: string, stream: boolean): Route {
  switch (dialect) {
    case "messages":
      // Some hosts' documentation gives the base URL with the version, the vendor's own does not.
      return { path: endsInVersion(connection.baseUrl) ? "/messages" : "/v1/messages", query: {} };
    case "generate-content": {
      const version = endsInVersion(connection.baseUrl) ? "" : "/v1beta";
      const name = model.split("/").map(encodeURIComponent).join("/");
      // Tuned models and the like name their collection themselves.
      const resource = name.includes("/") ? name : `models/${name}`;
      return stream
        ? { path: `${version}/${resource}:streamGenerateContent`, query: { alt: "sse" } }
        : { path: `${version}/${resource}:generateContent`, query: {} };
    }
    case "chat-completions":
      return dated("/chat/completions", connection.apiVersion, model);
    case "responses":
      return dated("/responses", connection.apiVersion, null);
  }
}

/** The dated versions of Azure's API put the deployment into the path of Chat Completions; nothing else has dates. */
function dated(path: string, apiVersion: string | null, deployment: string | null): Route {
  if (apiVersion === null) return { path, query: {} };
  const prefix = deployment === null ? "" : `/deployments/${encodeURIComponent(deployment)}`;
  return { path: prefix + path, query: { "api-version": apiVersion } };
}

const endsInVersion = (baseUrl: string): boolean => /\/v\d+(alpha|beta)?\d*$/.test(baseUrl);
