/** Which parser a language has, by what people write behind a fence and files have behind their dot. */
import {
  c,
  clike,
  cpp,
  csharp,
  dart,
  java,
  kotlin,
  objectiveC,
  scala,
} from "@codemirror/legacy-modes/mode/clike";
import { clojure } from "@codemirror/legacy-modes/mode/clojure";
import { cmake } from "@codemirror/legacy-modes/mode/cmake";
import { css, less, sCSS } from "@codemirror/legacy-modes/mode/css";
import { diff } from "@codemirror/legacy-modes/mode/diff";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { elm } from "@codemirror/legacy-modes/mode/elm";
import { erlang } from "@codemirror/legacy-modes/mode/erlang";
import { go } from "@codemirror/legacy-modes/mode/go";
import { groovy } from "@codemirror/legacy-modes/mode/groovy";
import { haskell } from "@codemirror/legacy-modes/mode/haskell";
import { http } from "@codemirror/legacy-modes/mode/http";
import { javascript, json, typescript } from "@codemirror/legacy-modes/mode/javascript";
import { julia } from "@codemirror/legacy-modes/mode/julia";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { fSharp, oCaml } from "@codemirror/legacy-modes/mode/mllike";
import { nginx } from "@codemirror/legacy-modes/mode/nginx";
import { pascal } from "@codemirror/legacy-modes/mode/pascal";
import { perl } from "@codemirror/legacy-modes/mode/perl";
import { powerShell } from "@codemirror/legacy-modes/mode/powershell";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { protobuf } from "@codemirror/legacy-modes/mode/protobuf";
import { python } from "@codemirror/legacy-modes/mode/python";
import { r } from "@codemirror/legacy-modes/mode/r";
import { ruby } from "@codemirror/legacy-modes/mode/ruby";
import { rust } from "@codemirror/legacy-modes/mode/rust";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { standardSQL } from "@codemirror/legacy-modes/mode/sql";
import { stex } from "@codemirror/legacy-modes/mode/stex";
import { swift } from "@codemirror/legacy-modes/mode/swift";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { html, xml } from "@codemirror/legacy-modes/mode/xml";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import type { StreamParser } from "@codemirror/streamparser";

const words = (list: string): { [word: string]: true } =>
  Object.fromEntries(list.split(" ").map((word) => [word, true]));

/** There is no parser of PHP's; its words in the C family's grammar come close. */
const php = clike({
  name: "php",
  keywords: words(
    "abstract and array as break case catch class clone const continue declare default do echo else elseif empty enum " +
      "extends final finally fn for foreach function global goto if implements include include_once instanceof " +
      "insteadof interface isset list match namespace new or print private protected public readonly require " +
      "require_once return static switch throw trait try unset use var while xor yield",
  ),
  types: words("bool float int iterable mixed never object self string void"),
  blockKeywords: words("catch do else elseif for foreach if switch try while finally"),
  atoms: words("true false null TRUE FALSE NULL"),
  multiLineStrings: true,
  hooks: {
    "#": (stream: { skipToEnd(): void }) => {
      stream.skipToEnd();
      return "comment";
    },
    $: (stream: { eatWhile(match: RegExp): boolean }) => {
      stream.eatWhile(/[\w$]/);
      return "variableName";
    },
  },
});

const parsers: readonly (readonly [names: string, parser: StreamParser<unknown>])[] = [
  ["js javascript jsx mjs cjs node", javascript],
  ["ts typescript tsx mts cts", typescript],
  ["json jsonc json5 jsonl ndjson webmanifest", json],
  ["py python py3 python3 pyi pyw starlark bzl", python],
  ["sh bash zsh shell ksh fish console shellsession terminal env dotenv makefile make mk", shell],
  ["go golang", go],
  ["rs rust", rust],
  ["c h", c],
  ["cpp c++ cc cxx hpp hh hxx ino cuda cu", cpp],
  ["java", java],
  ["kt kts kotlin", kotlin],
  ["swift", swift],
  ["cs c# csharp", csharp],
  ["m mm objc objective-c objectivec", objectiveC],
  ["rb ruby rake gemspec rakefile gemfile", ruby],
  ["php", php],
  ["lua luau", lua],
  ["sql postgresql postgres psql mysql sqlite plsql", standardSQL],
  ["css", css],
  ["scss sass", sCSS],
  ["less", less],
  ["html htm xhtml", html],
  ["vue svelte astro", html],
  ["xml svg xsd xsl plist csproj", xml],
  ["yaml yml", yaml],
  ["toml", toml],
  ["ini cfg conf properties editorconfig", properties],
  ["diff patch", diff],
  ["dockerfile docker containerfile", dockerFile],
  ["powershell ps1 psm1 pwsh", powerShell],
  ["perl pl pm", perl],
  ["haskell hs", haskell],
  ["scala sc sbt", scala],
  ["dart", dart],
  ["groovy gradle jenkinsfile", groovy],
  ["clojure clj cljs edn", clojure],
  ["erlang erl", erlang],
  ["elm", elm],
  ["ocaml ml mli", oCaml],
  ["fsharp f# fs fsx", fSharp],
  ["julia jl", julia],
  ["r", r],
  ["protobuf proto", protobuf],
  ["cmake", cmake],
  ["nginx", nginx],
  ["http", http],
  ["tex latex", stex],
  ["pascal delphi pas", pascal],
];

const byName: ReadonlyMap<string, StreamParser<unknown>> = new Map(
  parsers.flatMap(([names, parser]) => names.split(" ").map((name) => [name, parser] as const)),
);

/** The parser of a language; null when there is none, and code is plain. */
export const parserFor = (language: string): StreamParser<unknown> | null =>
  byName.get(language.toLowerCase()) ?? null;
