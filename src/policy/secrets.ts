/** Keeping credentials out of the environments of children. */

/** Names every command gets when they are set. Values of none of them are secrets by custom. */
const plainNames = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TMP TEMP CI
  XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
  NODE_ENV NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NVM_DIR NVM_BIN VOLTA_HOME FNM_DIR PNPM_HOME BUN_INSTALL DENO_DIR COREPACK_HOME
  JAVA_HOME JDK_HOME JAVA_OPTS MAVEN_HOME M2_HOME MAVEN_OPTS GRADLE_HOME GRADLE_USER_HOME GRADLE_OPTS ANDROID_HOME ANDROID_SDK_ROOT KOTLIN_HOME SDKMAN_DIR
  GOPATH GOROOT GOBIN GOCACHE GOMODCACHE GOFLAGS GOTOOLCHAIN CGO_ENABLED CARGO_HOME CARGO_TARGET_DIR RUSTUP_HOME RUSTUP_TOOLCHAIN RUSTFLAGS
  VIRTUAL_ENV CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_EXE PYENV_ROOT PYTHONPATH PYTHONHOME POETRY_HOME PIPX_HOME UV_CACHE_DIR PIP_CACHE_DIR
  RBENV_ROOT GEM_HOME GEM_PATH BUNDLE_PATH COMPOSER_HOME DOTNET_ROOT NUGET_PACKAGES ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR
  NIX_PATH NIX_PROFILES NIX_SSL_CERT_FILE SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO
  CC CXX AR LD CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS CMAKE_PREFIX_PATH PKG_CONFIG_PATH LD_LIBRARY_PATH LIBRARY_PATH CPATH
  NO_PROXY no_proxy`.split(/\s+/),
);

/** Proxies are needed to reach anything behind them, but may carry a password in the URL. */
const proxyNames = new Set([
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
]);

/** A shorter value is too common a string to be recognised as a credential. */
export const minSecretLength = 8;

function mentions(value: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => secret.length >= minSecretLength && value.includes(secret));
}

function isPlain(name: string, value: string): boolean {
  if (proxyNames.has(name)) return !value.includes("@");
  return plainNames.has(name) || name.startsWith("LC_");
}

/**
 * The environment a command gets: an allowlist, so that a secret nobody thought of stays behind. `allow` are names the
 * user's config adds; those pass whatever they hold. Any other value that contains one of `secrets` does not.
 */
export function childEnvironment(
  env: { readonly [name: string]: string | undefined },
  allow: readonly string[],
  secrets: readonly string[],
): { [name: string]: string } {
  const asked = new Set(allow);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const passes = asked.has(name) || (isPlain(name, value) && !mentions(value, secrets));
      return passes ? [[name, value]] : [];
    }),
  );
}
