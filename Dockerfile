# Tau in a container. The project is mounted at /work, what Tau keeps (settings, keys, sessions) lives in the volume /tau:
#   docker build -t tau .
#   docker run --rm -it -v "$PWD:/work" -v tau:/tau -e ANTHROPIC_API_KEY tau
#   git diff | docker run --rm -i -v tau:/tau -e ANTHROPIC_API_KEY tau exec "review this"
# Files it writes belong to uid 1000; for another: --user "$(id -u):$(id -g)", with a folder of yours at /tau.

FROM node:22-bookworm AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent build
# What is installed is what everybody else gets: the packed package, without the tools that built it.
RUN npm pack --ignore-scripts --silent && npm install --global --prefix /opt/tau --no-audit --no-fund ./tau-agent-*.tgz

FROM node:22-bookworm-slim
# Tau asks git about the project, and what it runs for people wants certificates; ripgrep comes with the package.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/tau /opt/tau
# git refuses a repository whose owner is another user, as a mounted folder's often is.
RUN ln -s /opt/tau/bin/tau /usr/local/bin/tau \
  && git config --system --add safe.directory '*' \
  && install --directory --owner=node --group=node --mode=700 /tau \
  && install --directory --owner=node --group=node /work
ENV TAU_HOME=/tau
VOLUME /tau
WORKDIR /work
USER node
ENTRYPOINT ["tau"]
